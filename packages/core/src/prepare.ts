import { errorInfo } from './errors.ts'
import { type Told, tellWhole } from './events.ts'
import type { PrepareProgress } from './executor.ts'
import type { Job } from './job.ts'
import { live, until } from './live.ts'
import { overridden, usesExecutor } from './options.ts'
import type { Progress } from './progress.ts'
import type { Step } from './steps.ts'
import type { End, Environment } from './summary.ts'
import { VERSION } from './version.ts'

/** What stands before a request is made: where the run stands, and the job as it is for this step. */
export interface Ready {
  readonly progress: Progress
  readonly step: Job
  readonly end?: End
}

/** Model and executor are made ready, what was steered is taken in, and `prepareStep` is asked. `last` is the step before. */
export async function* prepare(before: Progress, last: Job, job: Job): AsyncGenerator<Told, Ready, void> {
  let progress = before
  let origin: 'model' | 'executor' | 'host' = 'host'
  try {
    job.signal.throwIfAborted()
    if (job.fault !== undefined) throw job.fault
    if (!progress.environment) {
      origin = 'model'
      job.model.preflight?.() // a missing key is not found out after Python has started
      origin = 'executor'
      progress = yield* readied(progress, job)
    }
    const { resendMs, ...rest } = progress
    if (resendMs !== undefined) await job.clock.wait(resendMs)
    progress = yield* steered(rest, job)
    if (resendMs !== undefined) return { progress, step: last } // the same request again
    origin = 'host'
    return { progress, step: await asked(progress, job) }
  } catch (error) {
    if (job.signal.aborted) return { progress, step: last, end: { reason: 'aborted' } }
    const info = errorInfo(error, origin)
    yield { event_type: 'error', error: info }
    return { progress, step: last, end: { reason: `${origin}_error`, error: info } }
  }
}

/** An executor is made ready once a run, before the first request; where it is not used, it is not asked. */
async function* readied(progress: Progress, job: Job): AsyncGenerator<Told, Progress, void> {
  if (usesExecutor(job.settings))
    yield* live<Told, void>((tell) =>
      until(
        job.signal,
        job.executor.prepare((how) => tell(preparing(how, job))),
      ),
    )
  const environment = environmentOf(job)
  yield { event_type: 'loop.environment', environment }
  yield { event_type: 'interaction.status_update', status: 'in_progress' }
  return { ...progress, environment }
}

function preparing({ phase, fraction, detail }: PrepareProgress, job: Job): Told {
  return {
    event_type: 'loop.session',
    state: 'preparing',
    generation: job.sessions.generation(),
    cause: phase,
    ...(detail !== undefined && { detail }),
    ...(fraction !== undefined && { fraction }),
  }
}

/** What the run runs on. */
export function environmentOf(job: Job): Environment {
  const { version, runtime, isolation } = job.executor.capabilities()
  return {
    core: VERSION,
    executor: job.executor.name,
    executor_version: version,
    runtime,
    isolation,
    interception: job.settings.interception,
  }
}

/** What was steered is in the next request (design.md 8.13). */
function* steered(progress: Progress, job: Job): Generator<Told, Progress, void> {
  let { contents, steps } = progress
  for (const text of job.steering.take()) {
    const step: Step = { type: 'user_input', content: [{ type: 'text', text }] }
    yield* tellWhole(steps.length, step)
    contents = [...contents, { role: 'user', parts: [{ text }] }]
    steps = [...steps, step]
  }
  return { ...progress, contents, steps }
}

async function asked(progress: Progress, job: Job): Promise<Job> {
  const { prepareStep } = job.settings
  if (!prepareStep) return job
  const number = progress.modelCalls.length + 1
  const question = { number, regenerations: progress.regenerations, contents: progress.contents, context: job.context }
  const override = await until(job.signal, Promise.resolve(prepareStep(question)))
  return override ? overridden(job, override) : job
}
