import { expect } from 'vitest'
import type {
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  Executor,
  ExecutorEvent,
  Limits,
  Session,
  SessionOptions,
} from '../../executor.ts'

/** What a busy machine may take beyond what an executor promised, milliseconds. */
export const TOLERANCE_MS = 2_000

/** How long anything without a promised time may take, the start of an interpreter included, milliseconds. */
export const PATIENCE_MS = 50_000

/** What a case works with. Sessions and executors that it made are disposed after it. */
export interface Lab {
  /** Prepared, and the same for all cases. */
  readonly executor: Executor
  /** Another executor, for cases that dispose it. */
  create(): Promise<Executor>
  /** A fresh session. */
  session(options?: SessionOptions): Promise<Session>
  /** One session for all cases that leave it as usable as they found it: starting an interpreter is the slow part of a suite. */
  shared(): Promise<Session>
  /** Runs a program to its end. */
  run(session: Session, code: string, options?: RunOptions): Promise<ExecutionResult>
  /** Starts a program, and lets the case look at it while it runs. */
  start(session: Session, code: string, options?: RunOptions): Started
  /** Finds out what really became of the variables over an execution, and holds the executor to what it said. */
  honestly(session: Session, execution: () => Promise<ExecutionResult>): Promise<ExecutionResult>
  /** Settles as the promise does, or rejects where that takes longer. */
  within<Value>(milliseconds: number, what: string, promise: Promise<Value>): Promise<Value>
}

/** What a case may say of an execution. */
export interface RunOptions {
  readonly limits?: Limits | undefined
  readonly files?: ExecutionRequest['files']
  readonly idempotencyKey?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** The host's tools. @default none: every call is refused */
  readonly callTool?: ExecutionContext['callTool'] | undefined
}

/** A program that was started. */
export interface Started {
  /** What has been told so far. */
  readonly events: readonly ExecutorEvent[]
  readonly result: Promise<ExecutionResult>
  abort(): void
  /** Resolves once the text was told on stdout; rejects where the program ended before. */
  told(text: string): Promise<void>
}

/** A lab over an executor; what it makes is put into `made`, for its owner to dispose. */
export function createLab(
  executor: Executor,
  resources: { readonly made: AsyncDisposable[]; create(): Promise<Executor>; shared(): Promise<Session> },
): Lab {
  const lab: Lab = {
    executor,
    create: resources.create,
    async session(options) {
      const session = await within(PATIENCE_MS, 'createSession', executor.createSession(options))
      resources.made.push(session)
      return session
    },
    shared: () => within(PATIENCE_MS, 'createSession', resources.shared()),
    run: (session, code, options) => within(PATIENCE_MS, 'execute', start(session, code, options).result),
    start,
    within,
    async honestly(session, execution) {
      await lab.run(session, `marker = 'set before'`)
      const before = session.generation
      const result = await execution()
      expect(session.generation, 'generation of the session and of the result').toBe(result.generation)
      const after = await lab.run(session, `print('marker' in globals())`)
      const markerIsThere = after.stdout.trim() === 'True'
      const seen = { state: result.state, markerIsThere, generation: result.generation }
      if (result.state === 'lost') expect(seen).toEqual({ state: 'lost', markerIsThere: false, generation: before + 1 })
      else if (result.state === 'kept') expect(seen).toEqual({ state: 'kept', markerIsThere: true, generation: before })
      else expect(seen).toEqual({ state: 'restored', markerIsThere: true, generation: expect.toBeOneOf([before, before + 1]) })
      return result
    },
  }
  return lab
}

function start(session: Session, code: string, options: RunOptions = {}): Started {
  const id = crypto.randomUUID()
  const events: ExecutorEvent[] = []
  const watchers = new Set<() => void>()
  const controller = new AbortController()
  const result = session.execute(
    {
      id,
      code,
      language: 'python',
      limits: options.limits,
      files: options.files,
      idempotencyKey: options.idempotencyKey ?? `contract/${id}/1`,
    },
    {
      signal: options.signal ?? controller.signal,
      emit(event) {
        events.push(event)
        for (const watcher of watchers) watcher()
      },
      callTool: options.callTool ?? (() => Promise.reject(new Error('the contract has no host tools'))),
    },
  )
  // A case may look at the events first; a rejection that nobody awaits yet is no unhandled one.
  result.catch(() => undefined)
  return {
    events,
    result,
    abort: () => controller.abort(new Error('aborted by the contract')),
    told(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const watch = () => {
        if (textOf(events, 'stdout').includes(text)) resolve()
      }
      watchers.add(watch)
      watch()
      const early = () => reject(new Error(`the program ended before ${JSON.stringify(text)} was told`))
      result.then(early, early)
      return within(PATIENCE_MS, `stdout ${JSON.stringify(text)}`, promise).finally(() => watchers.delete(watch))
    },
  }
}

/** What was told on one stream, joined. */
export function textOf(events: readonly ExecutorEvent[], stream: 'stdout' | 'stderr'): string {
  return events.map((event) => (event.type === stream ? event.text : '')).join('')
}

/** Settles as the promise does, or rejects where that takes longer. */
export async function within<Value>(milliseconds: number, what: string, promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} did not settle within ${milliseconds} ms`)), milliseconds)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
