import type { ExecutionResult } from '../executor.ts'

/** The result of a program that was aborted before it started: it changed nothing. `queuedMs` in milliseconds. */
export function abortedResult(generation: number, queuedMs: number): ExecutionResult {
  return {
    outcome: 'OUTCOME_FAILED',
    reason: 'aborted',
    stdout: '',
    stderr: '',
    displays: [],
    files: [],
    state: 'kept',
    generation,
    usage: { queuedMs, wallMs: 0, toolMs: 0 },
  }
}
