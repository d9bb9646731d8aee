import { leftMs } from './budget.ts'
import { type Deed, leftOut, nothing } from './deed.ts'
import { type ErrorInfo, ExecutorError, errorInfo, LONGEST_WAIT_MS } from './errors.ts'
import type { Told } from './events.ts'
import type { Capabilities, ExecutionRequest, ExecutionResult, Moved } from './executor.ts'
import { feedbackText, imagesOf, lostText } from './feedback.ts'
import { sha256 } from './hash.ts'
import { hintFor } from './hints.ts'
import type { CodeCall } from './intercept/found.ts'
import type { Job, TimeLimit } from './job.ts'
import { live, until } from './live.ts'
import type { Progress } from './progress.ts'
import type { Opened } from './session.ts'
import { deltaOf, recordOf, resultOutput, type Step } from './steps.ts'

/** Of one execution (design.md 8.3). */
const MAX_RETRIES = 2

/** How often in a row the interpreter may be lost before anything ran; then the executor is taken to be broken. */
const MAX_LOST = 2

/** What stays the same over the attempts. */
interface Work {
  readonly call: CodeCall
  /** What runs: the call's code, or what `approve` put in its place. */
  readonly code: string
  readonly hash: string
  readonly index: number
  readonly progress: Progress
  readonly job: Job
  readonly time: TimeLimit
}

/** Runs one program in the run's session and tells its output as it comes. `given` is the call as permitted. */
export async function* execute(call: CodeCall, given: CodeCall, progress: Progress, job: Job): AsyncGenerator<Told, Deed, void> {
  const time = job.clock.limit(leftMs(progress, job.settings.budgets, job.clock.now()))
  const work: Work = { call, code: given.code, hash: await sha256(given.code), index: progress.steps.length, progress, job, time }
  let begun = false
  try {
    for (let attempt = 1; ; attempt++) {
      let opened: Opened | undefined
      try {
        opened = await until(time.signal, job.sessions.open())
        if (opened.created) yield { event_type: 'loop.session', state: 'created', generation: opened.offset + opened.session.generation }
        if (!begun) yield { event_type: 'step.start', index: work.index, step: { type: 'code_execution_result', call_id: call.id } }
        begun = true
        const result = yield* running(work, opened)
        if (result) return yield* ran(work, opened, result)
        job.sessions.lost(opened.session)
        return yield* letGo(work, begun)
      } catch (failure) {
        if (time.signal.aborted) return yield* stopped(work, begun)
        const error = errorInfo(failure, 'executor')
        const lost = ExecutorError.is(failure) && failure.stateLost // also of one that could not be had again
        if (lost) {
          if (opened) job.sessions.lost(opened.session)
          yield { event_type: 'loop.session', state: 'lost', generation: job.sessions.generation(), cause: error.code }
        }
        if (attempt <= MAX_RETRIES && mayRunAgain(failure, lost, opened, work)) {
          const delayMs = ExecutorError.is(failure) ? (failure.retryAfterMs ?? 250 * 2 ** (attempt - 1)) : 0
          yield { event_type: 'loop.retry', origin: 'executor', attempt, delay_ms: delayMs, code: error.code }
          const waited = await job.clock.wait(delayMs).then(
            () => true,
            () => false,
          )
          if (!waited) return yield* stopped(work, begun)
          continue
        }
        return yield* failed(work, begun, failure, error, lost)
      }
    }
  } finally {
    time.release()
  }
}

/** One attempt. Nothing where the executor did not settle in its time after an abort: then it is let go (design.md 8.8). */
function running(work: Work, { session }: Opened): AsyncGenerator<Told, ExecutionResult | undefined, void> {
  const { call, code, index, job, progress, time } = work
  const left = leftMs(progress, job.settings.budgets, job.clock.now())
  const wallMs = left === undefined ? job.settings.limits.wallMs : Math.max(1, Math.min(left, job.settings.limits.wallMs ?? 30_000))
  const request: ExecutionRequest = {
    id: call.id,
    code,
    language: call.language,
    limits: { ...job.settings.limits, ...(wallMs !== undefined && { wallMs }) },
    idempotencyKey: `${job.id}/${call.id}/1`, // the same at every attempt: an executor that has run it answers from its ledger (design.md 8.10)
  }
  return live<Told, ExecutionResult>(
    (tell) =>
      session.execute(request, {
        signal: time.signal,
        emit: (event) => tell({ event_type: 'step.delta', index, delta: deltaOf(event) }),
        callTool: ({ name }) => Promise.reject(new Error(`There is no host tool ${name} in this run.`)),
      }),
    time.grace,
  )
}

