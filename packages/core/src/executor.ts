/// <reference lib="esnext.disposable" preserve="true" />
// Kept in the declarations, for users who compile against libraries without `Symbol.asyncDispose`.

// The executor port. Who has read this file can write an executor; what it promises beyond types is tested by
// `describeExecutor` in `@interloop/core/testing/contract`. All that an executor tells is plain data.

/** Gemini's wire values, kept verbatim. */
export type Outcome = 'OUTCOME_OK' | 'OUTCOME_FAILED' | 'OUTCOME_DEADLINE_EXCEEDED'

/** Why the program ended. OK: `completed`, and `exit` with code 0. DEADLINE_EXCEEDED: `deadline`. FAILED: all else. */
export type Reason =
  | 'completed'
  | 'exception'
  | 'syntax_error'
  | 'exit'
  | 'deadline'
  | 'memory'
  /** Went beyond the hard output limit and was stopped; output beyond the retained part alone is only counted. */
  | 'output_limit'
  /** The interpreter died while the program ran. */
  | 'crashed'
  /** It asked the host for what it may not have. */
  | 'violation'
  /** The caller's signal. */
  | 'aborted'

/** What became of the variables: kept; restored to what they were before this execution; lost. Never guessed. */
export type State = 'kept' | 'restored' | 'lost'

/** enforced: holds by test; advisory: passed on, not guaranteed; none: ignored, and said so. */
export type Strength = 'enforced' | 'advisory' | 'none'

/** What a program may use. Sizes in bytes, times in milliseconds; a missing member has its default. */
export interface Limits {
  /** The program's own time from its first line; queueing, host tools and approvals excluded. @default 30000 (Google's documentation) */
  readonly wallMs?: number | undefined
  readonly cpuMs?: number | undefined
  /** Of the interpreter; files come on top. A request may only lower what its session has. @default 512 MiB */
  readonly memoryBytes?: number | undefined
  /** Retained per stream, head and tail; what is beyond is dropped and counted. @default 1 MiB */
  readonly outputBytes?: number | undefined
  /** The program is stopped beyond it (`output_limit`). @default 256 MiB */
  readonly outputHardBytes?: number | undefined
  /** Of the displays of one execution; what is beyond is counted. @default 8 MiB */
  readonly displayBytes?: number | undefined
  /** All files of a session. @default 128 MiB in memory, 1 GiB on a disk */
  readonly fileBytes?: number | undefined
  /** Number of files of a session. @default 20000 */
  readonly files?: number | undefined
  /** More is an `ExecutorError` `too_large`. @default 8 MiB */
  readonly sourceBytes?: number | undefined
  /** Of host tools, by one execution; more raise `ToolError` in Python. @default 5000 */
  readonly toolCalls?: number | undefined
}

/** Where a program runs, from weakest to strongest; design.md 12 says what each promises. */
export type Isolation = 'none' | 'thread' | 'process' | 'sandbox' | 'container' | 'vm' | 'unknown'

/** What is true of an executor. Declared, and measured by the contract suite. */
export interface Capabilities {
  /** Of the executor itself. */
  readonly version: string
  readonly languages: readonly string[]
  /** Told to the model: `CPython 3.14.2`. */
  readonly runtime: string
  readonly isolation: Isolation
  /** How well each limit holds; a limit that is not named is `none`. */
  readonly limits: { readonly [K in keyof Limits]?: Strength | undefined }
  /** Longest time from abort or deadline to a settled result, milliseconds, grace and kill included. */
  readonly stopMs: number
  /** The same idempotency key twice in one session runs once. */
  readonly idempotent: boolean
  /** Python in it can call host tools. */
  readonly tools: boolean
  readonly network: 'none' | 'allowlist' | 'open' | 'unknown'
  /** Distribution and import names that are there; told to the model from here, never from a list in a prompt. */
  readonly packages: readonly {
    readonly name: string
    readonly version?: string | undefined
    readonly imports?: readonly string[] | undefined
  }[]
  readonly snapshots: 'none' | 'files' | 'full'
  /** What a person who chooses this executor should know. */
  readonly notes?: readonly string[] | undefined
}

/** What can run code: it makes sessions. Who creates one disposes it; one that is idle keeps no process alive. */
export interface Executor {
  readonly specVersion: 1
  readonly name: string
  /** Final once `prepare` has settled; an executor at a distance says `unknown` before. */
  readonly capabilities: Capabilities
  /** A fresh interpreter. Rejects with `ExecutorError`, also when the signal aborts. */
  createSession(options?: SessionOptions): Promise<Session>
  /** Ends what it started, sessions included. Safe to call twice. */
  [Symbol.asyncDispose](): Promise<void>
  /** From `Session.ref` or `Session.snapshot()`, also in another process. Throws `session_lost`. */
  resumeSession?(ref: SessionRef, options?: SessionOptions): Promise<Session>
  /** Loads what is slow, learns the capabilities; safe to call often. A run awaits it before its first request to the model. */
  prepare?(options?: {
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
  }): Promise<void>
}

/** How far a preparation is; `fraction` from 0 to 1. */
export interface PrepareProgress {
  readonly phase: string
  readonly fraction?: number | undefined
  readonly detail?: string | undefined
}

