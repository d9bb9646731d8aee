import { type Executor, ExecutorError, type Session, type SessionRef } from '../src/executor/index.ts'

/** Sessions that can be resumed, by id, and how often they were taken over. */
export type Registry = Map<string, { readonly session: Session; owner: number }>

/**
 * Gives the sessions of an executor a `ref`, and the executor `resumeSession`. Who resumes one is another owner of it, as another process
 * would be, and the owner before is fenced. Executors over one registry are as processes that reach the same sessions.
 */
export function resumable<Kind extends Executor>(
  executor: Kind,
  registry: Registry = new Map(),
): Kind & Required<Pick<Executor, 'resumeSession'>> {
  function owned(session: Session): Session {
    const entry = registry.get(session.id) ?? { session, owner: 0 }
    registry.set(session.id, entry)
    entry.owner += 1
    const owner = entry.owner
    const isFenced = () => entry.owner !== owner
    return {
      id: session.id,
      files: session.files,
      get generation() {
        return session.generation
      },
      get ref(): SessionRef {
        return { executor: executor.name, id: session.id, generation: session.generation }
      },
      async execute(request, context) {
        if (isFenced()) throw new ExecutorError('session_lost', 'another process has taken the session over', { started: 'no' })
        return session.execute(request, context)
      },
      async [Symbol.asyncDispose]() {
        if (isFenced()) return
        registry.delete(session.id)
        await session[Symbol.asyncDispose]()
      },
    }
  }

  return {
    ...executor,
    createSession: async (options) => owned(await executor.createSession(options)),
    async resumeSession(ref, options) {
      const entry = registry.get(ref.id)
      if (entry === undefined || ref.executor !== executor.name)
        throw new ExecutorError('session_lost', `there is no session ${ref.id}`, { started: 'no' })
      for (const file of options?.files ?? []) await entry.session.files.put(file)
      return owned(entry.session)
    },
  }
}
