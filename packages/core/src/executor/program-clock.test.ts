import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startClock } from './program-clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('startClock', () => {
  test('calls back once, at the deadline', () => {
    const onDeadline = vi.fn()
    startClock(1_000, onDeadline)
    vi.advanceTimersByTime(999)
    expect(onDeadline).toHaveBeenCalledTimes(0)
    vi.advanceTimersByTime(5_000)
    expect(onDeadline).toHaveBeenCalledTimes(1)
  })

  test('never calls back after it was stopped', () => {
    const onDeadline = vi.fn()
    const clock = startClock(1_000, onDeadline)
    vi.advanceTimersByTime(400)
    expect(clock.stop()).toEqual({ wallMs: 400, toolMs: 0 })
    vi.advanceTimersByTime(5_000)
    expect(onDeadline).toHaveBeenCalledTimes(0)
  })

  test('stands still while host tools are called, also while two are', async () => {
    const onDeadline = vi.fn()
    const clock = startClock(1_000, onDeadline)
    const first = Promise.withResolvers<string>()
    const second = Promise.withResolvers<string>()
    vi.advanceTimersByTime(600)
    const calls = [clock.duringTool(() => first.promise), clock.duringTool(() => second.promise)]
    vi.advanceTimersByTime(2_000)
    first.resolve('first')
    await calls[0]
    vi.advanceTimersByTime(2_000)
    second.resolve('second')
    expect(await Promise.all(calls)).toEqual(['first', 'second'])
    vi.advanceTimersByTime(399)
    expect(onDeadline).toHaveBeenCalledTimes(0)
    vi.advanceTimersByTime(1)
    expect(onDeadline).toHaveBeenCalledTimes(1)
    expect(clock.stop()).toEqual({ wallMs: 1_000, toolMs: 4_000 })
  })

  test('goes on where a host tool fails', async () => {
    const onDeadline = vi.fn()
    const clock = startClock(1_000, onDeadline)
    await expect(clock.duringTool(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    vi.advanceTimersByTime(1_000)
    expect(onDeadline).toHaveBeenCalledTimes(1)
  })

  test('does not start anew when a host tool answers after the end', async () => {
    const onDeadline = vi.fn()
    const clock = startClock(1_000, onDeadline)
    const tool = Promise.withResolvers<void>()
    const call = clock.duringTool(() => tool.promise)
    vi.advanceTimersByTime(300)
    expect(clock.stop()).toEqual({ wallMs: 0, toolMs: 300 })
    tool.resolve()
    await call
    vi.advanceTimersByTime(5_000)
    expect(onDeadline).toHaveBeenCalledTimes(0)
  })

  test('waits longer than a timer of JavaScript can', () => {
    const onDeadline = vi.fn()
    startClock(2 ** 32, onDeadline)
    vi.advanceTimersByTime(2 ** 32 - 1)
    expect(onDeadline).toHaveBeenCalledTimes(0)
    vi.advanceTimersByTime(1)
    expect(onDeadline).toHaveBeenCalledTimes(1)
  })
})
