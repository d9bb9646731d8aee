import type { Job } from './job.ts'
import type { Progress } from './progress.ts'

/** Where a run begins. */
export function begin(job: Job): Progress {
  return {
    startedMs: job.clock.now(),
    created: job.clock.time(),
    contents: [...job.history, ...job.prompt.contents],
    steps: job.prompt.steps,
    executions: [],
    outputs: [],
    modelCalls: [],
    text: '',
    regenerations: 0,
    regeneration: 0,
    repairs: 0,
    repairsInARow: 0,
    retried: 0,
    lostInARow: 0,
    mode: job.settings.interception === 'auto' ? 'function' : job.settings.interception,
    schema: false,
    pending: { approvals: [], functions: [] },
    toolCalls: 0,
    toolMs: 0,
    waitingMs: 0,
    warnings: [],
  }
}
