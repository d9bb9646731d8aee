import type { ApprovalSubject } from './approval.ts'
import type { ErrorInfo } from './errors.ts'
import type { Isolation } from './executor.ts'
import type { ExecutionRecord, Step } from './steps.ts'

/** The value a run ends with. The answer and the raw results stand side by side: a model can misquote its own output. */
export interface Summary {
  readonly schema: 1
  readonly id: string
  /** The name that was asked for; `model_version` is what answered. */
  readonly model: string
  readonly model_version?: string
  /** ISO 8601, UTC. */
  readonly created: string
  readonly updated: string
  /** Follows from `finish.reason`, see `FinishReason`. */
  readonly status: Status
  readonly finish: { readonly reason: FinishReason; readonly detail?: string }
  readonly error?: ErrorInfo
  /** The text of the last model call that was not discarded, after the last result in it. */
  readonly output_text: string
  readonly outputs: readonly OutputItem[]
  readonly steps: readonly Step[]
  readonly executions: readonly ExecutionRecord[]
  readonly regenerations: { readonly used: number; readonly max: number }
  readonly repairs: number
  readonly model_calls: readonly ModelCall[]
  /** With `requires_action`: what is waited for. */
  readonly pending?: { readonly approvals: readonly PendingApproval[]; readonly functions: readonly PendingFunction[] }
  readonly usage: Usage
  /** Milliseconds. `waiting_ms`: for approvals. */
  readonly timing: {
    readonly total_ms: number
    readonly model_ms: number
    readonly execution_ms: number
    readonly tool_ms: number
    readonly waiting_ms: number
  }
  readonly environment: Environment
  /** Those before the end; a listener that throws on the last event is told to `onListenerError` alone. */
  readonly warnings: readonly string[]
}

/** Gemini's status words for an interaction. */
export type Status = 'completed' | 'incomplete' | 'failed' | 'cancelled' | 'budget_exceeded' | 'requires_action'

/**
 * Why a run ended, and so its status: `completed` (answer); `incomplete` (max_tokens, regenerations_exhausted, repairs_exhausted,
 * stuck, approval_denied, model_blocked after some output); `budget_exceeded` (budget); `failed` (model_error, executor_error,
 * host_error, model_blocked); `cancelled` (aborted); `requires_action` (awaiting_approval, awaiting_function).
 */
export type FinishReason =
  | 'answer'
  | 'max_tokens'
  | 'regenerations_exhausted'
  | 'repairs_exhausted'
  | 'budget'
  | 'stuck'
  | 'aborted'
  | 'approval_denied'
  | 'awaiting_approval'
  | 'awaiting_function'
  | 'model_blocked'
  | 'model_error'
  | 'executor_error'
  /** A hook or an `approve` of the caller threw. */
  | 'host_error'

/** How a run ends. */
export interface End {
  readonly reason: FinishReason
  readonly detail?: string
  readonly error?: ErrorInfo
}

/**
 * What the programs made: one item for each path (its last state) and one for each image, by its bytes. `path` is relative, safe
 * and unique in the run. The bytes come by `run.output(id)`.
 */
export interface OutputItem {
  readonly id: string
  readonly type: 'image' | 'file'
  readonly path: string
  readonly mime_type: string
  readonly size: number
  readonly sha256: string
  /** The program that made it. */
  readonly call_id: string
}

/** One answer of the model. `index` counts from 1; tokens as Gemini counts them (gemini-wire.md 3.6). */
export interface ModelCall {
  readonly index: number
  readonly response_id?: string
  readonly model_version?: string
  readonly finish_reason?: string
  readonly ms: number
  readonly usage: {
    readonly input: number
    readonly output: number
    readonly thought: number
    readonly cached: number
    readonly tool_use: number
    readonly total: number
  }
  /** What Gemini tells beside: safetyRatings, groundingMetadata, citationMetadata, avgLogprobs, createTime …, as it came. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Tokens of a whole run. */
export interface Usage {
  readonly total_input_tokens: number
  readonly total_output_tokens: number
  readonly total_thought_tokens: number
  readonly total_cached_tokens: number
  readonly total_tool_use_tokens: number
  readonly total_tokens: number
  /** Prompt tokens of the calls after the first: what resending costs, and what the hosted tool bills as intermediate. */
  readonly intermediate_tokens: number
  /** What the hosted tool would have shown for the same conversation (gemini-wire.md 3.6). */
  readonly native_equivalent: {
    readonly prompt: number
    readonly tool_use_prompt: number
    readonly candidates: number
    readonly thoughts: number
    readonly total: number
  }
}

/** What a run ran on. */
export interface Environment {
  /** Version of `@interloop/core`. */
  readonly core: string
  readonly executor: string
  readonly executor_version: string
  readonly runtime: string
  readonly isolation: Isolation
  readonly interception: string
}

/** What `run.resolve` is waited for with, and what a person must see to decide. */
export type PendingApproval = { readonly approval_id: string; readonly call_id: string; readonly expires_at?: string } & ApprovalSubject

/** A function without `execute` that the model has called. */
export interface PendingFunction {
  readonly call_id: string
  readonly name: string
  readonly arguments: unknown
}
