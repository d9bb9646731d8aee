import type { Patience } from './socket.ts'

/** A server completes the upgrade only when the kernel has answered, up to 60 s; one given up before leaks a connection there (remote.md 1.5, row 9). */
const FIRST_HANDSHAKE_MS = 75_000

/** Of a line on which all is well and nothing is awaited (remote.md 1.7). */
const PING_MS = 5_000
const SILENCE_MS = 10_000

/** While a program runs its deadline goes on, 30 s where nobody says another one: two black holes and what it takes to come back from them must fit in. */
const AWAITED_PING_MS = 2_000
const AWAITED_SILENCE_MS = 6_000

/** To a kernel that runs it takes milliseconds; a server of 1.23 needs 5 s to let go of a line that it takes for alive (remote.md 1.5, row 6). */
const LONGEST_HANDSHAKE_MS = 8_000

/** What is known of a line. */
export interface LineState {
  /** It was never open. */
  readonly isFirst: boolean
  /** It did not break lately. */
  readonly isStable: boolean
  /** Something is to come over it: a program runs, or an answer is waited for. */
  readonly isAwaited: boolean
  /** How often it was given up in a row because nothing was heard. */
  readonly silences: number
}

/**
 * How long a line may be silent. One that broke is watched closely, since a program's deadline goes on meanwhile; each silence in a row
 * makes us more patient, so that a line that is only slow is found in the end.
 */
export function patienceFor({ isFirst, isStable, isAwaited, silences }: LineState): Patience {
  const calm = isAwaited ? { pingMs: AWAITED_PING_MS, silenceMs: AWAITED_SILENCE_MS } : { pingMs: PING_MS, silenceMs: SILENCE_MS }
  if (isFirst) return { handshakeMs: FIRST_HANDSHAKE_MS, ...calm }
  if (isStable) return { handshakeMs: LONGEST_HANDSHAKE_MS, ...calm }
  const silenceMs = Math.min(SILENCE_MS, 1_200 * 1.6 ** silences)
  return { handshakeMs: Math.min(LONGEST_HANDSHAKE_MS, 1_500 * 1.6 ** silences), pingMs: silenceMs / 3, silenceMs }
}
