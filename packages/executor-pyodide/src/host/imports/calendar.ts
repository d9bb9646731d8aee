import { answering, type ImportContext, type Imports } from './import-context.ts'

/** Days and hours. It is always UTC. */
export function calendarImports(context: ImportContext): Imports {
  const { memory } = context
  const split = (seconds: bigint, target: number): void => writeDate(context, target, new Date(Number(seconds) * 1_000))
  const join = (place: number): bigint => joinDate(context, place)
  return {
    ...answering(
      {
        /** localtime_r(3): the members of a date. All of them are 0 for a date that cannot be told. */
        _localtime_js: split,
        /** gmtime_r(3): the same. */
        _gmtime_js: split,
        /** tzset(3): an offset, whether there is a summer time, and two names. */
        _tzset_js: (offset: number, hasSummer: number, name: number, summerName: number) => {
          memory.setInt32(offset, 0)
          memory.setInt32(hasSummer, 0)
          for (const target of [name, summerName]) memory.slice(target, UTC.length).set(UTC)
        },
      },
      () => undefined,
    ),
    ...answering(
      {
        /** mktime(3): seconds since 1970, and the members of the date set right; -1 where the date cannot be. */
        _mktime_js: join,
        /** timegm(3): the same. */
        _timegm_js: join,
      },
      () => -1n,
    ),
  }
}

/** Writes a `struct tm`: eight numbers of 32 bits, the offset from UTC after them. */
function writeDate({ memory }: ImportContext, target: number, date: Date): void {
  memory.slice(target, DATE_BYTES).fill(0)
  if (Number.isNaN(date.getTime())) return
  const members = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear() - FIRST_YEAR,
    date.getUTCDay(),
    dayOfYear(date),
  ]
  for (const [index, value] of members.entries()) memory.setInt32(target + index * 4, value)
}

/** Seconds since 1970 of a `struct tm`, whose members may lie outside of their ranges. */
function joinDate(context: ImportContext, place: number): bigint {
  const { memory } = context
  const member = (index: number): number => memory.int32(place + index * 4)
  const date = new Date(0)
  // Not by `Date.UTC`, to which the years 0 to 99 are those of the last century.
  date.setUTCFullYear(member(5) + FIRST_YEAR, member(4), member(3))
  date.setUTCHours(member(2), member(1), member(0))
  if (Number.isNaN(date.getTime())) return -1n
  writeDate(context, place, date)
  return BigInt(date.getTime() / 1_000)
}

function dayOfYear(date: Date): number {
  const first = new Date(0)
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - first.getTime()) / DAY_MS)
}

const UTC: Uint8Array = new TextEncoder().encode('UTC\0')
const FIRST_YEAR = 1_900
const DATE_BYTES = 40
const DAY_MS = 86_400_000
