import type { Limits } from '../executor.ts'

/** The limits that `defineExecutor` holds, whole. Bytes and milliseconds. */
export interface HeldLimits extends Limits {
  readonly wallMs: number
  readonly outputBytes: number
  readonly outputHardBytes: number
  readonly displayBytes: number
  readonly sourceBytes: number
}

/** design.md 6 and `Limits`. */
export const DEFAULT_LIMITS: HeldLimits = {
  wallMs: 30_000,
  outputBytes: 2 ** 20,
  outputHardBytes: 256 * 2 ** 20,
  displayBytes: 8 * 2 ** 20,
  sourceBytes: 8 * 2 ** 20,
}

/** What holds for one execution: its own word, otherwise its session's, otherwise the default. Memory can only be lowered. */
export function limitsFor(session: Limits | undefined, request: Limits | undefined): HeldLimits {
  const limits: HeldLimits = { ...DEFAULT_LIMITS, ...defined(session), ...defined(request) }
  if (session?.memoryBytes === undefined || request?.memoryBytes === undefined) return limits
  return { ...limits, memoryBytes: Math.min(session.memoryBytes, request.memoryBytes) }
}

/** Without the members that are undefined: they would hide what stands behind them. */
function defined<Members extends object>(
  members: Members | undefined,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  // Object.entries forgets the names of the members; what is left is the same object with fewer of them.
  return Object.fromEntries(Object.entries(members ?? {}).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof Members]?: Exclude<Members[Name], undefined>
  }
}
