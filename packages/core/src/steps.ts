import type { Display, ExecutionResult, ExecutorEvent, FileChange, Outcome, Reason, State } from './executor.ts'

/** What a run is made of: the step types of Gemini's Interactions API. A member marked *ours* is one that it lacks. */
export type Step =
  | { readonly type: 'user_input'; readonly content: readonly StepContent[] }
  /** `discarded` (ours): told, then asked again because the stream broke. */
  | {
      readonly type: 'thought'
      readonly summary?: readonly StepContent[]
      readonly signature?: string
      readonly discarded?: true
    }
  | { readonly type: 'model_output'; readonly content: readonly StepContent[]; readonly discarded?: true }
  | {
      readonly type: 'code_execution_call'
      readonly id: string
      readonly arguments: { readonly code: string; readonly language: string }
      readonly signature?: string
      /** Ours: 1..5 for every call of an answer that was asked for because of a failure, 0 otherwise. */
      readonly regeneration: number
      /** Ours: `model` exactly when the request declared Google's own tool and the code came as a native part. */
      readonly host: 'executor' | 'model'
    }
  | {
      readonly type: 'code_execution_result'
      readonly call_id: string
      readonly is_error: boolean
      /** Output as one text, in the form of Gemini in 2026 (gemini-wire.md 3.2 b), or why it was not run. */
      readonly result: string
      /** Ours, as are all below. */
      readonly outcome?: Outcome
      readonly execution?: ExecutionRecord
      /** Apart, where `result` is one text. */
      readonly output?: {
        readonly stdout: string
        readonly stderr: string
        readonly value?: Display
        readonly displays: readonly Display[]
      }
      /** What ran instead, by a decision of `approve`. */
      readonly edited?: { readonly code: string }
      readonly not_run?: NotRun
    }
  | {
      readonly type: 'function_call'
      readonly id: string
      readonly name: string
      readonly arguments: unknown
      readonly signature?: string
    }
  | {
      readonly type: 'function_result'
      readonly call_id: string
      readonly name: string
      readonly is_error: boolean
      readonly result: unknown
      readonly edited?: { readonly arguments: unknown }
      readonly not_run?: NotRun
    }

/** The step of this type. */
export type StepOf<T extends Step['type']> = Extract<Step, { readonly type: T }>

/**
 * Why a call that was told has no result of its own. `unusable`: malformed, cut off, of an unknown function; `expired`: a chat went
 * on, or `expires_at` passed, while the approval was waited for; `unknown`: the executor failed, and it is not known whether or how
 * far it ran.
 */
export type NotRun = 'earlier_failure' | 'unusable' | 'denied' | 'expired' | 'shown' | 'budget' | 'closing' | 'aborted' | 'unknown'

/** What is known when a step begins; its deltas and its stop bring the rest. */
export type StepHead =
  | { readonly type: 'user_input' | 'thought' | 'model_output' }
  | {
      readonly type: 'code_execution_call'
      readonly id: string
      readonly regeneration: number
      readonly host: 'executor' | 'model'
    }
  | { readonly type: 'code_execution_result'; readonly call_id: string }
  | { readonly type: 'function_call'; readonly id: string; readonly name: string }
  | { readonly type: 'function_result'; readonly call_id: string; readonly name: string }

/** What a user or a model says in a step. `data` is base64. */
export type StepContent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image' | 'audio' | 'video' | 'document'
      readonly mime_type: string
      readonly data?: string
      readonly uri?: string
      readonly name?: string
    }

/** One program that was run. Times in milliseconds. */
export interface ExecutionRecord {
  /** 1 for the first program of the run. */
  readonly index: number
  readonly call_id: string
  /** 0 for a program that was not asked for because of a failure, otherwise 1..5. */
  readonly regeneration: number
  /** Of what ran, also where it was edited. */
  readonly code_sha256: string
  readonly outcome: Outcome
  readonly reason: Reason
  readonly error?: { readonly name: string; readonly value: string; readonly line?: number }
  readonly state: State
  /** The run's: goes on counting over sessions that were lost. */
  readonly generation: number
  readonly executor: string
  readonly usage: {
    readonly queued_ms: number
    readonly wall_ms: number
    readonly cpu_ms?: number
    readonly tool_ms: number
    readonly peak_memory_bytes?: number
  }
}

