import { ExecutorError } from '../errors.ts'
import type { Capabilities, ExecutionResult, MoveCause } from '../executor.ts'

/** Why the session moves after this result; undefined where it stays (remote.md 9). */
export function causeOfMove(
  result: ExecutionResult,
  second: Pick<Capabilities, 'packages'>,
  on: readonly MoveCause[],
): MoveCause | undefined {
  const cause = possibleCause(result, second)
  return cause !== undefined && on.includes(cause) ? cause : undefined
}

function possibleCause({ reason, error }: ExecutionResult, { packages }: Pick<Capabilities, 'packages'>): MoveCause | undefined {
  if (reason === 'memory') return 'memory'
  if (reason === 'output_limit') return 'limit'
  if (reason !== 'exception' || error?.missingModule === undefined) return undefined
  // What nobody has is misspelt, and moves no session.
  const top = error.missingModule.split('.')[0] ?? ''
  return packages.some(({ imports }) => imports?.includes(top)) ? 'missing_package' : undefined
}

/** Whether the executor could not be reached, nothing had started, and that is a reason to move. */
export function isUnavailable(error: unknown, on: readonly MoveCause[]): boolean {
  return on.includes('unavailable') && ExecutorError.is(error) && error.code === 'unavailable' && error.started === 'no'
}

/** What is known of a program that caused a move. */
export interface Effects {
  /** Of host tools. */
  readonly calls: number
  /** The folder was as everything before had left it. */
  readonly foldersWereEqual: boolean
  /** Both places let out what a program does: by a network, or for want of isolation. */
  readonly bothLetOut: boolean
}

/**
 * Whether a program that caused a move may run again in the second: only where it had called no tool and changed no file (remote.md 9), and
 * nothing that it did outside of its folder could happen a second time.
 * What an interpreter that died says of its files may be incomplete: then the folder itself has to tell.
 * Without a result nothing had started.
 */
export function mayGoAgain(result: ExecutionResult | undefined, { calls, foldersWereEqual, bothLetOut }: Effects): boolean {
  if (result === undefined) return true
  if (calls > 0 || bothLetOut) return false
  if (result.files.length > 0 || (result.dropped?.files ?? 0) > 0) return false
  return result.state === 'kept' || foldersWereEqual
}
