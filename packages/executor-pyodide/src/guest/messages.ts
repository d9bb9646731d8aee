import type { Display, FileChange, Limits, Ran } from '@interloop/core/executor'

/** What a parent asks of its guest. A program is named by its `number`, from 1; everything that is answered by an `ask`. */
export type Request =
  /** Begins a session in an interpreter that was warm: it is seeded anew. First of all, and answered with `done`. */
  | { readonly type: 'open'; readonly ask: number; readonly limits: GuestLimits }
  /** Runs a program; `limits` are whole. Answered with `ended`, `violated` or `crashed`. */
  | { readonly type: 'execute'; readonly number: number; readonly code: string; readonly limits: GuestLimits }
  /** What came of a tool call. */
  | { readonly type: 'answer'; readonly number: number; readonly id: string; readonly value?: unknown; readonly error?: string }
  /** The time of a `wake` is over. */
  | { readonly type: 'woken'; readonly id: number }
  | FileRequest
  /** A part of the content of a `put`. */
  | { readonly type: 'piece'; readonly ask: number }
  /** A fresh interpreter and an empty working folder. Answered with `done`. */
  | { readonly type: 'reset'; readonly ask: number }

/** One file operation. `size` bytes of content follow a `put` in pieces; `read` is answered with pieces and `done`, `list` with pages and `done`. */
export type FileRequest =
  | { readonly type: 'put'; readonly ask: number; readonly paths: readonly string[]; readonly size: number }
  | { readonly type: 'read' | 'remove'; readonly ask: number; readonly path: string }
  | { readonly type: 'list'; readonly ask: number }

/** The limits that a guest holds itself. Bytes and milliseconds. */
export type GuestLimits = Pick<
  Limits,
  'wallMs' | 'memoryBytes' | 'outputBytes' | 'outputHardBytes' | 'displayBytes' | 'fileBytes' | 'files' | 'toolCalls'
>

/** What a guest tells its parent. Nothing of it is trusted: `checkMessage` looks at each. */
export type Message = Ready | Progress | ToolCall | Wake | Files | Ended | Fault | FileAnswer

/** The interpreter is there. */
export interface Ready {
  readonly type: 'ready'
  /** Bytes of the interpreter's memory. */
  readonly memoryBytes: number
}

/** What a program tells while it runs, in order. */
export type Progress =
  | { readonly type: 'stdout' | 'stderr'; readonly number: number; readonly text: string }
  | { readonly type: 'display'; readonly number: number; readonly display: Display }
  | {
      readonly type: 'status'
      readonly number: number
      readonly status: 'interrupting'
      readonly detail: 'deadline' | 'output_limit' | 'aborted'
    }

/** A program calls a tool of the host; `arguments` is JSON. */
export interface ToolCall {
  readonly type: 'call'
  readonly number: number
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** Asks for `woken` after that many milliseconds; a later one takes the place of an earlier one. */
export interface Wake {
  readonly type: 'wake'
  readonly id: number
  readonly ms: number
}

/** Some of the files that a program changed; told before `ended`, in pages. */
export interface Files {
  readonly type: 'files'
  readonly number: number
  readonly files: readonly FileChange[]
}

/** A program is over, and its interpreter is there for the next. */
export interface Ended {
  readonly type: 'ended'
  readonly number: number
  readonly ran: Ran
}

/** A program ended its interpreter: the last that this guest tells. */
export interface Fault {
  readonly type: 'fault'
  readonly number: number
  /** `violation`: it asked for an import that it may not have, which `detail` names. */
  readonly reason: 'violation' | 'crashed' | 'memory'
  readonly detail: string
}

/** About a file operation, `open` or `reset`; `piece` and `listed` may come more than once, `done` and `failed` end it. */
export type FileAnswer = { readonly ask: number } & (
  | { readonly type: 'piece' | 'done' }
  | { readonly type: 'listed'; readonly files: readonly ListedFile[] }
  | { readonly type: 'failed'; readonly code: 'not_found' | 'too_large' | 'internal'; readonly message: string }
)

/** A file of the working folder. */
export interface ListedFile {
  readonly path: string
  readonly size: number
}
