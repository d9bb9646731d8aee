import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClock } from './clock.ts'

const STOP_MS = 100
/** `stopMs` and what the run itself may take. */
const GRACE_MS = 280

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a clock', () => {
  it('tells milliseconds and UTC', async () => {
    vi.setSystemTime(new Date('2026-01-02T03:04:05.006Z'))
    const { clock } = clockOf()
    const before = clock.now()
    expect(clock.time()).toBe('2026-01-02T03:04:05.006Z')
    expect(clock.time()).toBe('2026-01-02T03:04:05.006Z')
    await vi.advanceTimersByTimeAsync(7)
    expect(clock.time()).toBe('2026-01-02T03:04:05.013Z')
    expect(clock.now() - before).toBe(7)
  })
})

describe('wait', () => {
  it('resolves after its time', async () => {
    const { clock, signal } = clockOf()
    const waited = settled(clock.wait(50))
    await vi.advanceTimersByTimeAsync(49)
    expect(waited.how).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(waited.how).toBe('resolved')
    clock.stop()
    expectNothingLeft(signal)
  })

  it('rejects with the reason of an abort', async () => {
    const { clock, controller, signal } = clockOf()
    const waiting = expect(clock.wait(50)).rejects.toBe('enough')
    controller.abort('enough')
    await waiting
    clock.stop()
    expectNothingLeft(signal)
  })

  it('rejects at once after an abort', async () => {
    const { clock, controller, signal } = clockOf()
    controller.abort('enough')
    await expect(clock.wait(50)).rejects.toBe('enough')
    clock.stop()
    expectNothingLeft(signal)
  })
})

describe('grace', () => {
  it('settles when what hangs after an abort is to be let go', async () => {
    const { clock, controller, signal } = clockOf()
    const grace = settled(clock.grace)
    await vi.advanceTimersByTimeAsync(10_000)
    controller.abort()
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1)
    expect(grace.how).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(grace.how).toBe('resolved')
    clock.stop()
    expectNothingLeft(signal)
  })

  it('begins at once where the run was aborted before', async () => {
    const controller = new AbortController()
    controller.abort()
    const clock = createClock(controller.signal, () => STOP_MS)
    const grace = settled(clock.grace)
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    expect(grace.how).toBe('resolved')
  })

  it('takes the time that the executor says by then', async () => {
    let stopMs = 10
    const controller = new AbortController()
    const clock = createClock(controller.signal, () => stopMs)
    stopMs = 1_000
    const grace = settled(clock.grace)
    controller.abort()
    await vi.advanceTimersByTimeAsync(1_179)
    expect(grace.how).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(grace.how).toBe('resolved')
  })

  it('has no timer left when the run is over', () => {
    const { clock, controller, signal } = clockOf()
    controller.abort()
    expect(vi.getTimerCount()).toBe(1)
    clock.stop()
    expectNothingLeft(signal)
  })
})

describe('limit', () => {
  it('is the run itself where no time is given', async () => {
    const { clock, controller, signal } = clockOf()
    const limit = clock.limit(undefined)
    expect(limit.signal).toBe(signal)
    limit.release()
    const grace = settled(limit.grace)
    controller.abort()
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    expect([grace.how, limit.expired()]).toEqual(['resolved', false])
  })

  it('aborts after its time, and says that it was the time', async () => {
    const { clock, signal } = clockOf()
    const limit = clock.limit(50)
    await vi.advanceTimersByTimeAsync(49)
    expect([limit.signal.aborted, limit.expired()]).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(1)
    expect([limit.signal.aborted, limit.expired(), signal.aborted]).toEqual([true, true, false])
    expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' })
    const grace = settled(limit.grace)
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    expect(grace.how).toBe('resolved')
    limit.release()
    clock.stop()
    expectNothingLeft(signal)
  })

  it('aborts with the run, for its reason', async () => {
    const { clock, controller, signal } = clockOf()
    const limit = clock.limit(50)
    controller.abort('enough')
    expect([limit.signal.aborted, limit.signal.reason, limit.expired()]).toEqual([true, 'enough', false])
    await vi.advanceTimersByTimeAsync(60)
    expect(limit.expired()).toBe(false)
    limit.release()
    clock.stop()
    expectNothingLeft(signal)
  })

  it('is aborted from the start where the run is', () => {
    const { clock, controller } = clockOf()
    controller.abort('enough')
    const limit = clock.limit(50)
    expect([limit.signal.aborted, limit.signal.reason]).toEqual([true, 'enough'])
  })

  it('does not wait longer because the run is aborted after its time', async () => {
    const { clock, controller, signal } = clockOf()
    const limit = clock.limit(50)
    const grace = settled(limit.grace)
    await vi.advanceTimersByTimeAsync(50)
    await vi.advanceTimersByTimeAsync(200)
    controller.abort()
    await vi.advanceTimersByTimeAsync(80)
    expect(grace.how).toBe('resolved')
    limit.release()
    clock.stop()
    expectNothingLeft(signal)
  })

  it('leaves nothing behind when it is released', () => {
    const { clock, signal } = clockOf()
    const before = getEventListeners(signal, 'abort').length
    for (let times = 0; times < 100; times++) clock.limit(1_000).release()
    expect(getEventListeners(signal, 'abort')).toHaveLength(before)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves nothing behind when the run is over, also where it was not released', () => {
    const { clock, signal } = clockOf()
    clock.limit(1_000)
    clock.limit(2_000)
    clock.stop()
    expectNothingLeft(signal)
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e15])('does not take %d ms, which no timer can wait, for none', async (ms) => {
    const { clock } = clockOf()
    const limit = clock.limit(ms)
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(limit.signal.aborted).toBe(false)
    limit.release()
  })
})

function clockOf() {
  const controller = new AbortController()
  const { signal } = controller
  return { clock: createClock(signal, () => STOP_MS), controller, signal }
}

/** Filled in as soon as the promise has settled. */
function settled(promise: Promise<unknown>): { how?: 'resolved' | 'rejected' } {
  const state: { how?: 'resolved' | 'rejected' } = {}
  promise.then(
    () => {
      state.how = 'resolved'
    },
    () => {
      state.how = 'rejected'
    },
  )
  return state
}

function expectNothingLeft(signal: AbortSignal): void {
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
}
