import type { ExecutionContext, ExecutorEvent } from '@interloop/core/executor'
import { recordOf } from './frames.ts'
import type { Kernel } from './kernel.ts'

/** The host's half of the tools of one execution: each call is made once, however often it is heard of (remote.md 9, "Channels"). */
export interface ToolAnswers {
  take(call: { readonly id: string; readonly name: string; readonly arguments: unknown }): void
  /** After a cut: asks for what was called meanwhile. */
  resume(): void
  close(): void
  /** Whether a call is open. */
  readonly isOpen: boolean
  /** Time in which calls were open, milliseconds. */
  readonly elapsedMs: number
}

/** Of one answer as JSON, bytes (remote.md 9, "Python's side of tools"). */
const ANSWER_BYTES = 16 * 2 ** 20

/** Of one message, before base64: a server closes the line at 10 MiB. */
const PART_BYTES = 6 * 2 ** 20

/** Answers calls by `context.callTool`; `onChange` is called when the first opens and the last closes. */
export function answerTools(
  kernel: Kernel,
  context: ExecutionContext,
  tell: (event: ExecutorEvent) => void,
  onChange: () => void,
): ToolAnswers {
  const seen = new Map<string, 'open' | object>()
  let openCalls = 0
  let openSince = 0
  let elapsed = 0
  let isClosed = false

  async function call(id: string, name: string, args: unknown): Promise<void> {
    seen.set(id, 'open')
    if (openCalls === 0) {
      openSince = performance.now()
      tell({ type: 'status', status: 'waiting_tool', detail: name })
    }
    openCalls += 1
    onChange()
    // Called in a promise, so that what it throws is a rejection.
    const answer = await Promise.resolve({ id, name, arguments: args })
      .then((called) => context.callTool(called))
      .then(valueAnswer, errorAnswer)
    openCalls -= 1
    if (openCalls === 0) {
      elapsed += performance.now() - openSince
      tell({ type: 'status', status: 'running' })
    }
    seen.set(id, answer)
    onChange()
    send(id, answer)
  }

  function send(id: string, answer: object): void {
    // Repeated by the kernel's own line after a cut; a kernel that died needs none.
    if (isClosed) return
    const bytes = Buffer.from(JSON.stringify(answer))
    const count = Math.ceil(bytes.length / PART_BYTES)
    if (count === 1) void kernel.ask('answer', { id, answer }).catch(() => undefined)
    else {
      for (let index = 0; index < count; index += 1) {
        const content = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES).toString('base64')
        void kernel.ask('answer_part', { id, index, count, content }).catch(() => undefined)
      }
    }
  }

  function take({ id, name, arguments: args }: { readonly id: string; readonly name: string; readonly arguments: unknown }): void {
    if (isClosed) return
    const known = seen.get(id)
    if (known === undefined) {
      void kernel.ask('heard', { id }).catch(() => undefined)
      void call(id, name, args)
    } else if (known === 'open') void kernel.ask('heard', { id }).catch(() => undefined)
    else send(id, known)
  }

  return {
    take,
    resume() {
      kernel.ask('calls').then(
        (answer) => {
          for (const each of Array.isArray(answer['calls']) ? answer['calls'] : []) {
            const { id, name, arguments: args } = recordOf(each)
            if (typeof id === 'string' && typeof name === 'string') take({ id, name, arguments: args })
          }
        },
        () => undefined,
      )
    },
    close() {
      isClosed = true
    },
    get isOpen() {
      return openCalls > 0
    },
    get elapsedMs() {
      return elapsed + (openCalls > 0 ? performance.now() - openSince : 0)
    },
  }
}

function valueAnswer(value: unknown): object {
  try {
    const text = JSON.stringify(value ?? null)
    if (Buffer.byteLength(text) > ANSWER_BYTES) return { error: `the answer is larger than ${ANSWER_BYTES} bytes` }
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return errorAnswer(error)
  }
}

function errorAnswer(error: unknown): object {
  return { error: error instanceof Error ? error.message : String(error) }
}
