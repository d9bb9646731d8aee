import { randomInt } from 'node:crypto'

/**
 * A uid that no account and no other session has, for a process that is root. From the range that systemd's
 * "Users, Groups, UIDs and GIDs" leaves unused; where the container that this runs in maps fewer ids, from 61184 up
 * (dynamic users of services); undefined where it maps not even those.
 *
 * @param uidMap the text of `/proc/self/uid_map`
 */
export function sessionUid(uidMap: string, random: (from: number, to: number) => number = randomInt): number | undefined {
  const ranges = uidMap.trim().split('\n').map(parseRange)
  const range = SESSION_UIDS.find(({ from, to }) => ranges.some((mapped) => mapped.from <= from && to <= mapped.to))
  return range && random(range.from, range.to)
}

/** Each from the first to before the last. */
const SESSION_UIDS = [
  { from: 1_879_048_192, to: 2_147_483_647 },
  { from: 61_184, to: 65_520 },
]

function parseRange(line: string): { readonly from: number; readonly to: number } {
  const [inside = 0, , length = 0] = line.trim().split(/\s+/).map(Number)
  return { from: inside, to: inside + length }
}