/** The program has ended, by itself or not: its result stands, and the model is told. */
async function* ran(work: Work, { session, offset }: Opened, result: ExecutionResult): AsyncGenerator<Told, Deed, void> {
  const { call, code, hash, index, progress, job, time } = work
  const generation = offset + result.generation
  const collected = await Promise.race([job.outputs.collect(progress.outputs, result, session, call.id), time.grace])
  const record = recordOf(result, {
    index: progress.executions.length + 1,
    call_id: call.id,
    regeneration: progress.regeneration,
    code_sha256: hash,
    executor: job.executor.name,
    generation,
  })
  const { value, displays } = result
  const step: Step = {
    type: 'code_execution_result',
    call_id: call.id,
    is_error: result.outcome !== 'OUTCOME_OK',
    result: resultOutput(result),
    outcome: result.outcome,
    execution: record,
    output: { stdout: result.stdout, stderr: result.stderr, ...(value && { value }), displays },
    ...(code !== call.code && { edited: { code } }),
  }
  yield { event_type: 'step.stop', index, step }
  const capabilities = capabilitiesOf(work, session)
  if (result.moved) yield movedEvent(result, result.moved, generation, capabilities)
  else if (result.state !== 'kept') yield { event_type: 'loop.session', state: result.state, generation, cause: result.reason }

  const files = result.state === 'lost' ? await Promise.race([namesIn(session), time.grace]) : undefined
  const text = feedbackText(result, {
    chars: job.settings.echoChars,
    value: job.settings.echoValue,
    word: (await sha256(`${job.seed}/${call.id}`)).slice(0, 12),
    code,
    hint: hintFor(result, { capabilities, hasMoved: result.moved?.ran === 'first', code, inputFiles: job.sessions.inputFiles() }),
    files: files ?? undefined,
    runtime: capabilities.runtime,
  })
  return {
    ...nothing,
    call,
    step,
    record,
    ...(collected && { outputs: collected.outputs }),
    warnings: [
      ...(result.warnings ?? []),
      ...(collected ? collected.warnings : ['The files of the last program could not be read in time.']),
    ],
    toolMs: result.usage.toolMs,
    reply: { value: preface(work) + text, isError: result.outcome !== 'OUTCOME_OK', images: imagesOf(result) },
    ...(time.expired() && { budget: 'wallMs' }),
  }
}

/** After a move a session has others than the executor that made it. */
function capabilitiesOf({ job }: Work, session: Opened['session'] | undefined): Capabilities {
  return session?.capabilities ?? job.executor.capabilities()
}

/** A move is told once, whatever else became of the variables. */
function movedEvent(result: ExecutionResult, { from, to, cause }: Moved, generation: number, { runtime }: Capabilities): Told {
  const state = result.state === 'lost' ? 'moved' : 'rebuilt'
  return { event_type: 'loop.session', state, generation, cause, detail: `${from} → ${to} (${runtime})` }
}

/** What the model must know of what ran, where that is not what it wrote (design.md 8.11), or not in its own content (design.md 5). */
function preface({ call, code }: Work): string {
  if (code !== call.code) return `The user changed the program before it ran. What ran:\n${code}\n`
  return call.form === 'salvaged' ? `Your call could not be read, but the program in it could, and it was run:\n${code}\n` : ''
}

async function namesIn(session: Opened['session']): Promise<readonly string[]> {
  try {
    return (await session.files.list()).map(({ path }) => path)
  } catch {
    return [] // an executor without a list of files: what is not known is not promised
  }
}

/** Aborted, or out of time, before there was a result. */
async function* stopped(work: Work, begun: boolean): AsyncGenerator<Told, Deed, void> {
  const { call, job, time } = work
  const out = time.expired() && !job.signal.aborted
  const deed = leftOut(call, out ? 'budget' : 'aborted')
  yield* tellResult(work, begun, deed.step)
  return { ...deed, ...(out ? { budget: 'wallMs' } : { end: { reason: 'aborted' } }) }
}

async function* letGo(work: Work, begun: boolean): AsyncGenerator<Told, Deed, void> {
  const deed = yield* stopped(work, begun)
  const { stopMs } = work.job.executor.capabilities()
  return { ...deed, warnings: [`The executor ${work.job.executor.name} did not stop within its ${stopMs} ms, and was let go.`] }
}

/**
 * Again in the same session only where the executor tells a key that it has seen; in a new one only where nothing had started, and
 * nothing is lost that a program before had made (design.md 8.10).
 */
function mayRunAgain(failure: unknown, lost: boolean, opened: Opened | undefined, work: Work): boolean {
  if (!ExecutorError.is(failure) || !failure.retryable || (failure.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return false
  if (lost) return failure.started === 'no' && work.progress.executions.length === 0
  return failure.started === 'no' || capabilitiesOf(work, opened?.session).idempotent
}

/** The executor failed. The model is told where the run can go on: after a loss, or where the program is too large. */
async function* failed(work: Work, begun: boolean, failure: unknown, error: ErrorInfo, lost: boolean): AsyncGenerator<Told, Deed, void> {
  const { call, job, progress } = work
  yield { event_type: 'error', error }
  if (error.code === 'too_large') {
    const deed = leftOut(call, 'unusable', `Not run: ${error.message}`)
    yield* tellResult(work, begun, deed.step)
    return deed
  }
  const never = !begun || (ExecutorError.is(failure) && failure.started === 'no')
  const words = never
    ? 'The interpreter was lost before this program began; it did not run.'
    : 'The interpreter was lost, and it is not known whether or how far this program ran.'
  const deed = leftOut(call, 'unknown', lost ? `${words} ${lostText(job.sessions.inputFiles())}` : undefined)
  yield* tellResult(work, begun, deed.step)
  if (lost && progress.lostInARow < MAX_LOST) return { ...deed, lost: true }
  return { ...deed, end: { reason: 'executor_error', error } }
}

function* tellResult({ call, index }: Work, begun: boolean, step: Step): Generator<Told, void, void> {
  if (!begun) yield { event_type: 'step.start', index, step: { type: 'code_execution_result', call_id: call.id } }
  yield { event_type: 'step.stop', index, step }
}
