import { type Answer, answerReader } from './answer.ts'
import { leftMs } from './budget.ts'
import { LONGEST_WAIT_MS, ModelError } from './errors.ts'
import type { Telling, Told } from './events.ts'
import { newIds } from './ids.ts'
import { interceptor } from './intercept/intercept.ts'
import type { Job } from './job.ts'
import { stopper } from './live.ts'
import type { ChunkIterator, ModelChunk, ModelRequest } from './model.ts'
import { MAX_RETRIES, type Progress } from './progress.ts'

/** What came of asking once. A failure stands beside what was heard before it. */
export interface Listened {
  readonly answer: Answer
  /** Whether anything came. */
  readonly answered: boolean
  readonly failure?: unknown
  /** The stream broke off: an error in it, or an end without a finish reason (design.md 4). */
  readonly broken: boolean
  /** Only text came of a stream that broke: its steps are void, and the same request is sent again. */
  readonly discarded: boolean
  /** Transport retries of this call, the adapter's and ours. */
  readonly retried: number
  /** `budgets.wallMs` ran out meanwhile. */
  readonly outOfTime: boolean
}

/** Asks the model once and tells its answer as it comes. Never throws. */
export async function* listen(request: ModelRequest, progress: Progress, job: Job): AsyncGenerator<Telling, Listened, void> {
  const hosted = request.tools?.some((tool) => 'codeExecution' in tool) ?? false
  const reader = answerReader(interceptor(progress.mode, hosted, newIds(progress)), progress.steps.length, progress.regeneration)
  const started = job.clock.now()
  const time = job.clock.limit(leftMs(progress, job.settings.budgets, started))
  const stop = stopper(time.signal)
  let failed: { readonly failure: unknown } | undefined
  let answered = false
  let retried = progress.retried
  let chunks: ChunkIterator | undefined
  try {
    time.signal.throwIfAborted()
    chunks = job.model.generate(request, { signal: time.signal, retried })[Symbol.asyncIterator]()
    for (;;) {
      const next = await stop.before(chunks.next())
      if (next.done) break
      const told: Told[] = []
      let chunk: ModelChunk | undefined = next.value
      try {
        for (; chunk; chunk = chunks.buffered?.()) {
          if (chunk.retry) {
            retried = Math.max(retried, chunk.retry.attempt)
            told.push(retryTold(chunk.retry))
          } else {
            answered = true
            told.push(...reader.read(chunk))
          }
        }
      } finally {
        if (told.length > 0) yield told // also what came before a chunk that cannot be read
      }
    }
  } catch (error) {
    failed = { failure: error }
    if (chunks) void leave(chunks) // not awaited: it may never come back
  } finally {
    stop.release()
    time.release()
  }
  const { finishReason, blockReason } = reader.answer()
  const stopped = job.signal.aborted || time.expired()
  const broken = !stopped && (failed ? answered && isTransient(failed.failure) : finishReason === undefined && blockReason === undefined)
  const discarded = broken && !reader.called() && retried < MAX_RETRIES
  yield reader.end(job.clock.now() - started, discarded)
  return { answer: reader.answer(), answered, ...failed, broken, discarded, retried, outOfTime: time.expired() }
}

async function leave(chunks: AsyncIterator<ModelChunk>): Promise<void> {
  try {
    await chunks.return?.()
  } catch {
    // nobody listens to it any more
  }
}

function retryTold({ attempt, delayMs, code }: NonNullable<ModelChunk['retry']>): Told {
  return { event_type: 'loop.retry', origin: 'model', attempt, delay_ms: Math.round(delayMs), code }
}

/** An error that says that it would come again is no broken stream; neither is one that says so for too long. */
function isTransient(failure: unknown): boolean {
  return !ModelError.is(failure) || (failure.retryable && (failure.retryAfterMs ?? 0) <= LONGEST_WAIT_MS)
}
