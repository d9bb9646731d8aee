import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, limitsFor } from './limits.ts'

test('an execution has its own limits, then those of its session, then the defaults', () => {
  expect(limitsFor({ wallMs: 1_000, outputBytes: 10, cpuMs: undefined }, { wallMs: 500, sourceBytes: undefined })).toEqual({
    ...DEFAULT_LIMITS,
    wallMs: 500,
    outputBytes: 10,
  })
})

test('a request may raise a time, but only lower the memory of its session', () => {
  const session = { wallMs: 1_000, memoryBytes: 100 }
  expect(limitsFor(session, { wallMs: 2_000, memoryBytes: 200 })).toEqual({ ...DEFAULT_LIMITS, wallMs: 2_000, memoryBytes: 100 })
  expect(limitsFor(session, { memoryBytes: 50 })).toEqual({ ...DEFAULT_LIMITS, wallMs: 1_000, memoryBytes: 50 })
})
