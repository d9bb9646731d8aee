import type { Patience } from './socket.ts'

/** A server completes the upgrade only when the kernel has answered, up to 60 s; one given up before leaks a connection there (remote.md 1.5, row 9). */
const FIRST_HANDSHAKE_MS = 75_000

/** Of a line on which all is well (remote.md 1.7). */
const PING_MS = 5_000
const SILENCE_MS = 10_000

/** To a kernel that runs it takes milliseconds; a server of 1.23 needs 5 s to let go of a line that it takes for alive (remote.md 1.5, row 6). */
const LONGEST_HANDSHAKE_MS = 8_000

/**
 * How long a line may be silent. One that broke is watched closely, since a program's deadline goes on meanwhile; each silence in a row
 * makes us more patient, so that a line that is only slow is found in the end.
 */
export function patienceFor(line: { readonly isFirst: boolean; readonly isStable: boolean; readonly silences: number }): Patience {
  if (line.isFirst) return { handshakeMs: FIRST_HANDSHAKE_MS, pingMs: PING_MS, silenceMs: SILENCE_MS }
  if (line.isStable) return { handshakeMs: LONGEST_HANDSHAKE_MS, pingMs: PING_MS, silenceMs: SILENCE_MS }
  const silenceMs = Math.min(SILENCE_MS, 1_200 * 1.6 ** line.silences)
  return { handshakeMs: Math.min(LONGEST_HANDSHAKE_MS, 1_500 * 1.6 ** line.silences), pingMs: silenceMs / 3, silenceMs }
}
