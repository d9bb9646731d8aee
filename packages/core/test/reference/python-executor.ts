import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  defineExecutor,
  type Executor,
  ExecutorError,
  type OpenedSession,
  type Ran,
  type RunContext,
  type SessionFiles,
  type SessionOptions,
} from '../../src/executor/index.ts'
import { Exited, type Interpreter, startInterpreter } from './interpreter.ts'
import { startOwnClock } from './own-clock.ts'

/** How long an interrupted program may take to end before its process is killed, milliseconds. */
const GRACE_MS = 400

const DEFAULT_MEMORY_BYTES = 2 ** 30

const DEFAULT_WALL_MS = 30_000

/** Of an answer of a tool (remote.md 9). */
const REPLY_BYTES = 16 * 2 ** 20

/** Of one program, where its limits do not say it (executor.ts). */
const TOOL_CALLS = 5_000

/** The executor that keeps every promise of the contract: a child process with Python of this machine. For tests only: it confines nothing. `calls`: without the bounds of calls of tools it breaks promises. */
export function pythonExecutor({ calls = 'bounded' }: { readonly calls?: 'bounded' | 'unbounded' } = {}): Executor {
  return defineExecutor({
    name: 'reference',
    runtime: 'CPython 3',
    capabilities: {
      version: '1',
      isolation: 'none',
      network: 'open',
      stopMs: GRACE_MS + 1_000,
      limits: { wallMs: 'enforced', cpuMs: 'enforced', memoryBytes: 'enforced', outputHardBytes: 'enforced', toolCalls: 'enforced' },
      tools: true,
    },
    open: (options) => openPython(options, calls),
  })
}

async function openPython({ limits }: SessionOptions, calls: 'bounded' | 'unbounded'): Promise<OpenedSession> {
  const folder = await mkdtemp(join(tmpdir(), 'interloop-reference-'))
  const start = () => startInterpreter(folder, limits?.memoryBytes ?? DEFAULT_MEMORY_BYTES, calls)
  let interpreter = start()

  async function alive(): Promise<Interpreter> {
    // Asking is the one sure way to know.
    if ((await interpreter.ask('list')) instanceof Exited) interpreter = start()
    return interpreter
  }

  return {
    run: async (code, context) => runIn(await alive(), code, context),
    files: filesOf(alive),
    async close() {
      interpreter.kill()
      await interpreter.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function runIn(interpreter: Interpreter, code: string, context: RunContext): Promise<Ran> {
  const { request, signal, emit } = context
  const timers: ReturnType<typeof setTimeout>[] = []
  let isStopped = false
  let isLate = false

  function stop(): void {
    if (isStopped) return
    isStopped = true
    interpreter.interrupt()
    timers.push(setTimeout(interpreter.kill, GRACE_MS))
  }

  const clock = startOwnClock(request.limits?.wallMs ?? DEFAULT_WALL_MS, () => {
    isLate = !isStopped
    stop()
  })

  interpreter.listener = (told) => {
    if (told.type === 'call') {
      clock.opened(1)
      void answer(interpreter, told.call, context).then(() => clock.opened(-1))
    } else if (told.type === 'waiting') {
      clock.isWaiting(told.isWaiting)
      if (!isStopped) emit({ type: 'status', status: told.isWaiting ? 'waiting_tool' : 'running' })
    } else if (told.type === 'started') {
      clock.start()
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    } else emit(told)
  }
  try {
    const { cpuMs = null, toolCalls = TOOL_CALLS } = request.limits ?? {}
    const answered = await interpreter.ask('run', code, cpuMs, toolCalls)
    const reason = isLate ? { reason: 'deadline' as const } : {}
    const usage = clock.stop()
    if (answered instanceof Exited) return { ...(isStopped ? reason : death(answered)), state: 'lost', usage }
    // The driver is ours: it answers a program with what the port calls a result.
    const ran = answered as Ran
    return { ...(isStopped ? reason : ran), usage: { ...ran.usage, ...usage } }
  } finally {
    clock.stop()
    interpreter.listener = undefined
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Calls a tool and lets Python go on with what it answers. */
async function answer(interpreter: Interpreter, call: Parameters<RunContext['callTool']>[0], { callTool }: RunContext): Promise<void> {
  const answered = await callTool(call).then(
    (value) => {
      const size = Buffer.byteLength(JSON.stringify(value) ?? '')
      return size > REPLY_BYTES ? { error: `the answer of ${call.name} has ${size} bytes, the limit is ${REPLY_BYTES}` } : { value }
    },
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  )
  await interpreter.ask('answer', call.id, answered)
}

function death({ exitCode }: Exited): Ran {
  return exitCode === undefined ? { reason: 'crashed' } : { reason: 'exit', exitCode }
}

function filesOf(alive: () => Promise<Interpreter>): SessionFiles {
  const ask = async (operation: string, ...parameters: readonly unknown[]) => {
    const answer = await (await alive()).ask(operation, ...parameters)
    if (answer instanceof Exited) throw new ExecutorError('session_lost', 'the interpreter died')
    return answer
  }
  return {
    async put({ path, content, aliases = [] }) {
      await ask('put', [path, ...aliases], Buffer.from(content).toString('base64'))
    },
    async read(path) {
      const content = await ask('read', path)
      if (typeof content !== 'string') throw new ExecutorError('not_found', `there is no file ${JSON.stringify(path)}`)
      return Uint8Array.from(Buffer.from(content, 'base64'))
    },
    // The driver is ours: it lists what the port calls a list.
    list: async () => (await ask('list')) as Awaited<ReturnType<SessionFiles['list']>>,
    async remove(path) {
      await ask('remove', path)
    },
  }
}
