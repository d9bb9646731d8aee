import { exhausted } from './budget.ts'
import { callFunction } from './call-function.ts'
import { type Deed, leftOut, nothing, whyNot } from './deed.ts'
import { errorInfo } from './errors.ts'
import { type Told, tellWhole } from './events.ts'
import { execute } from './execute.ts'
import type { Call } from './intercept/found.ts'
import type { Job } from './job.ts'
import { isUsable } from './judge.ts'
import { type Leave, permit } from './permit.ts'
import { done, type Progress } from './progress.ts'

/** Carries out one call of an answer: permits it, and runs it or calls it; or says why not. `before`: the deeds of the same answer. */
export async function* perform(call: Call, before: readonly Deed[], start: Progress, job: Job): AsyncGenerator<Told, Deed, void> {
  const progress = before.reduce(done, start)
  const refused = refusal(call, before, progress, job)
  if (refused) {
    if (refused.told) yield refused.told
    yield* tellWhole(progress.steps.length, refused.deed.step)
    return refused.deed
  }
  if (call.kind === 'function' && !job.settings.tools.get(call.name)?.execute)
    return {
      ...nothing,
      call,
      pendingFunction: { call_id: call.id, name: call.name, arguments: call.arguments },
      end: { reason: 'awaiting_function' },
    }

  let leave: Leave
  try {
    leave = yield* permit(call, start.regeneration, job)
  } catch (error) {
    return yield* hookFailed(call, error, progress, job)
  }
  switch (leave.kind) {
    case 'waiting':
      return { ...nothing, call, approval: leave.approval, waitingMs: leave.waitingMs, end: { reason: 'awaiting_approval' } }
    case 'no': {
      const deed = leftOut(call, leave.why, whyNot(leave.why, leave.reason))
      yield* tellWhole(progress.steps.length, deed.step)
      return { ...deed, waitingMs: leave.waitingMs, ...(leave.ends && { end: { reason: 'approval_denied' } }) }
    }
    case 'yes': {
      const deed = yield* carriedOut(call, leave.call, progress, job)
      return { ...deed, waitingMs: leave.waitingMs }
    }
  }
}

/** `given`: the call as permitted, of the same kind. */
function carriedOut(call: Call, given: Call, progress: Progress, job: Job): AsyncGenerator<Told, Deed, void> {
  if (call.kind === 'code') return execute(call, given.kind === 'code' ? given : call, progress, job)
  return callFunction(call, given.kind === 'function' ? given : call, progress, job)
}

/** After a failure the rest of an answer is skipped; so is what no budget is left for, and what cannot be used. */
function refusal(
  call: Call,
  before: readonly Deed[],
  progress: Progress,
  job: Job,
): { readonly deed: ReturnType<typeof leftOut> & { readonly budget?: string }; readonly told?: Told } | undefined {
  if (job.signal.aborted) return { deed: leftOut(call, 'aborted') }
  if (before.some(isFailure)) return { deed: leftOut(call, 'earlier_failure') }
  if (before.some((deed) => deed.notRun === 'budget')) return { deed: leftOut(call, 'budget') }
  if (!isUsable(call, progress, job)) return { deed: leftOut(call, 'unusable', whyNot('unusable', unusable(call, job))) }
  if (call.kind === 'function' && !job.settings.tools.get(call.name)?.execute) return undefined
  const told = exhausted(progress, job.settings.budgets, job.clock.now(), call.kind === 'code' ? 'execution' : 'tool_call')
  return told && { deed: { ...leftOut(call, 'budget'), budget: told.name }, told }
}

/** A tool that failed stops nothing: the calls of one answer to tools do not depend on each other. */
function isFailure(deed: Deed): boolean {
  if (deed.end && deed.end.reason !== 'awaiting_function') return true
  return (deed.record !== undefined && deed.record.outcome !== 'OUTCOME_OK') || deed.notRun === 'unknown' || deed.notRun === 'aborted'
}

function unusable(call: Call, { settings }: Job): string {
  if (call.kind === 'code') return call.code.trim() === '' ? 'The program is empty.' : 'Code is switched off.'
  const names = [...settings.tools.keys()]
  return `There is no function ${call.name}${names.length > 0 ? `; there are: ${names.join(', ')}` : ''}.`
}

async function* hookFailed(call: Call, error: unknown, progress: Progress, job: Job): AsyncGenerator<Told, Deed, void> {
  const aborted = job.signal.aborted
  const deed = leftOut(call, aborted ? 'aborted' : 'denied')
  const info = errorInfo(error, 'host')
  if (!aborted) yield { event_type: 'error', error: info }
  yield* tellWhole(progress.steps.length, deed.step)
  return { ...deed, end: aborted ? { reason: 'aborted' } : { reason: 'host_error', error: info } }
}
