import type { Approve, Decision } from './approval.ts'
import type { Budgets } from './budget.ts'
import type { Capabilities, ExecutionResult, Limits, PrepareProgress, Session } from './executor.ts'
import type { Mode } from './intercept/found.ts'
import type { Content, Model, ModelRequest } from './model.ts'
import type { PrepareStep } from './prepare-step.ts'
import type { Opened } from './session.ts'
import type { Step } from './steps.ts'
import type { OutputItem } from './summary.ts'
import type { Tool } from './tool.ts'

/** All that one run needs, checked and wired by create-loop.ts. The loop touches the world through it and nowhere else. */
export interface Job {
  readonly id: string
  /** From which the delimiters around output are made; chance is here and nowhere else. */
  readonly seed: string
  readonly model: Model
  readonly executor: JobExecutor
  readonly sessions: JobSessions
  readonly outputs: JobOutputs
  readonly approvals: JobApprovals
  readonly steering: {
    /** What `run.steer` brought since the last time. */
    take(): readonly string[]
    /** Whether there is something to take. */
    waiting(): boolean
  }
  readonly signal: AbortSignal
  /** What came before this prompt, in a chat. */
  readonly history: readonly Content[]
  /** What this run adds to it first, and how that is told. */
  readonly prompt: { readonly contents: readonly Content[]; readonly steps: readonly Step[] }
  /** What is wrong with what was asked, where only the run could find it. */
  readonly fault?: unknown
  readonly settings: JobSettings
  /** `RunOptions.context`: who is asking. */
  readonly context: unknown
  readonly clock: JobClock
}

/** The caller's settings, with their defaults. */
export interface JobSettings {
  readonly interception: Mode | 'auto'
  readonly instructions: string | undefined
  readonly maxRegenerations: number
  readonly limits: Limits
  readonly budgets: Budgets
  readonly tools: ReadonlyMap<string, Tool>
  readonly modelTools: readonly Readonly<object>[]
  readonly approve: Approve | undefined
  readonly approvalWaitMs: number
  readonly prepareStep: PrepareStep | undefined
  /** Without what asks for a format. */
  readonly config: Readonly<object> | undefined
  /** The whole, where it asks for a format: goes with the one call that is for it. */
  readonly formatted: Readonly<object> | undefined
  readonly echoValue: boolean
  readonly echoChars: number
}

/** The executor, as far as the loop knows it: sessions have a place of their own. */
export interface JobExecutor {
  readonly name: string
  capabilities(): Capabilities
  prepare(onProgress: (progress: PrepareProgress) => void): Promise<void>
}

/** The run's interpreter, whoever made it. */
export interface JobSessions {
  /** The run's session, made where there is none. Rejects with `ExecutorError`. */
  open(): Promise<Opened>
  /** The session is gone; the next `open` makes another. */
  lost(session: Session): void
  /** Of the run: goes on counting over sessions that were lost. */
  generation(): number
  /** Paths of the files that every new session gets. */
  inputFiles(): readonly string[]
  /** The run is over: disposes what is its own. Settles in bounded time; says what went wrong, and whether a session was closed. */
  close(): Promise<{ readonly warnings: readonly string[]; readonly closed: boolean }>
}

/** Where the files and figures of a run go. */
export interface JobOutputs {
  /** Reads what a program made, as long as there is room; the new list of all outputs. Never rejects. */
  collect(
    before: readonly OutputItem[],
    result: ExecutionResult,
    session: Session,
    callId: string,
  ): Promise<{ readonly outputs: readonly OutputItem[]; readonly warnings: readonly string[] }>
}

/** Where a run waits for a decision. */
export interface JobApprovals {
  /** The answer of `run.resolve`, or `expired` after `approvalWaitMs`. Rejects when the run is aborted. */
  wait(approvalId: string, kind: 'code' | 'tool'): Promise<Decision | 'expired'>
}

/** Time, which is handed in. */
export interface JobClock {
  /** Milliseconds, monotonic. */
  now(): number
  /** ISO 8601, UTC. */
  time(): string
  /** Rejects when the run is aborted. */
  wait(ms: number): Promise<void>
  /** A signal that aborts with the run, and after a time where one is given; `release` forgets both. */
  limit(ms: number | undefined): TimeLimit
}

/** A time that work may take. */
export interface TimeLimit {
  /** Aborts with the run, or when the time is over. */
  readonly signal: AbortSignal
  /** Settles when what hangs after that is to be let go: the executor's `stopMs` later, and a little. */
  readonly grace: Promise<void>
  expired(): boolean
  release(): void
}

/** What the caller's functions are declared as, beside `run_python`. */
export type Declared = NonNullable<ModelRequest['tools']>
