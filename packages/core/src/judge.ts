import type { Answer } from './answer.ts'
import { exhausted } from './budget.ts'
import { close } from './closing.ts'
import { leftOut } from './deed.ts'
import { errorInfo, ModelError } from './errors.ts'
import { type RepairKind, type Told, tellWhole } from './events.ts'
import { newIds } from './ids.ts'
import type { Call, CodeCall } from './intercept/found.ts'
import { salvage } from './intercept/salvage.ts'
import type { Job } from './job.ts'
import type { Listened } from './listen.ts'
import { type Heard, heard, type Progress } from './progress.ts'
import { repair, resend } from './repair.ts'
import { headOf, type NotRun, type StepOf } from './steps.ts'
import type { End } from './summary.ts'

/** What an answer is: the end, calls to carry out, or nothing that can be used, so that it is asked for again (design.md 5). */
export function judge(before: Progress, listened: Listened, job: Job): Heard {
  const { answer } = listened
  const told: Told[] = []
  const take = (kept: boolean): Progress => {
    if (!listened.answered) return before
    const progress = heard(before, answer, kept)
    const call = progress.modelCalls.at(-1)
    if (call) told.push({ event_type: 'loop.model_call', ...call })
    return progress
  }
  const stop = (end: End, why: NotRun, kept = false): Heard => {
    const progress = unrun(take(kept), answer.calls, why, told)
    if (end.error) told.push({ event_type: 'error', error: end.error })
    return { progress, told, calls: [], end }
  }

  if (job.signal.aborted) return stop({ reason: 'aborted' }, 'aborted')
  if (listened.discarded) return resend(take(false), listened, told, job)
  if (before.closing) return closed(before, listened, stop)
  if (listened.outOfTime) {
    const over = exhausted(before, job.settings.budgets, job.clock.now(), 'model_call')
    if (over) told.push(over)
    const progress = unrun(take(false), answer.calls, 'budget', told)
    return { progress: close(progress, { reason: 'budget', detail: 'wallMs' }, job), told, calls: [] }
  }
  const refused = refusalOf(listened, answer)
  if (refused) return stop(refused, 'unusable')

  const salvaged = salvagedCall(before, answer)
  if (salvaged) {
    const progress = take(true)
    const step: StepOf<'code_execution_call'> = {
      type: 'code_execution_call',
      id: salvaged.id,
      arguments: { code: salvaged.code, language: salvaged.language },
      regeneration: before.regeneration,
      host: 'executor',
    }
    const index = progress.steps.length
    told.push({ event_type: 'step.start', index, step: headOf(step) })
    told.push({ event_type: 'step.delta', index, delta: { type: 'code_execution_call', arguments: step.arguments } })
    told.push({ event_type: 'step.stop', index, step })
    return { progress: { ...progress, steps: [...progress.steps, step], repairsInARow: 0, retried: 0 }, told, calls: [salvaged] }
  }

  const calls = answer.calls.filter((call) => call.kind === 'function' || call.host === 'executor')
  const kind = listened.broken ? 'cut_off' : repairKind(answer, calls, before, job)
  if (kind) return repair(unrun(take(true), calls, 'unusable', told), answer, kind, told, job)

  const progress: Progress = { ...take(true), retried: 0, repairsInARow: 0, ...(calls.length > 0 && { schema: false }) }
  const warned = warningsOf(answer, progress)
  if (calls.length > 0) return { progress: warned, told, calls }
  if (answer.finishReason === 'MAX_TOKENS') return { progress: warned, told, calls, end: { reason: 'max_tokens' } }
  if (job.steering.waiting()) return { progress: { ...warned, schema: false }, told, calls }
  if (wantsFormat(before, job)) return { progress: askForFormat(warned), told, calls }
  return { progress: warned, told, calls, end: { reason: 'answer' } }
}

/** Every call that was told gets a result step, also one that is not carried out. */
function unrun(progress: Progress, calls: readonly Call[], why: NotRun, told: Told[]): Progress {
  const steps = [...progress.steps]
  for (const call of calls) {
    if (call.kind === 'code' && call.host === 'model') continue // its result came from there
    const { step } = leftOut(call, why)
    told.push(...tellWhole(steps.length, step))
    steps.push(step)
  }
  return { ...progress, steps }
}

