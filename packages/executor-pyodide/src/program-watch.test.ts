import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GRACE_MS, watchProgram } from './program-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A program of one second whose processor time is set by hand. */
function watch({ cpuMs, hears = true }: { cpuMs?: number; hears?: boolean } = {}) {
  const did: string[] = []
  const used = { cpu: 0 }
  const watched = watchProgram({
    wallMs: 1_000,
    cpuMs,
    measuredCpuMs: () => used.cpu,
    interrupt() {
      did.push('interrupt')
      return hears
    },
    kill: () => did.push('kill'),
  })
  return { did, used, watched }
}

test('kills what its guest did not stop at the deadline and a grace', () => {
  const { did, watched } = watch()
  vi.advanceTimersByTime(1_000 + GRACE_MS - 1)
  expect(did).toEqual([])
  vi.advanceTimersByTime(2)
  expect([did, watched.end()]).toEqual([['kill'], 'deadline'])
})

test('does not count waits for tools, but the processor time that was used meanwhile', () => {
  const waiting = watch()
  waiting.watched.setWaiting(true)
  vi.advanceTimersByTime(60_000)
  expect(waiting.did).toEqual([])
  waiting.watched.setWaiting(false)
  vi.advanceTimersByTime(1_001 + GRACE_MS)
  expect(waiting.did).toEqual(['kill'])
  const lying = watch()
  lying.watched.setWaiting(true)
  lying.used.cpu = 1_001 + GRACE_MS
  vi.advanceTimersByTime(1_001 + GRACE_MS)
  expect(lying.did).toEqual(['kill'])
})

test('interrupts at the processor limit, and kills after a grace', () => {
  const { did, used, watched } = watch({ cpuMs: 300 })
  vi.advanceTimersByTime(500)
  used.cpu = 299
  vi.advanceTimersByTime(100)
  expect(did).toEqual([])
  used.cpu = 300
  vi.advanceTimersByTime(100)
  expect(did).toEqual(['interrupt'])
  vi.advanceTimersByTime(GRACE_MS)
  expect([did, watched.end()]).toEqual([['interrupt', 'kill'], 'deadline'])
})

test('an abort is an interrupt and then a kill, at once where the guest cannot be told', () => {
  const telling = watch()
  telling.watched.abort()
  expect(telling.did).toEqual(['interrupt'])
  vi.advanceTimersByTime(GRACE_MS)
  expect([telling.did, telling.watched.end()]).toEqual([['interrupt', 'kill'], undefined])
  const deaf = watch({ hears: false })
  deaf.watched.abort()
  expect(deaf.did).toEqual(['interrupt', 'kill'])
})

test('kills once, and leaves a program that has ended', () => {
  const { did, watched } = watch()
  watched.abort()
  vi.advanceTimersByTime(60_000)
  expect(did).toEqual(['interrupt', 'kill'])
  const ended = watch({ cpuMs: 1 })
  expect(ended.watched.end()).toBe(undefined)
  ended.used.cpu = 5
  vi.advanceTimersByTime(60_000)
  expect(ended.did).toEqual([])
})
