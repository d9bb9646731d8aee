import { exhausted } from './budget.ts'
import { close } from './closing.ts'
import type { Deed, Reply } from './deed.ts'
import type { Told } from './events.ts'
import { RUN_PYTHON } from './intercept/function.ts'
import type { Job } from './job.ts'
import type { Content, Part } from './model.ts'
import { type Decision, done, type Progress } from './progress.ts'
import type { StepOf } from './steps.ts'

type StuckTold = Extract<Told, { readonly event_type: 'loop.stuck' }>

/** What follows from what was done: the model is told; failed code is asked for anew, at most five times. */
export function conclude(before: Progress, deeds: readonly Deed[], job: Job): Decision {
  const { last, stuck } = repeated(before, deeds)
  const told: Told[] = stuck ? [stuck] : []
  const replied = deeds.reduce(done, before)
  const progress: Progress = {
    ...replied,
    ...(last && { last }),
    contents: withReplies(replied.contents, deeds, stuck !== undefined, job.model.traits?.imagesInFunctionResponses ?? true),
  }
  if (job.signal.aborted) return { progress, told: [], end: { reason: 'aborted' } }
  const ended = deeds.find((deed) => deed.end && deed.end.reason !== 'awaiting_function') ?? deeds.find((deed) => deed.end)
  if (ended?.end) return { progress, told: [], end: ended.end }
  const spent = deeds.find((deed) => deed.budget !== undefined)
  if (spent?.budget !== undefined)
    return {
      progress: close(progress, { reason: 'budget', detail: spent.budget }, job),
      told: [...told, ...spentTold(spent, progress, job)],
    }
  if (stuck?.action === 'stop') return { progress: close(progress, { reason: 'stuck' }, job), told }

  const failed = deeds.find((deed) => deed.record && deed.record.outcome !== 'OUTCOME_OK')?.record
  if (!failed) return { progress: { ...progress, regeneration: 0 }, told }
  if (progress.regenerations >= job.settings.maxRegenerations)
    return { progress: close(progress, { reason: 'regenerations_exhausted' }, job), told }
  const over = exhausted(progress, job.settings.budgets, job.clock.now(), 'model_call')
  if (over) return { progress: close(progress, { reason: 'budget', detail: over.name }, job), told: [...told, over] }
  const attempt = progress.regenerations + 1
  told.push({
    event_type: 'loop.regeneration',
    attempt,
    max: job.settings.maxRegenerations,
    call_id: failed.call_id,
    reason: failed.reason,
    ...(failed.error && { error: failed.error }),
  })
  return { progress: { ...progress, regenerations: attempt, regeneration: attempt }, told }
}

/** A budget that ran out before a call was told there; one that ran out while it went on is told now. */
function spentTold(spent: Deed, progress: Progress, job: Job): readonly Told[] {
  if (spent.budget !== 'wallMs') return []
  return [
    {
      event_type: 'loop.budget',
      name: 'wallMs',
      used: Math.round(job.clock.now() - progress.startedMs),
      limit: job.settings.budgets.wallMs ?? 0,
    },
  ]
}

/** Nudges before the stop (design.md 8.1). */
const NUDGES = 2

/** The same program, with no other one in between, ending the same way again: a nudge twice, then the end. */
function repeated(before: Progress, deeds: readonly Deed[]): { readonly last?: Progress['last']; readonly stuck?: StuckTold } {
  let last = before.last
  for (const { step } of deeds)
    if (step?.type === 'code_execution_result' && step.execution)
      last = { step, repeats: last && isRepeat(last.step, step) ? last.repeats + 1 : 0 }
  if (!last || last === before.last) return {}
  if (last.repeats === 0) return { last }
  return { last, stuck: { event_type: 'loop.stuck', repeats: last.repeats, action: last.repeats > NUDGES ? 'stop' : 'nudge' } }
}

/** Compared, not hashed: of 200 kB of output that took longer than all else, and programs are seldom the same. */
function isRepeat(before: StepOf<'code_execution_result'>, step: StepOf<'code_execution_result'>): boolean {
  return before.execution?.code_sha256 === step.execution?.code_sha256 && endOf(before) === endOf(step)
}

function endOf({ execution, output }: StepOf<'code_execution_result'>): string {
  return JSON.stringify([execution?.outcome, execution?.error?.value, output?.stdout, output?.stderr, output?.value?.data])
}

const NUDGE = 'This is the same program as before, and it ended in the same way. Do something else, or answer with what you know.'

/** One answer for every call, in the order of the calls, in one turn. Code that did not come as a function call is answered in text. */
function withReplies(contents: readonly Content[], deeds: readonly Deed[], nudge: boolean, imagesInResponses: boolean): readonly Content[] {
  const answered: Part[] = []
  const beside: Part[] = []
  for (const { call, reply } of deeds) {
    if (!reply) continue
    if (call.kind === 'code' && call.form !== 'function') {
      beside.push({ text: String(reply.value) }, ...reply.images)
      continue
    }
    const part = responseOf(call.kind === 'code' ? RUN_PYTHON : call.name, call.modelId, reply, imagesInResponses)
    for (let copy = 0; copy <= (call.copies ?? 0); copy++) answered.push(part)
    if (!imagesInResponses) beside.push(...reply.images)
  }
  if (nudge) beside.push({ text: NUDGE })
  return answered.length + beside.length === 0 ? contents : [...contents, { role: 'user', parts: [...answered, ...beside] }]
}

function responseOf(name: string, modelId: string | undefined, { value, isError, images }: Reply, imagesInResponses: boolean): Part {
  return {
    functionResponse: {
      ...(modelId !== undefined && { id: modelId }),
      name,
      response: { [isError ? 'error' : 'output']: value },
      ...(imagesInResponses && images.length > 0 && { parts: images }),
    },
  }
}
