import type { Answer } from './answer.ts'
import { exhausted } from './budget.ts'
import { close } from './closing.ts'
import { ModelError } from './errors.ts'
import type { RepairKind, Told } from './events.ts'
import { RUN_PYTHON } from './intercept/function.ts'
import type { Job } from './job.ts'
import type { Listened } from './listen.ts'
import type { Content, Part } from './model.ts'
import { type Heard, MAX_REPAIRS, type Progress } from './progress.ts'

/** Asks again because the answer itself could not be used: at most three times in a row, and in `auto` the second time by fences. */
export function repair(progress: Progress, answer: Answer, kind: RepairKind, told: Told[], job: Job): Heard {
  const attempt = progress.repairsInARow + 1
  const contents = [...progress.contents, repairContent(answer, kind)]
  if (attempt > MAX_REPAIRS) return { progress, told, calls: [], end: { reason: 'repairs_exhausted', detail: kind } }
  const over = exhausted(progress, job.settings.budgets, job.clock.now(), 'model_call')
  if (over)
    return { progress: close({ ...progress, contents }, { reason: 'budget', detail: over.name }, job), told: [...told, over], calls: [] }
  const fenced = job.settings.interception === 'auto' && attempt === 2 && progress.mode === 'function' && !progress.schema
  const next: Progress = {
    ...progress,
    contents,
    retried: 0,
    repairs: progress.repairs + 1,
    repairsInARow: fenced ? 0 : attempt, // the count starts anew after the switch, once
    mode: fenced ? 'fenced' : progress.mode,
  }
  told.push({ event_type: 'loop.repair', kind, attempt, max: MAX_REPAIRS, ...(fenced && { mode: 'fenced' }) })
  return { progress: next, told, calls: [] }
}

/** Every call that the model made gets an answer, also one that could not be used. */
function repairContent({ calls, finishMessage }: Answer, kind: RepairKind): Content {
  const answered = calls.flatMap((call): Part[] => {
    if (call.kind === 'code' && call.form !== 'function') return []
    const name = call.kind === 'function' ? call.name : RUN_PYTHON
    const response = {
      functionResponse: {
        ...(call.modelId !== undefined && { id: call.modelId }),
        name,
        response: { error: 'This call was not carried out.' },
      },
    }
    return Array.from({ length: 1 + (call.copies ?? 0) }, () => response)
  })
  const quoted =
    finishMessage && kind === 'malformed_call' ? `\nIt was: ${finishMessage.slice(0, 2_000).replace(/[\ud800-\udbff]$/, '')}` : ''
  return { role: 'user', parts: [...answered, { text: WORDS[kind] + quoted }] }
}

const WORDS: Readonly<Record<RepairKind, string>> = {
  malformed_call: `Your last function call could not be read. Call ${RUN_PYTHON} again, with the whole program as the string \`code\`.`,
  unexpected_call: 'You called something that does not exist here. Use only the functions that are declared.',
  malformed_response: 'Your last answer could not be read. Answer again.',
  too_many_calls: 'Those were too many calls. Make one call at a time.',
  empty: 'Your last answer was empty. Answer, or send a program.',
  cut_off: 'Your last answer was cut off before its end, and nothing of it was carried out. Be shorter.',
  unparsable: 'The fenced block of your last answer was not closed, and was not run. Write it again, with its closing line.',
}

/** The stream broke after text alone: the same request again, a transport retry (design.md 4). */
export function resend(progress: Progress, { answer, failure, retried }: Listened, told: Told[], job: Job): Heard {
  const attempt = retried + 1
  const over = progress.closing ? undefined : exhausted(progress, job.settings.budgets, job.clock.now(), 'model_call')
  if (over) return { progress: close(progress, { reason: 'budget', detail: over.name }, job), told: [...told, over], calls: [] }
  const asked = ModelError.is(failure) ? failure.retryAfterMs : undefined
  const delayMs = asked ?? Math.min(8_000, 500 * 2 ** retried)
  told.push({
    event_type: 'loop.retry',
    origin: 'model',
    attempt,
    delay_ms: delayMs,
    code: ModelError.is(failure) ? failure.code : 'network',
    ...(answer.stopped.length > 0 && { discarded: answer.stopped }),
  })
  return { progress: { ...progress, text: '', retried: attempt, resendMs: delayMs }, told, calls: [] }
}
