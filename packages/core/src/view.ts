import type { LoopEvent } from './events.ts'
import type { Display } from './executor.ts'
import type { Delta, Step, StepContent } from './steps.ts'
import type { PendingApproval, Status, Summary } from './summary.ts'

/** What a page or a terminal shows of a run so far. At the end its steps are the summary's. */
export interface RunView {
  readonly id: string
  /** The last event that was applied: go on with `run.events({ after: view.seq })`. */
  readonly seq: number
  readonly status: Status | 'in_progress'
  /** In their order. What was discarded, because the answer it belonged to broke off and was asked for again, shows nothing any more. */
  readonly steps: readonly StepView[]
  /** How many were asked for so far: 0..5. */
  readonly regenerations: number
  /** What a person is asked to decide. */
  readonly pending: readonly PendingApproval[]
  /** Once the run has ended. */
  readonly summary?: Summary
}

/** One step as far as it has been told. */
export interface StepView {
  readonly index: number
  readonly type: Step['type']
  /** Between its start and its stop. */
  readonly open: boolean
  /** What the user or the model says, and a thought's summary. Empty where `step.discarded`. */
  readonly text: string
  /** The program of a `code_execution_call`. */
  readonly code: string
  /** Of a `code_execution_result`. Where its output does not stand apart (run by the model's host, or not run), `result` is here, or in `stderr` where it is an error. */
  readonly stdout: string
  readonly stderr: string
  /** What a program displayed, and images that the model made. */
  readonly displays: readonly Display[]
  /** The whole, once it has stopped. */
  readonly step?: Step
}

/**
 * Takes the next event of a run into the picture of it; a pure fold, to be used as a reducer. The first event comes with
 * `undefined`. An event that was applied already (by its `seq`) changes nothing, so that a reader may be given some twice. Only what
 * changes is copied: steps that stayed the same stay the same object.
 */
export function applyEvent(view: RunView | undefined, event: LoopEvent): RunView {
  const before: RunView = view ?? { id: event.run_id, seq: -1, status: 'in_progress', steps: [], regenerations: 0, pending: [] }
  if (view && event.seq <= view.seq) return view
  return { ...before, ...changesOf(before, event), seq: event.seq }
}

function changesOf(view: RunView, event: LoopEvent): Partial<RunView> {
  switch (event.event_type) {
    case 'interaction.created':
      return { status: 'in_progress' }
    case 'interaction.status_update':
      return { status: event.status }
    case 'step.start':
      return { steps: [...view.steps, begun(event.index, event.step.type)] }
    case 'step.delta':
      return changed(view, event.index, (step) => grown(step, event.delta))
    case 'step.stop':
      return changed(view, event.index, (step) => stopped(step, event.step))
    case 'loop.regeneration':
      return { regenerations: event.attempt }
    case 'loop.retry':
      return event.discarded ? { steps: view.steps.map((step) => (event.discarded?.includes(step.index) ? voided(step) : step)) } : {}
    case 'loop.approval_required':
      return { pending: [...view.pending, approvalOf(event)] }
    case 'loop.approval_resolved':
      return { pending: view.pending.filter((approval) => approval.approval_id !== event.approval_id) }
    case 'interaction.completed': {
      const summary = event.interaction
      return { status: summary.status, pending: summary.pending?.approvals ?? [], summary }
    }
    case 'loop.environment':
    case 'loop.model_call':
    case 'loop.repair':
    case 'loop.session':
    case 'loop.budget':
    case 'loop.stuck':
    case 'error':
      return {}
  }
}

function begun(index: number, type: Step['type']): StepView {
  return { index, type, open: true, text: '', code: '', stdout: '', stderr: '', displays: [] }
}

function changed(view: RunView, index: number, change: (step: StepView) => StepView): Partial<RunView> {
  // It is nearly always the last one.
  const position = view.steps.findLastIndex((step) => step.index === index)
  const step = view.steps[position]
  return step ? { steps: view.steps.with(position, change(step)) } : {}
}

/** Told, then asked for again: its step stays, marked as in the summary. */
function voided(view: StepView): StepView {
  const { step } = view
  return step?.type === 'thought' || step?.type === 'model_output' ? stopped(view, { ...step, discarded: true }) : view
}

function grown(step: StepView, delta: Delta): StepView {
  switch (delta.type) {
    case 'text':
    case 'thought_summary':
      return { ...step, text: step.text + delta.text }
    case 'code_delta':
      return { ...step, code: step.code + delta.text }
    case 'code_execution_call':
      return { ...step, code: delta.arguments.code }
    case 'stdout':
      return { ...step, stdout: step.stdout + delta.text }
    case 'stderr':
      return { ...step, stderr: step.stderr + delta.text }
    case 'display':
      return { ...step, displays: [...step.displays, delta.display] }
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      return { ...step, displays: [...step.displays, ...displaysOf([delta])] }
    case 'thought_signature':
    case 'file':
    case 'execution_status':
      return step
  }
}

/** The whole replaces what was gathered: deltas may have been dropped for a reader who came late, output may have been cut. */
function stopped(view: StepView, step: Step): StepView {
  const whole = { ...begun(view.index, step.type), open: false, step }
  if ('discarded' in step && step.discarded) return whole
  switch (step.type) {
    case 'user_input':
    case 'model_output':
      return { ...whole, text: textOf(step.content), displays: displaysOf(step.content) }
    case 'thought':
      return { ...whole, text: textOf(step.summary ?? []), displays: displaysOf(step.summary ?? []) }
    case 'code_execution_call':
      return { ...whole, code: step.arguments.code }
    case 'code_execution_result':
      if (!step.output) return { ...whole, [step.is_error ? 'stderr' : 'stdout']: step.result }
      return { ...whole, stdout: step.output.stdout, stderr: step.output.stderr, displays: step.output.displays }
    case 'function_call':
    case 'function_result':
      return whole
  }
}

function textOf(content: readonly StepContent[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Media as displays, where the bytes came with them. */
function displaysOf(content: readonly (StepContent | Extract<Delta, { readonly mime_type: string }>)[]): Display[] {
  return content.flatMap((part) => ('data' in part && part.data !== undefined ? [{ data: { [part.mime_type]: part.data } }] : []))
}

/** The event without its stamps. */
function approvalOf(event: LoopEvent & { readonly event_type: 'loop.approval_required' }): PendingApproval {
  const { schema, event_id, seq, run_id, time, elapsed_ms, event_type, ...approval } = event
  return approval
}
