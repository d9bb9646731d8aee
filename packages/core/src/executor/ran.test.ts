import { describe, expect, test } from 'vitest'
import { collect } from './collector.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { completeResult, outcomeOf, type Ran, reasonOf } from './ran.ts'

const ERROR = { name: 'ValueError', value: 'no', traceback: 'Traceback' }
const MEASURED = { state: 'kept', generation: 1, usage: { queuedMs: 1, wallMs: 2, toolMs: 0 } } as const

describe('outcomeOf', () => {
  test.each([
    ['completed', undefined, 'OUTCOME_OK'],
    ['exit', undefined, 'OUTCOME_OK'],
    ['exit', 0, 'OUTCOME_OK'],
    ['exit', 3, 'OUTCOME_FAILED'],
    ['deadline', undefined, 'OUTCOME_DEADLINE_EXCEEDED'],
    ['exception', undefined, 'OUTCOME_FAILED'],
    ['syntax_error', undefined, 'OUTCOME_FAILED'],
    ['memory', undefined, 'OUTCOME_FAILED'],
    ['output_limit', undefined, 'OUTCOME_FAILED'],
    ['crashed', undefined, 'OUTCOME_FAILED'],
    ['violation', undefined, 'OUTCOME_FAILED'],
    ['aborted', undefined, 'OUTCOME_FAILED'],
  ] as const)('gives %s with exit code %s the outcome %s', (reason, exitCode, outcome) => {
    expect(outcomeOf(reason, exitCode)).toBe(outcome)
  })
})

describe('reasonOf', () => {
  test.each<[string, Ran, Parameters<typeof reasonOf>[1], string]>([
    ['nothing was said', {}, undefined, 'completed'],
    ['there is an error', { error: ERROR }, undefined, 'exception'],
    ['there is an exit code', { exitCode: 0 }, undefined, 'exit'],
    ['it was stopped', {}, 'deadline', 'deadline'],
    ['it was stopped and raised for that', { error: ERROR }, 'aborted', 'aborted'],
    ['a reason was said', { reason: 'syntax_error', error: ERROR }, undefined, 'syntax_error'],
    ['it was stopped too late', { reason: 'completed' }, 'aborted', 'completed'],
  ])('where %s', (_what, ran, stopped, reason) => {
    expect(reasonOf(ran, stopped)).toBe(reason)
  })
})

describe('completeResult', () => {
  test('fills in what was not said, and leaves absent what is not there', () => {
    expect(complete({})).toEqual({
      outcome: 'OUTCOME_OK',
      reason: 'completed',
      stdout: '',
      stderr: '',
      displays: [],
      files: [],
      ...MEASURED,
    })
  })

  test('keeps what was said', () => {
    const ran: Ran = {
      reason: 'exception',
      error: ERROR,
      stdout: 'out',
      stderr: 'err',
      value: { data: { 'text/plain': '4' } },
      exitCode: 1,
      usage: { cpuMs: 7 },
      warnings: ['slow'],
    }
    expect(complete(ran)).toEqual({
      ...ran,
      ...MEASURED,
      outcome: 'OUTCOME_FAILED',
      displays: [],
      files: [],
      usage: { ...MEASURED.usage, cpuMs: 7 },
    })
  })

  test('adds what was dropped here to what was dropped before', () => {
    const stdout = 'x'.repeat(DEFAULT_LIMITS.outputBytes + 5)
    expect(complete({ stdout, dropped: { stdoutBytes: 10, files: 2 } }).dropped).toEqual({ stdoutBytes: 15, files: 2 })
    expect(complete({ dropped: { displays: 1 } }).dropped).toEqual({ displays: 1 })
  })
})

function complete(ran: Ran) {
  const collector = collect(
    DEFAULT_LIMITS,
    () => undefined,
    () => undefined,
  )
  return completeResult(ran, collector, MEASURED)
}
