import type { Display, FileChange, Ran } from '@interloop/core/executor'
import type { ImageParts } from '../image/image.ts'
import type { InstallFolder } from '../packages/lock.ts'

/** What a parent asks of its guest. A program is named by its `number`, from 1; everything that is answered by an `ask`. */
export type Request =
  /** The first of all: what it is to become. Answered with `ready`. */
  | Start
  /** Runs a program; `limits` are whole. Answered with `ended`. */
  | { readonly type: 'execute'; readonly number: number; readonly code: string; readonly limits: ProgramLimits }
  /** What came of a tool call. */
  | { readonly type: 'answer'; readonly number: number; readonly id: string; readonly value?: unknown; readonly error?: string }
  /** Tells a guest that waits to look which program has to stop; a busy one looks by itself (`GuestPort.stopNumber`). */
  | { readonly type: 'stop'; readonly number: number }
  /** The time of a `wake` is over. */
  | { readonly type: 'woken'; readonly id: number }
  | FileRequest
  | PackageRequest
  /** A part of the content of a `put` or an `install`. */
  | { readonly type: 'piece'; readonly ask: number }
  /** A fresh interpreter and an empty working folder. Answered with `done`. */
  | { readonly type: 'reset'; readonly ask: number }

/** What a guest is to become. */
export interface Start extends StartWishes {
  readonly type: 'start'
  readonly image: ImageParts
  /** Of the stack that V8 has for it. */
  readonly stackBytes: number
  /** A process that nothing else ties to its parent watches it by a thread of its own. */
  readonly watch: 'thread' | 'none'
}

/** One file operation. `size` bytes of content follow a `put` in pieces; `read` is answered with pieces and `done`, `list` with pages and `done`. */
export type FileRequest =
  | { readonly type: 'put'; readonly ask: number; readonly paths: readonly string[]; readonly size: number }
  | { readonly type: 'read' | 'remove'; readonly ask: number; readonly path: string }
  | { readonly type: 'list'; readonly ask: number }

/** What is done with packages, which their parent has checked. Answered with `done`. */
export type PackageRequest =
  /** Lays the files of one where programs find them; `size` bytes of its archive follow in pieces. Its libraries may be loaded: their SHA-256. */
  | {
      readonly type: 'install'
      readonly ask: number
      readonly size: number
      readonly folder: InstallFolder
      readonly libraries: readonly string[]
    }
  /** Lets the import of each of these modules fail with its reason. */
  | { readonly type: 'refuse'; readonly ask: number; readonly reasons: Readonly<Record<string, string>> }

/** What is wanted of a guest, whatever starts it. */
export interface StartWishes {
  readonly limits: StartLimits
  /** Programs are tried before it is ready, so that the first one finds the interpreter's code compiled: for one that nobody waits for. */
  readonly isRehearsed: boolean
}

/** What is fixed for a guest. Bytes. */
export interface StartLimits {
  /** Of the interpreter's memory; files are on top. */
  readonly memoryBytes: number
  readonly fileBytes: number
  readonly files: number
  /** Whether packages may come: their libraries ask for names of the interpreter that cost time. */
  readonly hasPackages?: boolean | undefined
}

/** What one program may use, whole. Bytes and milliseconds. */
export interface ProgramLimits {
  readonly wallMs: number
  /** At most what the guest was started with; never less than what is in use. */
  readonly memoryBytes: number
  readonly outputBytes: number
  readonly outputHardBytes: number
  readonly displayBytes: number
  readonly toolCalls: number
}

/** What a guest tells its parent. Nothing of it is trusted: `checkMessage` looks at each. */
export type Message = Ready | Progress | ToolCall | Waiting | Wake | Files | Ended | Answer

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

/** Whether the interpreter is blocked in waiting for tools. */
export interface Waiting {
  readonly type: 'waiting'
  readonly number: number
  readonly isWaiting: boolean
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

/** A program is over. */
export interface Ended {
  readonly type: 'ended'
  readonly number: number
  /** Without what was told before. With `state: 'lost'` the interpreter is over too, and this is the last that its guest tells. */
  readonly ran: Ran
}

/** To a request that has an `ask`; `piece` and `listed` may come more than once, `done` and `failed` end it. */
export type Answer = { readonly ask: number } & (
  | { readonly type: 'piece' | 'done' }
  | { readonly type: 'listed'; readonly files: readonly ListedFile[] }
  | { readonly type: 'failed'; readonly code: 'not_found' | 'too_large' | 'internal'; readonly message: string }
)

/** A file of the working folder. */
export interface ListedFile {
  readonly path: string
  readonly size: number
}
