import { describe, expect, test, vi } from 'vitest'
import { ABORTED, onAbort, untilAborted } from './aborting.ts'

describe('onAbort', () => {
  test('calls back once when one of several signals aborts', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const callback = vi.fn()
    onAbort([undefined, one.signal, other.signal], callback)
    other.abort()
    one.abort()
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('calls back at once for a signal that is aborted already', () => {
    const callback = vi.fn()
    onAbort([new AbortController().signal, AbortSignal.abort()], callback)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('does not call back after it was removed', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    onAbort([controller.signal], callback)()
    controller.abort()
    expect(callback).toHaveBeenCalledTimes(0)
  })
})

describe('untilAborted', () => {
  test('settles as the promise does where nothing aborts', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve('done'), [signal])).toBe('done')
    await expect(untilAborted(Promise.reject(new Error('failed')), [signal])).rejects.toThrow('failed')
  })

  test('gives up a promise that never settles', async () => {
    const controller = new AbortController()
    const waiting = untilAborted(new Promise(() => undefined), [controller.signal])
    controller.abort()
    expect(await waiting).toBe(ABORTED)
  })

  test('leaves no listener on a signal that lives long', async () => {
    const { signal } = new AbortController()
    const added: (AbortSignal | undefined)[] = []
    signal.addEventListener = (_type: string, _listener: unknown, options?: boolean | AddEventListenerOptions) => {
      added.push(typeof options === 'object' ? options.signal : undefined)
    }
    await untilAborted(Promise.resolve(), [signal])
    expect(added.map((removal) => removal?.aborted)).toEqual([true])
  })
})
