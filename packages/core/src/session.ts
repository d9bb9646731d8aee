import { ExecutorError } from './errors.ts'
import type { Executor, FileInput, Limits, Session, SessionRef } from './executor.ts'

/** A session ready for a program. */
export interface Opened {
  readonly session: Session
  /** It was made just now. */
  readonly created: boolean
  /** What is added to the session's generation to make it the run's: sessions before it were lost. */
  readonly offset: number
}

/** The interpreter of a run or a chat: made at the first program, made anew after a loss, disposed by whoever made it. */
export interface Sessions {
  open(): Promise<Opened>
  /** This session is gone; the next `open` makes another. */
  lost(session: Session): void
  generation(): number
  /** Files that every new session gets, and the one that is there with the next `open`. */
  add(files: readonly FileInput[]): void
  inputFiles(): readonly string[]
  /** Whether there is one with its variables. */
  live(): boolean
  /** The state to go on from later, where the executor can give one. */
  snapshot(): Promise<SessionRef | undefined>
  /** Disposes what is its own, also what is still being made. The same promise each time; it may take as long as the executor does. */
  dispose(): Promise<{ readonly closed: boolean }>
}

/** The sessions of one run or one chat, one after the other. `given`: one that is used first. */
export function createSessions(
  executor: Executor,
  options: { readonly limits: Limits; readonly files: readonly FileInput[]; readonly given?: Session | SessionRef | undefined },
): Sessions {
  const { limits } = options
  const over = new AbortController()
  const files = [...options.files]
  /** Not yet put into the session that is there. */
  let missing: FileInput[] = []
  let opening: Promise<Session> | undefined
  let current: { readonly session: Session; readonly own: boolean } | undefined
  let given = options.given
  let offset = 0
  /** Of the session, when it was opened last: an executor that loses it may have counted that already. */
  let opened = 1
  let disposal: Promise<{ readonly closed: boolean }> | undefined
  if (given && 'execute' in given) {
    current = { session: given, own: false }
    opening = Promise.resolve(given)
    missing = [...files]
  }

  async function make(): Promise<Session> {
    const session = await made()
    if (over.signal.aborted) {
      void dropQuietly(session) // came too late: nobody waits for it any more
      throw new ExecutorError('closed', 'The session was closed while it was being made.', { started: 'no' })
    }
    current = { session, own: true }
    return session
  }
  async function made(): Promise<Session> {
    const wanted = { limits, files: [...files], signal: over.signal }
    const ref = given
    given = undefined
    if (!ref || !('executor' in ref)) return await executor.createSession(wanted)
    if (!executor.resumeSession)
      throw new ExecutorError('session_lost', `The executor ${executor.name} cannot resume a session.`, { started: 'no' })
    const session = await executor.resumeSession(ref, wanted)
    missing = [...files]
    return session
  }
  async function putMissing(session: Session): Promise<void> {
    try {
      while (missing.length > 0) {
        const [file] = missing
        if (file) await session.files.put(file)
        missing.shift()
      }
    } catch (error) {
      if (ExecutorError.is(error) && error.stateLost) lost(session)
      throw error
    }
  }
  function lost(session: Session): void {
    if (current?.session !== session) return
    offset += opened
    if (current.own) void dropQuietly(session)
    current = opening = undefined
    missing = []
  }
  return {
    async open() {
      if (over.signal.aborted) throw new ExecutorError('closed', 'The session is closed.', { started: 'no' })
      const created = opening === undefined
      opening ??= make().catch((error: unknown) => {
        opening = undefined
        throw error
      })
      const session = await opening
      opened = session.generation
      await putMissing(session)
      return { session, created, offset }
    },
    lost,
    generation: () => offset + (current?.session.generation ?? 1),
    add(more) {
      files.push(...more)
      if (opening) missing.push(...more)
    },
    inputFiles: () => files.map(({ path }) => path),
    live: () => current !== undefined,
    snapshot: async () => await current?.session.snapshot?.(),
    dispose() {
      over.abort('The session is closed.') // a text: an exception of the platform costs more than all else that a run ends with
      disposal ??= (async () => {
        if (!current?.own) return { closed: false }
        await current.session[Symbol.asyncDispose]()
        return { closed: true }
      })()
      return disposal
    },
  }
}

async function dropQuietly(session: Session): Promise<void> {
  try {
    await session[Symbol.asyncDispose]()
  } catch {
    // it is gone already, or will be when its process ends
  }
}
