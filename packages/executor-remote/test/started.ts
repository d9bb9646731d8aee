import { randomUUID } from 'node:crypto'
import type { ExecutionRequest, ExecutionResult, ExecutorEvent, Session } from '@interloop/core/executor'

/** A program that was started, and what has been told of it. */
export interface Started {
  readonly events: readonly ExecutorEvent[]
  readonly result: Promise<ExecutionResult>
  /** What was told on stdout so far. */
  readonly stdout: string
  /** Resolves once the text was told on stdout; rejects where the program ended before. */
  told(text: string): Promise<void>
  abort(): void
}

/** Starts a program in a session, with no host tools. */
export function start(session: Session, code: string, options: Partial<ExecutionRequest> = {}): Started {
  const idempotencyKey = options.idempotencyKey ?? randomUUID()
  const events: ExecutorEvent[] = []
  const waiting = new Set<() => void>()
  const controller = new AbortController()
  const stdout = () => events.map((event) => (event.type === 'stdout' ? event.text : '')).join('')
  const result = session.execute(
    { id: idempotencyKey, language: 'python', ...options, code, idempotencyKey },
    {
      signal: controller.signal,
      emit(event) {
        events.push(event)
        for (const look of [...waiting]) look()
      },
      callTool: ({ name }) => Promise.reject(new Error(`there is no tool ${name}`)),
    },
  )
  // Every caller awaits it; until then its rejection is nobody's fault.
  result.catch(() => {})
  return {
    events,
    result,
    get stdout() {
      return stdout()
    },
    abort: () => controller.abort(),
    told(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = () => {
        if (!stdout().includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      const early = () => reject(new Error(`the program ended without ${JSON.stringify(text)}, after ${JSON.stringify(stdout())}`))
      result.then(early, reject)
      return promise
    },
  }
}

/** Runs a program to its end. */
export function run(session: Session, code: string, options: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> {
  return start(session, code, options).result
}
