import { errorInfo } from './errors.ts'
import { type Told, tellWhole } from './events.ts'
import { answerOpen, openCalls } from './ids.ts'
import type { Job } from './job.ts'
import type { Content } from './model.ts'
import { environmentOf } from './prepare.ts'
import type { Progress } from './progress.ts'
import type { End, FinishReason, ModelCall, Status, Summary, Usage } from './summary.ts'

/** What a run comes to. `contents` is what it added to the conversation: steps cannot be turned back into Gemini's parts. */
export interface Ended {
  readonly summary: Summary
  readonly contents: readonly Content[]
}

/** How every run begins. */
export function* opening(job: Job): Generator<Told, void, void> {
  yield { event_type: 'interaction.created', interaction: { id: job.id, model: job.model.name, status: 'in_progress' } }
  for (const [index, step] of job.prompt.steps.entries()) yield* tellWhole(index, step)
}

/** What an exception means that reached the loop: something of ours broke. */
export function bugOf(error: unknown): End {
  return { reason: 'host_error', error: errorInfo(error, 'loop') }
}

/** How every run ends: the session is closed, the history made valid, and the summary told. */
export async function* finish(progress: Progress, end: End, job: Job): AsyncGenerator<Told, Ended, void> {
  if (end.error?.code === 'bug') yield { event_type: 'error', error: end.error }
  const { warnings, closed } = await job.sessions.close()
  if (closed) yield { event_type: 'loop.session', state: 'closed', generation: job.sessions.generation() }
  const contents = validHistory(progress, end)
  const summary = summarize({ ...progress, warnings: [...progress.warnings, ...warnings] }, end, job)
  yield { event_type: 'interaction.completed', interaction: summary }
  return { summary, contents: contents.slice(job.history.length) }
}

/** Open calls get a response, except those that the run waits for (design.md 8.2). */
function validHistory({ contents, pending }: Progress, end: End): readonly Content[] {
  const awaited = new Set([...pending.approvals, ...pending.functions].map(({ call_id }) => call_id))
  const open = openCalls(contents).filter(({ id }) => !awaited.has(id))
  return answerOpen(contents, open, `not run: ${end.reason}`)
}

/** The value that a run ends with; pure. */
function summarize(progress: Progress, end: End, job: Job): Summary {
  const { modelCalls, executions } = progress
  const total = <T>(of: readonly T[], pick: (one: T) => number): number => of.reduce((sum, one) => sum + pick(one), 0)
  const version = modelCalls.findLast((call) => call.model_version !== undefined)?.model_version
  const hasOutput = progress.executions.length > 0 || progress.steps.some((step) => step.type === 'model_output' && !step.discarded)
  const waits = progress.pending.approvals.length + progress.pending.functions.length > 0
  return {
    schema: 1,
    id: job.id,
    model: job.model.name,
    ...(version !== undefined && { model_version: version }),
    created: progress.created,
    updated: job.clock.time(),
    status: statusOf(end.reason, hasOutput),
    finish: { reason: end.reason, ...(end.detail !== undefined && { detail: end.detail }) },
    ...(end.error && { error: end.error }),
    output_text: progress.text,
    outputs: progress.outputs,
    steps: progress.steps,
    executions,
    regenerations: { used: progress.regenerations, max: job.settings.maxRegenerations },
    repairs: progress.repairs,
    model_calls: modelCalls,
    ...(waits && { pending: progress.pending }),
    usage: usageOf(modelCalls),
    timing: {
      total_ms: Math.round(job.clock.now() - progress.startedMs),
      model_ms: Math.round(total(modelCalls, (call) => call.ms)),
      execution_ms: Math.round(total(executions, (execution) => execution.usage.wall_ms)),
      tool_ms: Math.round(progress.toolMs),
      waiting_ms: Math.round(progress.waitingMs),
    },
    environment: progress.environment ?? environmentOf(job),
    warnings: progress.warnings,
  }
}

/** The table of design.md 7. */
function statusOf(reason: FinishReason, hasOutput: boolean): Status {
  switch (reason) {
    case 'answer':
      return 'completed'
    case 'max_tokens':
    case 'regenerations_exhausted':
    case 'repairs_exhausted':
    case 'stuck':
    case 'approval_denied':
      return 'incomplete'
    case 'model_blocked':
      return hasOutput ? 'incomplete' : 'failed'
    case 'budget':
      return 'budget_exceeded'
    case 'model_error':
    case 'executor_error':
    case 'host_error':
      return 'failed'
    case 'aborted':
      return 'cancelled'
    case 'awaiting_approval':
    case 'awaiting_function':
      return 'requires_action'
  }
}

/** Prompt tokens of the calls after the first are what the hosted tool shows as tool use (gemini-wire.md 3.6). */
function usageOf(calls: readonly ModelCall[]): Usage {
  const sum = (key: keyof ModelCall['usage']): number => calls.reduce((total, call) => total + call.usage[key], 0)
  const first = calls[0]?.usage.input ?? 0
  const intermediate = sum('input') - first
  return {
    total_input_tokens: sum('input'),
    total_output_tokens: sum('output'),
    total_thought_tokens: sum('thought'),
    total_cached_tokens: sum('cached'),
    total_tool_use_tokens: sum('tool_use'),
    total_tokens: sum('total'),
    intermediate_tokens: intermediate,
    native_equivalent: {
      prompt: first,
      tool_use_prompt: intermediate + sum('tool_use'),
      candidates: sum('output'),
      thoughts: sum('thought'),
      total: sum('total'),
    },
  }
}
