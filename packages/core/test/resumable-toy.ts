import { type Executor, ExecutorError, type Session, type SessionRef } from '../src/executor/index.ts'

/**
 * Gives the sessions of an executor a `ref`, and the executor `resumeSession`. Every resumer is another owner of the same session, as another
 * process would be: a session is gone when one of its owners disposed it.
 */
export function resumable<Kind extends Executor>(executor: Kind): Kind & Required<Pick<Executor, 'resumeSession'>> {
  const sessions = new Map<string, Session>()

  function owned(session: Session): Session {
    return {
      id: session.id,
      files: session.files,
      get generation() {
        return session.generation
      },
      get ref(): SessionRef {
        return { executor: executor.name, id: session.id, generation: session.generation }
      },
      execute: (request, context) => session.execute(request, context),
      async [Symbol.asyncDispose]() {
        sessions.delete(session.id)
        await session[Symbol.asyncDispose]()
      },
    }
  }

  return {
    ...executor,
    async createSession(options) {
      const session = await executor.createSession(options)
      sessions.set(session.id, session)
      return owned(session)
    },
    async resumeSession(ref, options) {
      const session = sessions.get(ref.id)
      if (session === undefined) throw new ExecutorError('session_lost', `the session ${ref.id} is gone`, { started: 'no' })
      for (const file of options?.files ?? []) await session.files.put(file)
      return owned(session)
    },
  }
}
