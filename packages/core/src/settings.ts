import type { Approve } from './approval.ts'
import type { Budgets } from './budget.ts'
import type { LoopEvent } from './events.ts'
import type { Executor, FileInput, Limits, Session, SessionRef } from './executor.ts'
import type { Content, Model } from './model.ts'
import type { PrepareStep } from './prepare-step.ts'
import type { Tool } from './tool.ts'

/** What may be said for all runs of a loop, and otherwise for one run or one chat. `limits`, `budgets` and `config` are laid over each other member by member; all else is replaced. */
export interface Settings {
  readonly executor?: Executor | undefined
  /** Added to what core tells the model. */
  readonly instructions?: string | undefined
  /**
   * How code is asked for: `function` declares `run_python`; `native` declares Google's own tool, whose code Google runs; `fenced`
   * takes fenced blocks out of text; `auto` is `function` and, after two repairs in a row, `fenced`; `off`: no code in this run.
   * @default 'auto'
   */
  readonly interception?: 'auto' | 'function' | 'native' | 'fenced' | 'off' | undefined
  /** 0 to 5, as Google documents; 0 switches regeneration off, more is an `OptionsError`. @default 5 */
  readonly maxRegenerations?: number | undefined
  readonly limits?: Limits | undefined
  readonly budgets?: Budgets | undefined
  /** In every session; the model is told of them. */
  readonly files?: readonly FileInput[] | undefined
  /** The caller's functions, for the model. */
  readonly tools?: readonly Tool[] | undefined
  /** Google's own, declared as they are beside `run_python`: `{ googleSearch: {} }`. A pair that the model refuses is an `OptionsError` (gemini-wire.md 3.8). */
  readonly modelTools?: readonly Readonly<object>[] | undefined
  readonly approve?: Approve | undefined
  /** How long a run waits for an approval, milliseconds; after it the run ends as `requires_action`. @default 60000 */
  readonly approvalWaitMs?: number | undefined
  readonly prepareStep?: PrepareStep | undefined
  /** Passed through to the model, the SDK's `GenerateContentConfig` fits: temperature, thinkingConfig, safetySettings, responseSchema, cachedContent, labels … */
  readonly config?: Readonly<object> | undefined
  /** The model is shown the value of the last expression. @default true */
  readonly echoValue?: boolean | undefined
  /** Of each stream of a success that the model is shown, head and tail; what is left out is counted. @default 20000 */
  readonly echoChars?: number | undefined
}

/** Is told when a listener throws or rejects. */
export type OnListenerError = (error: unknown, event: LoopEvent) => void

/** What a loop is made of: its model, its executor, and the settings of all its runs. */
export interface LoopOptions extends Settings {
  readonly model: Model
  readonly executor: Executor
  /** Is told when a listener of a run throws or rejects. */
  readonly onListenerError?: OnListenerError | undefined
}

/** What may be said for one run alone. */
export interface RunOptions extends Settings {
  /** Ends the run as `cancelled`. */
  readonly signal?: AbortSignal | undefined
  /** A session of the caller's: used, not disposed. */
  readonly session?: Session | undefined
  /** Handed to tools, `approve` and `prepareStep`: who is asking. */
  readonly context?: unknown
}

/** What may be said for one chat, for all its runs. */
export interface ChatOptions extends Omit<RunOptions, 'signal' | 'session'> {
  /** What was said before, in Gemini's own shapes. */
  readonly history?: readonly Content[] | undefined
  /** A reference is resumed where the executor can; without it the model is told that variables are gone (design.md 8.7). */
  readonly session?: Session | SessionRef | undefined
}
