import { describe, expect, it, vi } from 'vitest'
import { ExecutorError, ModelError } from './errors.ts'
import { type Retry, type RetryClock, type RetryOptions, retrying } from './retry.ts'

const busy = new ModelError('overloaded', 'Busy.', { hint: '', retryable: true })

describe('retrying', () => {
  it('tells nothing of what gets through', async () => {
    expect(await collect(async () => 4)).toEqual({ retries: [], waits: [], value: 4 })
  })

  it('tells each retry before it waits', async () => {
    const order: string[] = []
    const attempts = retrying(failing(2, busy), {
      retries: 4,
      signal: new AbortController().signal,
      clock: { random: () => 0, wait: async (delayMs) => void order.push(`waited ${delayMs}`) },
    })
    for (let next = await attempts.next(); ; next = await attempts.next()) {
      if (next.done) {
        order.push(`got ${next.value}`)
        break
      }
      order.push(`told ${next.value.attempt}`)
    }
    expect(order).toEqual(['told 1', 'waited 500', 'told 2', 'waited 1000', 'got done'])
  })

  it('waits twice as long each time, up to eight seconds', async () => {
    const { waits } = await collect(failing(6, busy), { retries: 6 })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000])
  })

  it('adds up to as much again by chance', async () => {
    const { waits } = await collect(failing(5, busy), { retries: 5 }, { random: () => 0.5 })
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 8_000])
  })

  it('waits as long as the server asks, and no longer', async () => {
    const asks = new ModelError('quota_minute', 'Slower.', { hint: '', retryable: true, retryAfterMs: 34_070 })
    expect(await collect(failing(1, asks))).toEqual({
      retries: [{ attempt: 1, delayMs: 34_070, code: 'quota_minute' }],
      waits: [34_070],
      value: 'done',
    })
  })

  it('does not wait where the server asks for more than a minute', async () => {
    const asks = new ModelError('quota_minute', 'Later.', { hint: '', retryable: true, retryAfterMs: 60_001 })
    expect(await collect(failing(1, asks))).toEqual({ retries: [], waits: [], error: asks })
  })

  it('ends with the last error when its retries are used up', async () => {
    const { retries, error } = await collect(failing(3, busy), { retries: 2 })
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(error).toBe(busy)
  })

  it('counts on from the retries that were before', async () => {
    const { retries, waits, error } = await collect(failing(9, busy), { retries: 4, retried: 2 })
    expect(retries.map(({ attempt }) => attempt)).toEqual([3, 4])
    expect(waits).toEqual([2_000, 4_000])
    expect(error).toBe(busy)
  })

  it('does not retry when all retries were before', async () => {
    expect(await collect(failing(9, busy), { retries: 4, retried: 5 })).toEqual({ retries: [], waits: [], error: busy })
  })

  it('retries an executor, too', async () => {
    const { retries, value } = await collect(failing(1, new ExecutorError('overloaded', 'Busy.', { retryable: true })))
    expect(retries).toEqual([{ attempt: 1, delayMs: 500, code: 'overloaded' }])
    expect(value).toBe('done')
  })

  it.each([
    ['says that it is final', new ModelError('quota_day', 'Tomorrow.', { hint: '' })],
    ['is a bug', new TypeError('undefined is not a function')],
    ['is any other error', new Error('No idea.')],
  ])('does not retry an error that %s', async (_, error) => {
    expect(await collect(failing(1, error))).toEqual({ retries: [], waits: [], error })
  })

  it('ends a wait at once when the signal aborts, and leaves no timer and no listener', async () => {
    vi.useFakeTimers()
    try {
      const controller = new AbortController()
      const removed = vi.spyOn(controller.signal, 'removeEventListener')
      const added = vi.spyOn(controller.signal, 'addEventListener')
      const reason = new Error('Enough.')
      const attempts = retrying(failing(1, busy), { retries: 4, signal: controller.signal })
      await attempts.next()
      const ended = expect(attempts.next()).rejects.toBe(reason)
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
      controller.abort(reason)
      await ended
      expect(vi.getTimerCount()).toBe(0)
      expect(added.mock.calls.length).toBe(1)
      expect(removed.mock.calls.length).toBe(0) // It was added for once, and ran.
    } finally {
      vi.useRealTimers()
    }
  })

  it('removes its listener after a wait', async () => {
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const asks = new ModelError('overloaded', 'Busy.', { hint: '', retryable: true, retryAfterMs: 0 })
    const attempts = retrying(failing(1, asks), { retries: 1, signal: controller.signal })
    await attempts.next()
    expect(await attempts.next()).toEqual({ done: true, value: 'done' })
    expect(removed).toHaveBeenCalledOnce()
  })

  it('does not begin when the signal has aborted', async () => {
    const attempt = vi.fn(async () => 4)
    const reason = new Error('Enough.')
    const attempts = retrying(attempt, { retries: 4, signal: AbortSignal.abort(reason) })
    await expect(attempts.next()).rejects.toBe(reason)
    expect(attempt).not.toHaveBeenCalled()
  })

  it('tries no more once its reader has left', async () => {
    const attempt = vi.fn(failing(9, busy))
    for await (const retry of retrying(attempt, { retries: 4, signal: new AbortController().signal })) {
      expect(retry.attempt).toBe(1)
      break
    }
    expect(attempt).toHaveBeenCalledOnce()
  })
})

/** Fails so often, then succeeds. */
function failing(times: number, error: Error): () => Promise<string> {
  let left = times
  return async () => {
    left -= 1
    if (left >= 0) throw error
    return 'done'
  }
}

interface Collected<Value> {
  readonly retries: readonly Retry[]
  readonly waits: readonly number[]
  readonly value?: Value
  readonly error?: unknown
}

/** All that is told, waited and got, with a clock that is always there already. */
async function collect<Value>(
  attempt: () => Promise<Value>,
  options: Partial<RetryOptions> = {},
  clock: Partial<RetryClock> = {},
): Promise<Collected<Value>> {
  const retries: Retry[] = []
  const waits: number[] = []
  const attempts = retrying(attempt, {
    retries: 4,
    signal: new AbortController().signal,
    clock: { random: () => 0, wait: async (delayMs) => void waits.push(delayMs), ...clock },
    ...options,
  })
  try {
    for (;;) {
      const next = await attempts.next()
      if (next.done) return { retries, waits, value: next.value }
      retries.push(next.value)
    }
  } catch (error) {
    return { retries, waits, error }
  }
}