/** What a step tells while it grows. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thought_summary'; readonly text: string }
  | { readonly type: 'thought_signature'; readonly signature: string }
  /** Code where it streams … */
  | { readonly type: 'code_delta'; readonly text: string }
  /** … otherwise the whole code once, never both. */
  | { readonly type: 'code_execution_call'; readonly arguments: { readonly code: string; readonly language: string } }
  | { readonly type: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display'; readonly display: Display }
  /** Media in a `model_output`. */
  | {
      readonly type: 'image' | 'audio' | 'video' | 'document'
      readonly mime_type: string
      readonly data?: string
      readonly uri?: string
    }
  | {
      readonly type: 'file'
      readonly path: string
      readonly change: 'created' | 'modified' | 'deleted'
      readonly size: number
      readonly mime_type?: string
      readonly sha256?: string
    }
  | { readonly type: 'execution_status'; readonly status: string; readonly detail?: string }

/** What is known of a step when it begins. */
export function headOf(step: Step): StepHead {
  switch (step.type) {
    case 'user_input':
    case 'thought':
    case 'model_output':
      return { type: step.type }
    case 'code_execution_call':
      return { type: step.type, id: step.id, regeneration: step.regeneration, host: step.host }
    case 'code_execution_result':
      return { type: step.type, call_id: step.call_id }
    case 'function_call':
      return { type: step.type, id: step.id, name: step.name }
    case 'function_result':
      return { type: step.type, call_id: step.call_id, name: step.name }
  }
}

// The one place where the ports' camelCase becomes the told snake_case.

/** A result as it stands in the summary. */
export function recordOf(
  result: ExecutionResult,
  more: Pick<ExecutionRecord, 'index' | 'call_id' | 'regeneration' | 'code_sha256' | 'executor' | 'generation'>,
): ExecutionRecord {
  const { usage, error } = result
  return {
    ...more,
    outcome: result.outcome,
    reason: result.reason,
    state: result.state,
    ...(error && { error: { name: error.name, value: error.value, ...(error.line !== undefined && { line: error.line }) } }),
    usage: {
      queued_ms: toMicroseconds(usage.queuedMs),
      wall_ms: toMicroseconds(usage.wallMs),
      tool_ms: toMicroseconds(usage.toolMs),
      ...(usage.cpuMs !== undefined && { cpu_ms: toMicroseconds(usage.cpuMs) }),
      ...(usage.peakMemoryBytes !== undefined && { peak_memory_bytes: usage.peakMemoryBytes }),
    },
  }
}

/** A time as a person reads it: clocks give more digits than they know. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** What an executor tells, as a delta of the result step. */
export function deltaOf(event: ExecutorEvent): Delta {
  switch (event.type) {
    case 'stdout':
    case 'stderr':
      return { type: event.type, text: event.text }
    case 'display':
      return { type: 'display', display: event.display }
    case 'file':
      return fileDelta(event.file)
    case 'status':
      return { type: 'execution_status', status: event.status, ...(event.detail !== undefined && { detail: event.detail }) }
  }
}

function fileDelta(file: FileChange): Delta {
  return {
    type: 'file',
    path: file.path,
    change: file.change,
    size: file.size,
    ...(file.mimeType !== undefined && { mime_type: file.mimeType }),
    ...(file.sha256 !== undefined && { sha256: file.sha256 }),
  }
}

/** The text of a result, in Gemini's form of 2026 (gemini-wire.md 3.2 b): stdout alone, stderr alone, or both with labels. */
export function resultOutput(result: ExecutionResult): string {
  const { stdout, stderr } = result
  const errors = [stderr, result.error?.traceback ?? ''].filter(Boolean).join('\n')
  if (!errors) return stdout
  return stdout ? `stdout: ${stdout}\n\nstderr: ${errors}` : errors
}
