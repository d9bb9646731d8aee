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

/** What is known of a program that caused a move. */
export interface Effects {
  /** Of host tools. */
  readonly calls: number
  /** The folder was as everything before had left it. */
  readonly foldersWereEqual: boolean
}

/**
 * Whether a program that caused a move may run again in the second: only where it had called no tool and changed no file (remote.md 9).
 * What an interpreter that died says of its files may be incomplete: then the folder itself has to tell.
 * Without a result nothing had started.
 */
export function mayGoAgain(result: ExecutionResult | undefined, { calls, foldersWereEqual }: Effects): boolean {
  if (result === undefined) return true
  if (calls > 0) return false
  if (result.files.length > 0 || (result.dropped?.files ?? 0) > 0) return false
  return result.state === 'kept' || foldersWereEqual
}
