import { expect, test } from 'vitest'
import { startClock } from './program-clock.ts'

/** A clock whose time and processor time are set by hand. */
function start() {
  const time = { now: 1_000, cpu: 70 }
  const clock = startClock({ now: () => time.now, cpuMs: () => time.cpu })
  const pass = (ms: number, cpu: number) => {
    time.now += ms
    time.cpu += cpu
  }
  return { clock, pass }
}

test('counts from its start, and stands still in waits', () => {
  const { clock, pass } = start()
  pass(100, 90)
  clock.setWaiting(true)
  pass(500, 1)
  expect([clock.own(), clock.waited()]).toEqual([100, 500])
  clock.setWaiting(false)
  pass(50, 40)
  expect([clock.own(), clock.waited(), clock.cpu()]).toEqual([150, 500, 131])
})

test('says no less than the processor time, and no more than what has passed', () => {
  const { clock, pass } = start()
  clock.setWaiting(true)
  pass(500, 400)
  expect(clock.own()).toBe(400)
  pass(0, 400)
  expect(clock.own()).toBe(500)
})
