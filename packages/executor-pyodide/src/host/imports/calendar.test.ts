import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn } from '../../../test/host/stand-in.ts'

test.each([
  [0n, [0, 0, 0, 1, 0, 70, 4, 0]],
  [1_767_225_599n, [59, 59, 23, 31, 11, 125, 3, 364]],
  [951_782_400n, [0, 0, 0, 29, 1, 100, 2, 59]],
  [-1n, [59, 59, 23, 31, 11, 69, 3, 364]],
  [-62_135_596_800n, [0, 0, 0, 1, 0, -1_899, 1, 0]],
  [-59_000_000_000n, [40, 6, 15, 13, 4, -1_800, 4, 132]],
])('%d seconds are a date in UTC, and back', (seconds, members) => {
  const guest = standIn()
  const target = guest.room(40)
  for (const [split, join] of [
    ['_gmtime_js', '_timegm_js'],
    ['_localtime_js', '_mktime_js'],
  ] as const) {
    guest.call(split, seconds, target)
    expect(date(guest, target)).toEqual([...members, 0])
    expect(guest.call(join, target)).toBe(seconds)
  }
})

test('members that lie outside of their ranges are set right', () => {
  const guest = standIn()
  const target = guest.room(40)
  for (const [index, value] of [75, -1, 24, 0, 14, 125].entries()) guest.memory.setInt32(target + index * 4, value)
  expect([guest.call('_timegm_js', target), date(guest, target)]).toEqual([1_772_323_215n, [15, 0, 0, 1, 2, 126, 0, 59, 0]])
})

test('a date that cannot be told is all zeros, and one that cannot be is -1', () => {
  const guest = standIn()
  const target = guest.room(40)
  for (const seconds of [2n ** 63n - 1n, -(2n ** 63n), 10n ** 15n]) {
    guest.memory.slice(target, 40).fill(1)
    guest.call('_gmtime_js', seconds, target)
    expect(date(guest, target)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
  }
  guest.memory.setInt32(target + 20, 2 ** 31 - 1)
  expect(guest.call('_mktime_js', target)).toBe(-1n)
})

test('pointers that lead nowhere change nothing', () => {
  const guest = standIn()
  const place = guest.room(16)
  guest.call('_localtime_js', 0n, STAND_IN_END - 39)
  guest.call('_gmtime_js', 0n, -1)
  guest.call('_tzset_js', place, place + 4, STAND_IN_END - 3, place)
  guest.call('_tzset_js', -1, -1, -1, -1)
  expect([guest.call('_mktime_js', STAND_IN_END - 8), guest.call('_timegm_js', 0)]).toEqual([-1n, -1n])
  expect([...guest.memory.slice(STAND_IN_END - 39, 39)]).toEqual(Array(39).fill(0))
})

test('the time zone is UTC, without summer time', () => {
  const guest = standIn()
  const place = guest.room(48)
  guest.memory.slice(place, 48).fill(9)
  guest.call('_tzset_js', place, place + 4, place + 8, place + 25)
  const name = (at: number): string => new TextDecoder().decode(guest.memory.zeroTerminated(at, 17))
  expect([guest.memory.int32(place), guest.memory.int32(place + 4), name(place + 8), name(place + 25)]).toEqual([0, 0, 'UTC', 'UTC'])
})

/** The eight members, and whether there is summer time. */
function date({ memory }: StandIn, target: number): number[] {
  return Array.from({ length: 9 }, (_, index) => memory.int32(target + index * 4))
}
