import type { ExecutionContext, ExecutionRequest, ExecutionResult, Executor, ExecutorEvent, Session } from '../../src/executor/index.ts'
import { pythonExecutor } from '../reference/python-executor.ts'

/** What a broken executor does differently from the reference executor around which it is put. */
export interface Lie {
  executor?(executor: Executor): Partial<Executor>
  session?(session: Session, executor: Executor): Partial<Session>
  execute?(session: Session, request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult>
  request?(request: ExecutionRequest): ExecutionRequest
  result?(result: ExecutionResult, request: ExecutionRequest): ExecutionResult
  event?(event: ExecutorEvent): ExecutorEvent
  files?(files: Session['files']): Partial<Session['files']>
}

/** The reference executor with one lie. */
export function lyingExecutor(lie: Lie): Executor {
  const reference = pythonExecutor()
  const lying: Executor = { ...reference, ...lie.executor?.(reference) }
  return {
    ...lying,
    name: 'broken',
    createSession: async (options) => lyingSession(await lying.createSession(options), reference, lie),
  }
}

/** A session of the reference executor with one lie. */
export function lyingSession(session: Session, executor: Executor, lie: Lie): Session {
  const files: Session['files'] = {
    put: (file) => session.files.put(file),
    read: (path) => session.files.read(path),
    list: () => session.files.list(),
    remove: (path) => session.files.remove(path),
    ...lie.files?.(session.files),
  }
  const run = lie.execute ?? ((target, request, context) => target.execute(request, context))
  const honest: Session = {
    id: session.id,
    get generation() {
      return session.generation
    },
    files,
    async execute(request, context) {
      const asked = lie.request?.(request) ?? request
      const emit: ExecutionContext['emit'] = (event) => context.emit(lie.event?.(event) ?? event)
      const result = await run(session, asked, { ...context, emit })
      return lie.result?.(result, request) ?? result
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
  // Not spread: `generation` has to stay live.
  return Object.defineProperties(honest, Object.getOwnPropertyDescriptors(lie.session?.(session, executor) ?? {}))
}
