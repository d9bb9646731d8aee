import type { ErrorInfo } from './errors.ts'
import type { Reason } from './executor.ts'
import type { Delta, Step, StepHead } from './steps.ts'
import { headOf } from './steps.ts'
import type { Environment, ModelCall, PendingApproval, Summary } from './summary.ts'

/** What every event carries beside what it tells. Plain JSON: a log of events is a recording. */
export interface EventBase {
  readonly schema: 1
  readonly event_id: string
  /** 0 for the first event of a run; rises by one. */
  readonly seq: number
  readonly run_id: string
  /** ISO 8601, UTC. */
  readonly time: string
  /** Since the run started, milliseconds. */
  readonly elapsed_ms: number
}

/** What happened, before run.ts stamps it. Names are those of Gemini's Interactions API; what it lacks is `loop.*`. */
export type Told =
  | {
      readonly event_type: 'interaction.created'
      readonly interaction: { readonly id: string; readonly model: string; readonly status: 'in_progress' }
    }
  /** Once, when the executor is prepared and before the model is asked. */
  | { readonly event_type: 'loop.environment'; readonly environment: Environment }
  | { readonly event_type: 'interaction.status_update'; readonly status: 'in_progress' | 'requires_action' }
  | { readonly event_type: 'step.start'; readonly index: number; readonly step: StepHead }
  /** `seq_from`: the first of the events that were merged into this one. */
  | { readonly event_type: 'step.delta'; readonly index: number; readonly delta: Delta; readonly seq_from?: number }
  | { readonly event_type: 'step.stop'; readonly index: number; readonly step: Step }
  /** One answer has come; a log alone tells all that the summary tells. */
  | ({ readonly event_type: 'loop.model_call' } & ModelCall)
  /** New code is being asked for because the last failed; told before asking. */
  | {
      readonly event_type: 'loop.regeneration'
      readonly attempt: number
      readonly max: number
      readonly call_id: string
      readonly reason: Reason
      readonly error?: { readonly name: string; readonly value: string; readonly line?: number }
    }
  /** Asking again because the answer itself could not be used; `mode`: the switch of `auto`. */
  | {
      readonly event_type: 'loop.repair'
      readonly kind: RepairKind
      readonly attempt: number
      readonly max: number
      readonly mode?: 'fenced'
    }
  /** The same request again because it did not get through. `discarded`: steps that had stopped and are void now. */
  | {
      readonly event_type: 'loop.retry'
      readonly origin: 'model' | 'executor'
      readonly attempt: number
      readonly delay_ms: number
      readonly code: string
      readonly discarded?: readonly number[]
    }
  /** `rebuilt`: in another executor, with its variables; `moved`: in another executor, with its files alone. `cause` says why, `detail` from where to where. */
  | {
      readonly event_type: 'loop.session'
      readonly state: 'preparing' | 'created' | 'lost' | 'restored' | 'rebuilt' | 'moved' | 'closed'
      readonly generation: number
      readonly cause?: string
      readonly detail?: string
      /** From 0 to 1, while preparing. */
      readonly fraction?: number
    }
  | { readonly event_type: 'loop.budget'; readonly name: string; readonly used: number; readonly limit: number }
  | { readonly event_type: 'loop.stuck'; readonly repeats: number; readonly action: 'nudge' | 'stop' }
  | ({ readonly event_type: 'loop.approval_required' } & PendingApproval)
  | {
      readonly event_type: 'loop.approval_resolved'
      readonly approval_id: string
      readonly decision: 'allowed' | 'denied' | 'edited' | 'shown' | 'expired'
    }
  /** Told when it happens; the run still ends as below. */
  | { readonly event_type: 'error'; readonly error: ErrorInfo }
  /** Always last, exactly once. */
  | { readonly event_type: 'interaction.completed'; readonly interaction: Summary }

/** What the loop yields: what happened, or several things that came together; a hop of the event loop for each of 2,000 chunks would cost more than they do. */
export type Telling = Told | readonly Told[]

/** One thing that a run tells; plain JSON. */
export type LoopEvent = EventBase & Told
/** The names of all events. */
export type EventType = Told['event_type']
/** The event of this name: what a listener for it is handed. */
export type EventOf<T extends EventType> = EventBase & Extract<Told, { readonly event_type: T }>

/** Why an answer could not be used. */
export type RepairKind = 'malformed_call' | 'unexpected_call' | 'malformed_response' | 'too_many_calls' | 'empty' | 'cut_off' | 'unparsable'

/** A step that comes whole. */
export function* tellWhole(index: number, step: Step): Generator<Told, void, void> {
  yield { event_type: 'step.start', index, step: headOf(step) }
  yield { event_type: 'step.stop', index, step }
}
