import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModelError } from '../errors.ts'
import { watchdog } from './watchdog.ts'

const never = new Promise<never>(() => {})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('watchdog', () => {
  it('hands on what was waited for, and leaves nothing behind', async () => {
    const caller = new AbortController()
    const { added, removed } = spied(caller.signal)
    const watch = watchdog(caller.signal, 600_000)
    expect(await watch.wait(Promise.resolve(4))).toBe(4)
    await expect(watch.wait(Promise.reject(new Error('Line cut.')))).rejects.toThrow('Line cut.')
    watch.stop(false)
    expect(watch.signal.aborted).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(removed()).toEqual(added())
  })

  it('ends a wait that takes longer than allowed, and names the option', async () => {
    const watch = watchdog(new AbortController().signal, 600_000)
    watch.allow(120_000, 'timeouts.firstChunkMs')
    const { error, afterMs } = await failureOf(watch.wait(never))
    expect(afterMs).toBe(120_000)
    expect({ ...error, message: error.message }).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: 'Gemini did not answer within 120000 ms (timeouts.firstChunkMs)',
      hint: 'Raise timeouts.firstChunkMs, or ask for less at once.',
    })
    expect(watch.signal.reason).toBe(error)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a shorter limit at once, although its timer runs for a longer one', async () => {
    const watch = watchdog(new AbortController().signal, 600_000)
    watch.allow(120_000, 'timeouts.firstChunkMs')
    await watch.wait(Promise.resolve())
    watch.allow(60_000, 'timeouts.stallMs')
    const { error, afterMs } = await failureOf(watch.wait(never))
    expect(afterMs).toBe(60_000)
    expect(error.message).toContain('timeouts.stallMs')
  })

  it('gives each wait its own time', async () => {
    const watch = watchdog(new AbortController().signal, 600_000)
    for (let piece = 0; piece < 5; piece += 1) {
      watch.allow(60_000, 'timeouts.stallMs')
      const waited = watch.wait(elapsed(50_000))
      await vi.advanceTimersByTimeAsync(50_000)
      await waited
    }
    watch.allow(60_000, 'timeouts.stallMs')
    expect((await failureOf(watch.wait(never))).afterMs).toBe(60_000)
  })

  it('lets no limit reach beyond the whole call', async () => {
    const watch = watchdog(new AbortController().signal, 100_000)
    watch.allow(60_000, 'timeouts.stallMs')
    const waited = watch.wait(elapsed(50_000))
    await vi.advanceTimersByTimeAsync(50_000)
    await waited
    watch.allow(60_000, 'timeouts.stallMs')
    const { error, afterMs } = await failureOf(watch.wait(never))
    expect(afterMs).toBe(50_000)
    expect(error.message).toBe('Gemini did not answer within 100000 ms (timeouts.callMs)')
  })

  it('does not count the time that the reader of the answer takes', async () => {
    const watch = watchdog(new AbortController().signal, 600_000)
    watch.allow(60_000, 'timeouts.stallMs')
    await watch.wait(Promise.resolve())
    await vi.advanceTimersByTimeAsync(90_000)
    expect(watch.signal.aborted).toBe(false)
    watch.allow(60_000, 'timeouts.stallMs')
    expect((await failureOf(watch.wait(never))).afterMs).toBe(60_000)
  })

  it('holds limits that are longer than a timer can be', async () => {
    const watch = watchdog(new AbortController().signal, 2 ** 33)
    const waited = vi.fn()
    watch.wait(never).then(waited, waited)
    await vi.advanceTimersByTimeAsync(2 ** 32)
    expect(waited).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(1)
    watch.stop(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('needs no timer where nothing is limited', () => {
    const watch = watchdog(new AbortController().signal, Number.POSITIVE_INFINITY)
    watch.wait(never).catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  })

  it("ends a wait with the caller's reason at once, and leaves nothing behind", async () => {
    const caller = new AbortController()
    const { added, removed } = spied(caller.signal)
    const watch = watchdog(caller.signal, 600_000)
    const waited = watch.wait(never)
    const reason = new Error('Enough.')
    caller.abort(reason)
    await expect(waited).rejects.toBe(reason)
    expect(watch.signal.reason).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
    expect(removed()).toEqual(added())
    await expect(watch.wait(Promise.resolve(4))).rejects.toBe(reason)
    await expect(watch.wait(Promise.reject(new Error('Line cut.')))).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins aborted where the caller has aborted before', async () => {
    const reason = new Error('Enough.')
    const watch = watchdog(AbortSignal.abort(reason), 600_000)
    expect(watch.signal.reason).toBe(reason)
    await expect(watch.wait(never)).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('aborts only what is left early', () => {
    const whole = watchdog(new AbortController().signal, 600_000)
    whole.stop(false)
    const early = watchdog(new AbortController().signal, 600_000)
    early.stop(true)
    expect([whole.signal.aborted, early.signal.aborted]).toEqual([false, true])
  })
})

/** The error that a wait ends with, and how long that took. */
async function failureOf(waited: Promise<unknown>): Promise<{ readonly error: ModelError; readonly afterMs: number }> {
  const begun = performance.now()
  const failed = waited.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: ModelError) => ({ error, afterMs: performance.now() - begun }),
  )
  await vi.advanceTimersByTimeAsync(1_000_000)
  return await failed
}

function elapsed(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}

/** The listeners that were added to a signal and removed from it. */
function spied(signal: AbortSignal): { added(): readonly unknown[]; removed(): readonly unknown[] } {
  const add = vi.spyOn(signal, 'addEventListener')
  const remove = vi.spyOn(signal, 'removeEventListener')
  const listeners = (calls: readonly (readonly unknown[])[]): readonly unknown[] => [...new Set(calls.map(([, listener]) => listener))]
  return { added: () => listeners(add.mock.calls), removed: () => listeners(remove.mock.calls) }
}
