import type { Answer } from './answer.ts'
import type { Deed } from './deed.ts'
import type { Told } from './events.ts'
import type { Call, Mode } from './intercept/found.ts'
import type { Content, ModelRequest } from './model.ts'
import type { ExecutionRecord, Step, StepOf } from './steps.ts'
import type { End, Environment, ModelCall, OutputItem, PendingApproval, PendingFunction } from './summary.ts'

/** Where a run stands: everything that the next decision needs, and nothing that a decision changes in place. */
export interface Progress {
  /** On the job's clock, milliseconds. */
  readonly startedMs: number
  readonly created: string
  /** The conversation, with what came before this run. */
  readonly contents: readonly Content[]
  readonly steps: readonly Step[]
  readonly executions: readonly ExecutionRecord[]
  readonly outputs: readonly OutputItem[]
  readonly modelCalls: readonly ModelCall[]
  /** What the last answer said in the end; the summary's `output_text`. */
  readonly text: string
  readonly regenerations: number
  /** The regeneration that the next program is; 0 where the last one did not fail. */
  readonly regeneration: number
  readonly repairs: number
  readonly repairsInARow: number
  /** How often this model call was sent again, by the adapter and by us; at most `MAX_RETRIES`. */
  readonly retried: number
  /** The last answer was discarded: the same request goes out once more, after this time. */
  readonly resendMs?: number
  /** How often in a row the interpreter was lost while nothing could be run. */
  readonly lostInARow: number
  readonly mode: Mode
  /** Set when the next request is the last one, with code switched off. */
  readonly closing?: End
  /** Set when the next request is the one that carries the response schema. */
  readonly schema: boolean
  /** The last program and how it ended, and how often that came again. */
  readonly last?: { readonly step: StepOf<'code_execution_result'>; readonly repeats: number }
  /** Told once, when the executor is prepared. */
  readonly environment?: Environment
  readonly pending: { readonly approvals: readonly PendingApproval[]; readonly functions: readonly PendingFunction[] }
  readonly toolCalls: number
  readonly toolMs: number
  readonly waitingMs: number
  readonly warnings: readonly string[]
}

/** Transport retries of one model call, the adapter's and ours together (design.md 4, 8.3). */
export const MAX_RETRIES = 4

/** Repairs in a row (design.md 8.3). */
export const MAX_REPAIRS = 3

/** What a decision comes to: where the run stands then, what is told, and the end where it is one. */
export interface Decision {
  readonly progress: Progress
  readonly told: readonly Told[]
  readonly end?: End
}

/** The decision what to ask. */
export interface Asking extends Decision {
  readonly request: ModelRequest
}

/** The decision what was heard: calls to carry out, if any. */
export interface Heard extends Decision {
  readonly calls: readonly Call[]
}

/** The answer has come: its steps stand, and its content is in the conversation unless it is not to be kept. */
export function heard(progress: Progress, answer: Answer, kept: boolean): Progress {
  const usage = usageOf(answer.usage)
  const call: ModelCall = {
    index: progress.modelCalls.length + 1,
    ...(answer.responseId !== undefined && { response_id: answer.responseId }),
    ...(answer.modelVersion !== undefined && { model_version: answer.modelVersion }),
    ...(answer.finishReason !== undefined && { finish_reason: answer.finishReason }),
    ms: Math.round(answer.ms),
    usage,
    ...(Object.keys(answer.extra).length > 0 && { extra: answer.extra }),
  }
  return {
    ...progress,
    modelCalls: [...progress.modelCalls, call],
    steps: [...progress.steps, ...answer.steps],
    text: answer.text,
    ...(kept && answer.content && { contents: [...progress.contents, answer.content] }),
  }
}

function usageOf(usage: Answer['usage']): ModelCall['usage'] {
  const count = (key: string): number => (typeof usage[key] === 'number' ? usage[key] : 0)
  return {
    input: count('promptTokenCount'),
    output: count('candidatesTokenCount'),
    thought: count('thoughtsTokenCount'),
    cached: count('cachedContentTokenCount'),
    tool_use: count('toolUsePromptTokenCount'),
    total: count('totalTokenCount'),
  }
}

/** A call has been carried out, or not. */
export function done(progress: Progress, deed: Deed): Progress {
  return {
    ...progress,
    steps: deed.step ? [...progress.steps, deed.step] : progress.steps,
    executions: deed.record ? [...progress.executions, deed.record] : progress.executions,
    outputs: deed.outputs ?? progress.outputs,
    pending: {
      approvals: deed.approval ? [...progress.pending.approvals, deed.approval] : progress.pending.approvals,
      functions: deed.pendingFunction ? [...progress.pending.functions, deed.pendingFunction] : progress.pending.functions,
    },
    warnings: deed.warnings.length > 0 ? [...progress.warnings, ...deed.warnings] : progress.warnings,
    lostInARow: deed.record ? 0 : progress.lostInARow + (deed.lost ? 1 : 0),
    toolCalls: progress.toolCalls + (deed.toolCalls ?? 0),
    waitingMs: progress.waitingMs + deed.waitingMs,
    toolMs: progress.toolMs + deed.toolMs,
  }
}