/** What a session is opened with. */
export interface SessionOptions {
  readonly limits?: Limits | undefined
  /** There before the first program. */
  readonly files?: readonly FileInput[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** A session that can be had again; plain JSON, to be kept in a database. `data` is base64. */
export interface SessionRef {
  readonly executor: string
  readonly id: string
  readonly generation: number
  readonly data?: string | undefined
}

/** One interpreter with its variables and files. One execution at a time; a second one waits. The one who created it disposes it. */
export interface Session {
  readonly id: string
  /** 1 at first; one more each time variables were lost or reset. */
  readonly generation: number
  /**
   * Runs one program. What the program did is the result, a failure too; `ExecutorError` where the machinery failed.
   * An abort resolves, with reason `aborted`. A key that this session has seen returns the stored result and runs nothing.
   */
  execute(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult>
  readonly files: SessionFiles
  /** Ends a running program too. Safe to call twice. */
  [Symbol.asyncDispose](): Promise<void>
  /** Where they differ from the executor's: after a move. */
  readonly capabilities?: Capabilities | undefined
  /** This live session, cheap, also while a program runs. `resumeSession` takes it over, and the owner before is fenced. */
  readonly ref?: SessionRef | undefined
  /** A fresh interpreter and an empty working folder, with the files of `createSession` again. Waits for its turn; `generation` rises. */
  reset?(): Promise<void>
  /** The state, to go on from any number of times. */
  snapshot?(): Promise<SessionRef>
}

/** Files of a session's working folder. Served inside the interpreter's confinement; regular files only. */
export interface SessionFiles {
  put(file: FileInput): Promise<void>
  /** Throws `ExecutorError` `not_found`. */
  read(path: string): Promise<Uint8Array>
  list(): Promise<readonly { readonly path: string; readonly size: number }[]>
  /** A path that is not there is no error. */
  remove(path: string): Promise<void>
}

/** A file for the working folder. Paths are relative to it; `..`, absolute paths and NUL are refused by core before an executor sees them. */
export interface FileInput {
  readonly path: string
  readonly content: Uint8Array | string
  readonly mimeType?: string | undefined
  /** Further names of the same file, `input_file_0.csv`: linked or copied by the executor, sent once. */
  readonly aliases?: readonly string[] | undefined
}

/** One program, and how it is to be run. */
export interface ExecutionRequest {
  /** Id of the `code_execution_call` step. */
  readonly id: string
  readonly code: string
  readonly language: string
  readonly limits?: Limits | undefined
  readonly files?: readonly FileInput[] | undefined
  readonly idempotencyKey: string
}

/** What a program may use of its host while it runs. */
export interface ExecutionContext {
  readonly signal: AbortSignal
  /** Ordered, synchronous, never throws. */
  emit(event: ExecutorEvent): void
  /** Validation, approval and budgets live in core. Rejects with what Python raises as `ToolError`. */
  callTool(call: { readonly id: string; readonly name: string; readonly arguments: unknown }): Promise<unknown>
}

/** What an execution tells while it goes on, in order. */
export type ExecutorEvent =
  | {
      readonly type: 'status'
      readonly status: 'queued' | 'preparing' | 'running' | 'waiting_tool' | 'interrupting' | 'killed'
      readonly detail?: string | undefined
    }
  | { readonly type: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display'; readonly display: Display }
  | { readonly type: 'file'; readonly file: FileChange }

/** What became of a program. */
export interface ExecutionResult {
  readonly outcome: Outcome
  readonly reason: Reason
  /** Head and tail, at most `limits.outputBytes`; what lies between is counted in `dropped`. */
  readonly stdout: string
  readonly stderr: string
  readonly dropped?:
    | {
        readonly stdoutBytes?: number | undefined
        readonly stderrBytes?: number | undefined
        readonly displays?: number | undefined
        readonly files?: number | undefined
      }
    | undefined
  /** The last expression; absent when it is None. */
  readonly value?: Display | undefined
  readonly displays: readonly Display[]
  readonly files: readonly FileChange[]
  readonly error?: CodeError | undefined
  readonly exitCode?: number | undefined
  readonly state: State
  /** Of the session, after this execution. */
  readonly generation: number
  /** Milliseconds; `wallMs` is the program's own time. */
  readonly usage: {
    readonly queuedMs: number
    readonly wallMs: number
    readonly cpuMs?: number | undefined
    readonly toolMs: number
    readonly peakMemoryBytes?: number | undefined
  }
  readonly warnings?: readonly string[] | undefined
  /** The session is in another place from now on (`withFallback`). */
  readonly moved?: Moved | undefined
}

/** Why a session moved to another executor: a package that is not there, the reasons `memory` and `output_limit`, an `ExecutorError` `unavailable`. */
export type MoveCause = 'missing_package' | 'memory' | 'limit' | 'unavailable'

/** How a session came to another executor (remote.md 9). */
export interface Moved {
  /** Names of the executors. */
  readonly from: string
  readonly to: string
  readonly cause: MoveCause
  /** rebuilt: the programs before ran again there, and were found equal. lost: the new session has the files alone. */
  readonly variables: 'rebuilt' | 'lost'
  /** Where the program that caused it ran last. */
  readonly ran: 'first' | 'second'
}

/** A Jupyter MIME bundle: text, or base64 for binary types; `text/plain` where there is one. */
export interface Display {
  readonly data: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A file that a program made, changed or removed. Its bytes come by `Session.files.read(path)`. */
export interface FileChange {
  readonly path: string
  readonly change: 'created' | 'modified' | 'deleted'
  readonly size: number
  readonly sha256?: string | undefined
  readonly mimeType?: string | undefined
}

/** What a program raised. */
export interface CodeError {
  /** `ZeroDivisionError` */
  readonly name: string
  /** `division by zero` */
  readonly value: string
  /** The user's frames only, no colours. */
  readonly traceback: string
  /** Of the program, where the innermost of its own frames stood; from 1. */
  readonly line?: number | undefined
  /** Where an import failed: the module that is not there. */
  readonly missingModule?: string | undefined
}
