import { ExecutorError } from '../errors.ts'
import type { Executor, Moved, Session, SessionFiles, SessionOptions } from '../executor.ts'
import { letsNothingOut } from './compare-isolation.ts'
import { equalizeFiles } from './equal-files.ts'
import { rebuild } from './rebuild.ts'
import type { SessionLog } from './session-log.ts'

/** A session in the second executor that goes on for one in the first. */
export interface Move {
  readonly session: Session
  readonly variables: Moved['variables']
  /** The folders were equal before the second was made so: nothing had changed files beside what the log knows. */
  readonly foldersWereEqual: boolean
  /** Why variables are lost, and files. */
  readonly warnings: readonly string[]
}

/** How a session is moved. */
export interface MoveParts {
  readonly log: SessionLog
  readonly from: Session
  /** That is why it is moved: files that cannot be read any more are left. Otherwise there is no move without all of them. */
  readonly isUnreachable: boolean
  readonly to: Executor
  readonly options: SessionOptions
  /** Gives the move up: what was made is disposed, and the promise rejects. */
  readonly signal: AbortSignal
}

/** A rebuild that takes longer is given up (remote.md 9). Milliseconds. */
const REBUILD_MS = 60_000

/** An executor that cannot be reached may not answer either. Milliseconds. */
const LIST_MS = 10_000

/** Opens a session in the second executor, rebuilt and found equal where that can be, otherwise with the files alone (remote.md 9). Rejects where files would be lost. */
export async function moveSession({ log, from, isUnreachable, to, options, signal }: MoveParts): Promise<Move> {
  const filesThere = await reachable(from.files)
  if (filesThere === undefined && !isUnreachable) throw new ExecutorError('unavailable', 'its files cannot be read')
  const isFolderKnown = filesThere !== undefined || log.knowsFolder
  const gap = log.gap ?? (isFolderKnown ? effectsGap(log, to) : 'the files that programs made cannot be read any more')
  const wanted: SessionOptions = { limits: options.limits, signal }
  let session = await to.createSession(wanted)
  let rebuiltInVain: Promise<void> | undefined
  try {
    let difference = gap
    if (difference === undefined) {
      difference = await rebuilt(log, session, signal)
      signal.throwIfAborted()
      if (difference !== undefined) {
        rebuiltInVain = disposeQuietly(session)
        session = await to.createSession(wanted)
      }
    }
    if (filesThere === undefined && difference !== undefined) await putKnown(log, session)
    const foldersWereEqual = filesThere !== undefined && (await equalizeFiles(filesThere, session.files, signal))
    signal.throwIfAborted()
    return {
      session,
      variables: difference === undefined ? 'rebuilt' : 'lost',
      foldersWereEqual,
      warnings: [
        ...(difference === undefined ? [] : [`the variables are lost: ${difference}`]),
        ...(isFolderKnown ? [] : ['the files that programs made are lost']),
      ],
    }
  } catch (error) {
    await Promise.all([disposeQuietly(session), rebuiltInVain])
    throw error
  }
}

/** No effect of a program happens twice: where what it does gets out, no program runs again. */
function effectsGap({ entries }: SessionLog, { name, capabilities }: Executor): string | undefined {
  if (letsNothingOut(capabilities) || entries.every(({ kind }) => kind !== 'program')) return undefined
  const { isolation, network } = capabilities
  return `what the programs before did outside of their folder could happen again in ${name} (isolation ${isolation}, network ${network})`
}

/** The files of a session that answers. */
async function reachable(files: SessionFiles): Promise<SessionFiles | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), LIST_MS)
  try {
    return await Promise.race([files.list().then(() => files), late])
  } catch {
    return undefined // a session that does not answer, for whatever reason, gives no files
  } finally {
    clearTimeout(timer)
  }
}

/** The first difference, in words; undefined where all is equal. */
async function rebuilt({ entries }: SessionLog, session: Session, signal: AbortSignal): Promise<string | undefined> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error('the rebuild took too long')), REBUILD_MS)
  try {
    return await rebuild(entries, session, AbortSignal.any([signal, limit.signal]), `it took more than ${REBUILD_MS / 1000} s`)
  } catch (error) {
    return `a program could not be run again: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    clearTimeout(timer)
  }
}

/** Where the first gives no files: those that were put. */
async function putKnown({ entries }: SessionLog, { files }: Session): Promise<void> {
  for (const entry of entries) {
    if (entry.kind === 'put') await files.put(entry.file)
    else if (entry.kind === 'remove') await files.remove(entry.path)
  }
}

/** That it fails changes nothing for anybody. Never rejects. */
export async function disposeQuietly(session: Session): Promise<void> {
  try {
    await session[Symbol.asyncDispose]()
  } catch {
    // See above.
  }
}
