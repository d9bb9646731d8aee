import { ExecutorError } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, FileInput, SessionFiles, SessionOptions } from '../executor.ts'
import { ABORTED, untilAborted } from './aborting.ts'
import { checkFiles } from './file-path.ts'
import type { Ran } from './ran.ts'

/** What a program that runs may use, and what it was asked with. `request.limits` are whole: those of the session and the defaults stand in it. */
export type RunContext = ExecutionContext & { readonly request: ExecutionRequest }

/** One interpreter of a definition. */
export interface OpenedSession {
  /** Resolves when a program can start; awaited before each, outside its time. With an error that says `stateLost` it is closed and opened anew. */
  ready?(): Promise<void>
  /**
   * Runs one program; never two at a time. `context.signal` says that it has to stop: what it then resolves with is honest,
   * a rejection or no answer within `stopMs` means that its variables are lost, and the session is closed and opened anew.
   * With `state: 'lost'` in its answer it goes on with a fresh interpreter by itself.
   * What it throws otherwise becomes an `ExecutorError`: `internal`, unless it is one.
   */
  run(code: string, context: RunContext): Promise<Ran>
  /** Members that are missing are `unsupported`. Paths were checked. */
  readonly files?: Partial<SessionFiles> | undefined
  /** Makes it as if it had just been opened, with no files; never while a program runs. Without it, sessions cannot be reset. */
  reset?(): Promise<void>
  /** Ends it, a running program too. Called once. */
  close?(): Promise<void>
}

/** Opens and puts the files of the options; rejects with `ExecutorError` as soon as one of the signals aborts, and closes what comes later. */
export async function openSession(
  open: (options: SessionOptions) => Promise<OpenedSession>,
  options: SessionOptions,
  signals: readonly (AbortSignal | undefined)[],
): Promise<OpenedSession> {
  if (signals.some((signal) => signal?.aborted)) throw givenUp(signals)
  const controller = new AbortController()
  // Called in a promise, so that what it throws is a rejection.
  const opening = Promise.resolve({ limits: options.limits, signal: controller.signal }).then(open)
  const opened = await untilAborted(opening, signals).catch((error: unknown) => {
    throw asExecutorError(error, 'the session could not be opened', 'no')
  })
  if (opened === ABORTED) {
    controller.abort()
    opening.then(closeQuietly, () => undefined)
    throw givenUp(signals)
  }
  const putting = putFiles(opened, options.files ?? [])
  const put = await untilAborted(putting, signals).catch((error: unknown) => {
    void closeQuietly(opened)
    throw error
  })
  if (put === ABORTED) {
    putting.catch(() => undefined)
    void closeQuietly(opened)
    throw givenUp(signals)
  }
  return opened
}

/** Puts files before a program runs. */
export async function putFiles(opened: OpenedSession, files: readonly FileInput[]): Promise<void> {
  if (files.length === 0) return
  checkFiles(files)
  const put = opened.files?.put
  if (put === undefined) throw unsupported('put')
  for (const file of files) {
    await put.call(opened.files, file).catch((error: unknown) => {
      throw asExecutorError(error, `the file ${JSON.stringify(file.path)} could not be put`, 'no')
    })
  }
}

/** The error for a member of `files` that the definition does not have. */
export function unsupported(member: keyof SessionFiles): ExecutorError {
  return new ExecutorError('unsupported', `this executor cannot ${member} files`, { started: 'no' })
}

/** An error of a definition as one of the port; one that already is stays itself. */
export function asExecutorError(error: unknown, what: string, started: ExecutorError['started']): unknown {
  if (error instanceof Error && error.name === 'OptionsError') return error
  if (ExecutorError.is(error)) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new ExecutorError('internal', `${what}: ${detail}`, { started, cause: error })
}

/** Closes what nobody uses any more; that it fails changes nothing for anybody. */
export async function closeQuietly(opened: OpenedSession): Promise<void> {
  try {
    await opened.close?.()
  } catch {
    // See above.
  }
}

function givenUp(signals: readonly (AbortSignal | undefined)[]): ExecutorError {
  const reason: unknown = signals.find((signal) => signal?.aborted)?.reason
  return new ExecutorError('closed', 'the session was given up before it was open', { started: 'no', cause: reason })
}
