import { stripVTControlCharacters } from 'node:util'
import { ExecutorError } from '@interloop/core/executor'
import type { DeathSign } from './execution-state.ts'
import { type Message, type Outgoing, recordOf } from './frames.ts'
import type { KernelListener } from './kernel-listener.ts'

/**
 * A kernel that is no IPython, so that no guest can be put into it: each program is sent once and never again, and where the line is lost
 * while it runs nobody knows what became of it. It speaks the guest's words, so that an execution need not know.
 */
export interface PlainKernel {
  ask(operation: string, args: object): Promise<Readonly<Record<string, unknown>>>
  submit(program: object): void
  /** Says whether the message was one of a program of ours. */
  take(message: Message): boolean
  /** The line is down. */
  onDown(): void
}

/** What it needs of the line and of its server. */
export interface PlainKernelParts {
  send(message: Outgoing): void
  listener(key: string): KernelListener | undefined
  interrupt(): Promise<void>
  die(sign: DeathSign): void
}

interface Program {
  readonly key: string
  events: number
  begun: number
  stopped?: string | undefined
  reply?: Readonly<Record<string, unknown>> | undefined
  isIdle: boolean
}

export function createPlainKernel({ send, listener, interrupt, die }: PlainKernelParts): PlainKernel {
  const programs = new Map<string, Program>()
  const keys = new Set<string>()

  function tell(program: Program, kind: string, content: Readonly<Record<string, unknown>>): void {
    const number = program.events
    program.events += 1
    listener(program.key)?.onEvent(number, kind, content)
  }

  function endWhole(id: string, program: Program): void {
    if (program.reply === undefined || !program.isIdle) return
    programs.delete(id)
    listener(program.key)?.onReply({ interloop: { key: program.key, end: endOf(program, program.reply) } })
  }

  return {
    async ask(operation, args) {
      const { key, reason } = recordOf(args)
      if (operation === 'stop') {
        for (const program of programs.values()) if (program.key === key) program.stopped = String(reason)
        await interrupt()
        return { isRunning: true }
      }
      if (operation === 'query') return { state: keys.has(String(key)) ? 'running' : 'absent' }
      if (operation in ANSWERS) return recordOf(ANSWERS[operation])
      const told = 'the kernel is no IPython: it has no files and no host tools, programs have to do without'
      throw new ExecutorError('unsupported', told, { started: 'no' })
    },
    submit(program) {
      const { key, code } = recordOf(program)
      const id = crypto.randomUUID()
      programs.set(id, { key: String(key), events: 0, begun: performance.now(), isIdle: false })
      keys.add(String(key))
      const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: false }
      send({ channel: 'shell', type: 'execute_request', id, content })
    },
    take({ channel, header, parent, content }) {
      const id = parent.msg_id ?? ''
      const program = programs.get(id)
      if (program === undefined) return false
      if (channel === 'shell' && header.msg_type === 'execute_reply') program.reply = content
      else if (channel === 'iopub' && header.msg_type === 'status') {
        if (content['execution_state'] === 'busy') tell(program, 'started', {})
        program.isIdle = content['execution_state'] === 'idle'
      } else if (channel === 'iopub') {
        const [kind, told] = toldOf(header.msg_type, content)
        if (kind !== undefined) tell(program, kind, told)
      }
      endWhole(id, program)
      return true
    },
    onDown() {
      if (programs.size > 0) die('cut')
    },
  }
}

/** What the guest would be asked, and there is nothing to do for. */
const ANSWERS: Readonly<Record<string, object>> = { ping: {}, close: {}, calls: { calls: [] }, packages: { packages: [] } }

/** A message of a kernel as an event of the guest. */
function toldOf(
  type: string,
  content: Readonly<Record<string, unknown>>,
): readonly [string | undefined, Readonly<Record<string, unknown>>] {
  if (type === 'stream') return [content['name'] === 'stderr' ? 'stderr' : 'stdout', { text: String(content['text']) }]
  if (type === 'clear_output') return ['clear', { wait: content['wait'] === true }]
  const kind = KINDS[type]
  if (kind === undefined) return [undefined, {}]
  const data = Object.entries(recordOf(content['data'])).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const metadata = recordOf(content['metadata'])
  const id = recordOf(content['transient'])['display_id']
  return [
    kind,
    { data: Object.fromEntries(data), ...(Object.keys(metadata).length > 0 ? { metadata } : {}), ...(id === undefined ? {} : { id }) },
  ]
}

const KINDS: Readonly<Record<string, string>> = { display_data: 'display', update_display_data: 'update', execute_result: 'value' }

/** The end of a program, as far as a kernel tells it: no line, and no files. */
function endOf({ events, begun, stopped }: Program, reply: Readonly<Record<string, unknown>>): object {
  const { status, ename, evalue, traceback } = reply
  const end = { events, files: [], usage: { wallMs: performance.now() - begun, toolMs: 0 } }
  if (status === 'ok') return { ...end, reason: 'completed' }
  if (status === 'aborted') return { ...end, reason: 'aborted' }
  const lines = Array.isArray(traceback) ? traceback.map(String).join('\n') : ''
  const error = { name: String(ename), value: String(evalue), traceback: stripVTControlCharacters(lines) }
  return { ...end, reason: 'exception', error, ...(stopped === undefined ? {} : { stopped }) }
}
