import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { live, stopper, until, within } from './live.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('live', () => {
  it('yields what is told, in order, and returns what the work comes to', async () => {
    const work = live<string, number>(async (tell) => {
      tell('a')
      tell('b')
      await undefined
      tell('c')
      return 4
    })
    expect(await all(work)).toEqual({ told: ['a', 'b', 'c'], value: 4 })
  })

  it('yields what was told before it is asked', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const work = live<string, number>((tell) => {
      tell('a')
      return promise
    })
    expect(await work.next()).toEqual({ done: false, value: 'a' })
    const next = work.next()
    resolve(4)
    expect(await next).toEqual({ done: true, value: 4 })
  })

  it('yields all that was told before a failure, then throws it', async () => {
    const failure = new Error('no')
    const work = live<string, never>(async (tell) => {
      tell('a')
      throw failure
    })
    expect(await work.next()).toEqual({ done: false, value: 'a' })
    await expect(work.next()).rejects.toBe(failure)
  })

  it('throws what the work throws at once', async () => {
    const work = live<string, never>(() => {
      throw new Error('no')
    })
    await expect(work.next()).rejects.toThrow('no')
  })

  it('is let go when it is given up, after what was told until then', async () => {
    const givenUp = Promise.withResolvers<void>()
    let tell: (event: string) => void = () => {}
    const work = live<string, number>((how) => {
      tell = how
      how('a')
      return new Promise(() => {})
    }, givenUp.promise)
    expect(await work.next()).toEqual({ done: false, value: 'a' })
    const next = work.next()
    tell('b')
    givenUp.resolve()
    expect(await next).toEqual({ done: false, value: 'b' })
    expect(await work.next()).toEqual({ done: true, value: undefined })
    tell('late')
    expect(await work.next()).toEqual({ done: true, value: undefined })
  })

  it('keeps the value where the work settles before it is given up', async () => {
    const givenUp = Promise.withResolvers<void>()
    const work = live<string, number>(async () => 4, givenUp.promise)
    const next = work.next()
    await undefined
    givenUp.resolve()
    expect(await next).toEqual({ done: true, value: 4 })
  })

  it('lets a failure that comes after it was given up be heard by nobody', async () => {
    const rejections = await rejectionsOf(async () => {
      const work = Promise.withResolvers<number>()
      const told = live<string, number>(() => work.promise, Promise.resolve())
      expect(await told.next()).toEqual({ done: true, value: undefined })
      work.reject(new Error('late'))
    })
    expect(rejections).toEqual([])
  })

  it('lets a failure that comes after its reader left be heard by nobody', async () => {
    const rejections = await rejectionsOf(async () => {
      const work = Promise.withResolvers<number>()
      const told = live<string, number>((tell) => {
        tell('a')
        return work.promise
      })
      await told.next()
      await told.return(undefined)
      work.reject(new Error('late'))
    })
    expect(rejections).toEqual([])
  })

  it('holds all that is told while its reader is busy', async () => {
    const work = live<number, void>(async (tell) => {
      for (let at = 0; at < 1_000; at++) tell(at)
    })
    const { told } = await all(work)
    expect(told).toEqual(Array.from({ length: 1_000 }, (_, at) => at))
  })
})

describe('until', () => {
  it('is what the promise is, and leaves no listener', async () => {
    const { signal } = new AbortController()
    expect(await until(signal, Promise.resolve(4))).toBe(4)
    await expect(until(signal, Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason as soon as the signal aborts; what comes later is heard by nobody', async () => {
    const rejections = await rejectionsOf(async () => {
      const controller = new AbortController()
      const work = Promise.withResolvers<number>()
      const waiting = until(controller.signal, work.promise)
      controller.abort('enough')
      await expect(waiting).rejects.toBe('enough')
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      work.reject(new Error('late'))
    })
    expect(rejections).toEqual([])
  })

  it('rejects at once where the signal is aborted, also with a promise that rejects', async () => {
    const rejections = await rejectionsOf(async () => {
      const signal = AbortSignal.abort('enough')
      await expect(until(signal, Promise.resolve(4))).rejects.toBe('enough')
      await expect(until(signal, Promise.reject(new Error('no')))).rejects.toBe('enough')
    })
    expect(rejections).toEqual([])
  })
})

describe('stopper', () => {
  it('stands before many promises with one listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const stop = stopper(signal)
    for (let at = 0; at < 100; at++) expect(await stop.before(Promise.resolve(at))).toBe(at)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    const waiting = stop.before(new Promise(() => {}))
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    await expect(stop.before(Promise.resolve(4))).rejects.toBe('enough')
    stop.release()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('within', () => {
  it.each([
    ['resolves', () => Promise.resolve()],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('is true where the work %s in time, and leaves no timer', async (_, work) => {
    vi.useFakeTimers()
    expect(await within(50, work())).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is false where it does not', async () => {
    vi.useFakeTimers()
    const waiting = within(50, new Promise(() => {}))
    await vi.advanceTimersByTimeAsync(50)
    expect(await waiting).toBe(false)
  })
})

async function all<Event, Value>(
  work: AsyncGenerator<Event, Value, void>,
): Promise<{ readonly told: readonly Event[]; readonly value: Value }> {
  const told: Event[] = []
  for (;;) {
    const next = await work.next()
    if (next.done) return { told, value: next.value }
    told.push(next.value)
  }
}

/** Rejections that nobody handled while the work went on, and in the turn of the event loop after it. */
async function rejectionsOf(work: () => Promise<void>): Promise<readonly unknown[]> {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', note)
  try {
    await work()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', note)
  }
  return rejections
}
