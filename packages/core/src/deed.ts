import type { Call } from './intercept/found.ts'
import type { Part } from './model.ts'
import type { ExecutionRecord, NotRun, Step } from './steps.ts'
import type { End, OutputItem, PendingApproval, PendingFunction } from './summary.ts'

/** What became of a call. */
export interface Deed {
  readonly call: Call
  /** The result step; absent where the run waits for the result. */
  readonly step?: Step
  readonly record?: ExecutionRecord
  /** For the model; absent where the run waits for it. */
  readonly reply?: Reply
  readonly notRun?: NotRun
  /** The budget that was used up. */
  readonly budget?: string
  /** All outputs of the run so far, where this deed changed them. */
  readonly outputs?: readonly OutputItem[]
  readonly approval?: PendingApproval
  readonly pendingFunction?: PendingFunction
  /** The interpreter was lost, and nothing was run. */
  readonly lost?: true
  /** 1 where it used the budget of tool calls. */
  readonly toolCalls?: number
  readonly warnings: readonly string[]
  readonly waitingMs: number
  readonly toolMs: number
  readonly end?: End
}

/** What the model is told of a call. */
export interface Reply {
  readonly value: unknown
  readonly isError: boolean
  readonly images: readonly Part[]
}

/** What most deeds have none of. */
export const nothing = { warnings: [], waitingMs: 0, toolMs: 0 } as const

const WHY: Readonly<Record<NotRun, string>> = {
  earlier_failure: 'Not run, because an earlier call of the same answer was not carried out.',
  unusable: 'Not run: this call cannot be used.',
  denied: 'Not run: the user did not allow it.',
  expired: 'Not run: nobody allowed it in time.',
  shown: 'Not run: the user only wanted to see this program, and has seen it.',
  budget: 'Not run: the budget is used up.',
  closing: 'Not run: code is switched off.',
  aborted: 'Not run: aborted.',
  unknown: 'The interpreter failed, and it is not known whether or how far this ran.',
}

/** Why a call was not run, in words; `detail` says more. */
export function whyNot(why: NotRun, detail = ''): string {
  return detail ? `${WHY[why]} ${detail}` : WHY[why]
}

/** The deed of a call that was not run: its result step says why, and so does the reply. `text` replaces the usual words. */
export function leftOut(call: Call, why: NotRun, text: string = whyNot(why)): Deed & { readonly step: Step } {
  const isError = why !== 'shown'
  const step: Step =
    call.kind === 'code'
      ? { type: 'code_execution_result', call_id: call.id, is_error: isError, result: text, not_run: why }
      : { type: 'function_result', call_id: call.id, name: call.name, is_error: isError, result: text, not_run: why }
  return { ...nothing, call, step, notRun: why, reply: { value: text, isError, images: [] } }
}