/** The closing call ends the run, as it was going to end; where it failed a warning says so (design.md 8.4). */
function closed(
  before: Progress,
  { answer, failure, broken, outOfTime }: Listened,
  stop: (end: End, why: NotRun, kept?: boolean) => Heard,
): Heard {
  const end = before.closing ?? { reason: 'answer' }
  const whole =
    failure === undefined && !broken && !outOfTime && BLOCKED.test(answer.finishReason ?? '') === false && answer.blockReason === undefined
  const heard = stop(end, 'closing', whole)
  if (whole && answer.text !== '') return heard
  const why =
    failure instanceof Error
      ? failure.message
      : outOfTime
        ? 'it took too long.'
        : `it said nothing (${answer.blockReason ?? answer.finishReason ?? 'the stream broke off'}).`
  return { ...heard, progress: { ...heard.progress, warnings: [...heard.progress.warnings, `The closing call brought no answer: ${why}`] } }
}

const BLOCKED = /^(?:SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|LANGUAGE|IMAGE_.*)$/

/** The end where the model could not be asked, or would not answer. */
function refusalOf({ failure, broken, answered }: Listened, answer: Answer): End | undefined {
  if (failure !== undefined && !(broken && answer.calls.length > 0)) {
    return { reason: 'model_error', error: errorInfo(failure, 'model') }
  }
  const blocked = answer.blockReason ?? (BLOCKED.test(answer.finishReason ?? '') ? answer.finishReason : undefined)
  if (blocked !== undefined) {
    const error = new ModelError('blocked', `The model gave no answer: ${blocked}.`, {
      hint: 'Change the prompt, or the safetySettings in config.',
    })
    return { reason: 'model_blocked', detail: blocked, error: errorInfo(error, 'model') }
  }
  if (broken && answer.calls.length === 0) {
    const error = new ModelError(
      'network',
      answered ? 'The answer broke off, and did again when it was asked for anew.' : 'The model sent nothing.',
      {
        hint: 'Try again later; a proxy on the way may cut long answers.',
        retryable: true,
      },
    )
    return { reason: 'model_error', error: errorInfo(error, 'model') }
  }
  return undefined
}

/** Whole code in the message of a malformed call (design.md 5). */
function salvagedCall(before: Progress, answer: Answer): CodeCall | undefined {
  const malformed = answer.finishReason === 'MALFORMED_FUNCTION_CALL' || answer.finishReason === 'UNEXPECTED_TOOL_CALL'
  if (!malformed || before.mode === 'off' || answer.finishMessage === undefined || answer.calls.length > 0) return undefined
  const code = salvage(answer.finishMessage)
  if (code === undefined || code.trim() === '') return undefined
  return { kind: 'code', form: 'salvaged', id: newIds(before)('code'), code, language: 'python', host: 'executor' }
}

const BY_REASON: ReadonlyMap<string, RepairKind> = new Map([
  ['MALFORMED_FUNCTION_CALL', 'malformed_call'],
  ['UNEXPECTED_TOOL_CALL', 'unexpected_call'],
  ['MALFORMED_RESPONSE', 'malformed_response'],
  ['TOO_MANY_TOOL_CALLS', 'too_many_calls'],
])

/** Why an answer cannot be used, if it cannot. */
function repairKind(answer: Answer, calls: readonly Call[], before: Progress, job: Job): RepairKind | undefined {
  const byReason = BY_REASON.get(answer.finishReason ?? '')
  if (byReason) return byReason
  if (answer.finishReason === 'MAX_TOKENS') return calls.length > 0 || answer.unclosed || answer.text === '' ? 'cut_off' : undefined
  if (answer.unclosed) return 'unparsable'
  if (calls.length > 0)
    return calls.some((call) => isUsable(call, before, job)) ? undefined : calls.some(isMeantAsCode) ? 'malformed_call' : 'unexpected_call'
  return answer.text === '' && answer.calls.length === 0 ? 'empty' : undefined
}

/** Whether a call can be carried out at all: a program, or a function that there is. */
export function isUsable(call: Call, { mode }: Progress, { settings }: Job): boolean {
  return call.kind === 'code' ? mode !== 'off' && call.code.trim() !== '' : settings.tools.has(call.name)
}

function isMeantAsCode(call: Call): boolean {
  return call.kind === 'code' || call.name === 'run_python'
}

const KNOWN = new Set(['STOP', 'MAX_TOKENS'])

function warningsOf({ finishReason }: Answer, progress: Progress): Progress {
  if (finishReason === undefined || KNOWN.has(finishReason)) return progress
  return { ...progress, warnings: [...progress.warnings, `The model ended with the finish reason ${finishReason}, taken as STOP.`] }
}

function wantsFormat(before: Progress, { settings }: Job): boolean {
  if (!settings.formatted || before.schema) return false
  return before.mode !== 'off' || settings.tools.size > 0 || settings.modelTools.length > 0 // otherwise the call that was made carried it
}

function askForFormat(progress: Progress): Progress {
  const text = 'Now give this answer in the required format, and nothing else.'
  return { ...progress, schema: true, contents: [...progress.contents, { role: 'user', parts: [{ text }] }] }
}
