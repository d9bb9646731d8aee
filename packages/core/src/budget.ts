import type { Told } from './events.ts'
import type { Progress } from './progress.ts'

/** What a run may use; what is left out is not limited. A used-up budget brings one closing call (design.md 8.12). */
export interface Budgets {
  /** Requests to the model, exact, beside the closing call. @default 32 */
  readonly modelCalls?: number | undefined
  /** Programs, exact. @default 32 */
  readonly executions?: number | undefined
  /** Calls of the caller's tools, exact. */
  readonly toolCalls?: number | undefined
  /** Of all model calls; overrun by at most the call in which they ran out, and the closing call. */
  readonly tokens?: number | undefined
  /** Milliseconds. What is left bounds each model call and execution; the closing call has 15 s of its own. */
  readonly wallMs?: number | undefined
}

/** What is said nowhere: no run goes on for ever. */
export const DEFAULT_BUDGETS: Budgets = { modelCalls: 32, executions: 32 }

/** Of the closing call, where the wall clock has run out (design.md 8.12). */
const CLOSING_MS = 15_000

type BudgetTold = Extract<Told, { readonly event_type: 'loop.budget' }>

/** The first budget that has no room for one more; asked before the call is made, so that nothing is spent that is not there. */
export function exhausted(
  progress: Progress,
  budgets: Budgets,
  nowMs: number,
  wanted: 'model_call' | 'execution' | 'tool_call',
): BudgetTold | undefined {
  const tokens = progress.modelCalls.reduce((total, call) => total + call.usage.total, 0)
  const elapsedMs = nowMs - progress.startedMs
  const rows: readonly Row[] = [
    wanted === 'execution'
      ? ['executions', progress.executions.length, 1]
      : wanted === 'tool_call'
        ? ['toolCalls', progress.toolCalls, 1]
        : ['modelCalls', progress.modelCalls.length, 1],
    ...(wanted === 'model_call' ? [['tokens', tokens, nextTokens(progress)] as const] : []),
    ['wallMs', elapsedMs, 1],
  ]
  for (const [name, used, next] of rows) {
    const limit = budgets[name]
    if (limit !== undefined && used + next > limit) return { event_type: 'loop.budget', name, used: Math.round(used), limit }
  }
  return undefined
}

/** What a budget has used, and what the next call is taken to need. */
type Row = readonly [name: keyof Budgets, used: number, next: number]

/** The next call is taken to cost what the last one did: its input is sent again, and an answer comes on top. Before the first one nothing is known. */
function nextTokens({ modelCalls }: Progress): number {
  const last = modelCalls.at(-1)
  return last ? last.usage.input + last.usage.output : 0
}

/** Milliseconds that a model call or an execution may still take; `undefined` where time is not limited. */
export function leftMs(progress: Progress, budgets: Budgets, nowMs: number): number | undefined {
  if (budgets.wallMs === undefined) return undefined
  if (progress.closing) return CLOSING_MS
  return Math.max(0, progress.startedMs + budgets.wallMs - nowMs)
}
