import { expect, test } from 'vitest'
import { STAND_IN_DATE, STAND_IN_END, standIn } from '../../../test/host/stand-in.ts'

test('clocks tell the date and the time that goes by, in nanoseconds', () => {
  const { call, memory, room } = standIn()
  const target = room(8)
  const told = [0, 1, 2, 3].map((clock) => {
    expect(call('clock_time_get', clock, 0n, target)).toBe(0)
    return memory.int64(target)
  })
  expect(told).toEqual([BigInt(STAND_IN_DATE) * 1_000_000n, 1_000_000_000n, 1_000_000_000n, 1_000_000_000n])
  expect([call('clock_res_get', 0, target), memory.int64(target)]).toEqual([0, 1_000n])
  expect([call('emscripten_get_now'), call('emscripten_date_now')]).toEqual([1_000, STAND_IN_DATE])
})

test('what comes is what the host’s clock says, to the microsecond', () => {
  const { call, memory, room } = standIn({ host: { clock: { now: () => 1.234_567_8, date: () => 0 } } })
  const target = room(8)
  call('clock_time_get', 1, 2n ** 63n - 1n, target)
  expect(memory.int64(target)).toBe(1_235_000n)
})

test('clocks that are not there, and places that are not, fail', () => {
  const { failure, room } = standIn()
  const target = room(8)
  expect([
    failure('clock_time_get', 4, 0n, target),
    failure('clock_time_get', -1, 0n, target),
    failure('clock_time_get', 0, -1n, STAND_IN_END - 7),
    failure('clock_time_get', 1, 0n, 0),
    failure('clock_res_get', 9, target),
    failure('clock_res_get', 0, -8),
  ]).toEqual(['EINVAL', 'EINVAL', 'EFAULT', 'EFAULT', 'EINVAL', 'EFAULT'])
})

test('an alarm is accepted and never rings, whatever time is asked for', () => {
  const { call } = standIn()
  expect([1, -1, Number.NaN, Number.POSITIVE_INFINITY].map((ms) => call('_setitimer_js', 0, ms))).toEqual([0, 0, 0, 0])
})
