import type { Decision } from './approval.ts'
import { InterloopError } from './errors.ts'
import type { EventOf, EventType, LoopEvent } from './events.ts'
import type { Content } from './model.ts'
import type { Summary } from './summary.ts'

/** One prompt from start to summary, read in three ways from one stream: listeners, readers, promises. It starts in a microtask. */
export interface Run extends AsyncIterable<LoopEvent> {
  readonly id: string
  /** Listeners hear from when they were added. One that throws or rejects changes nothing in the run or for others. */
  on<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  once<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  off<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  /** The whole run from its first event, or from the one after `after` (a `seq`), for each reader at its own pace, also a late one. Leaving it does not stop the run. */
  events(options?: { readonly after?: number | undefined }): AsyncIterable<LoopEvent>
  [Symbol.asyncIterator](): AsyncIterator<LoopEvent, void, void>
  /** Never rejects. */
  readonly summary: Promise<Summary>
  /** The answer. Rejects with `RunError` where `status` is not `completed`; not asked for, it rejects nowhere. */
  readonly text: Promise<string>
  /** What this run added to the conversation, verbatim, the user's turn included. */
  readonly contents: Promise<readonly Content[]>
  /** The bytes of one of the summary's outputs, also after the end. At most 32 MiB a run are kept; one beyond is an error here. */
  output(id: string): Promise<Uint8Array>
  /** Ends the run as `cancelled`. */
  abort(reason?: unknown): void
  /** Answers `loop.approval_required`. Throws `OptionsError` where no such approval is waited for, or the decision cannot be. */
  resolve(approvalId: string, decision: Decision): void
  /** Adds a user's text to the next request. Throws `OptionsError` where it is empty, or the run has ended. */
  steer(text: string): void
  /** Aborts what has not ended, and waits for the end. */
  [Symbol.asyncDispose](): Promise<void>
}

/** What `run.text` rejects with. `cause` is the `ModelError` or `ExecutorError` itself, where there is one. */
export class RunError extends InterloopError {
  readonly code = 'run_not_completed'
  readonly summary: Summary

  constructor(summary: Summary, cause?: unknown) {
    const { error, finish, status } = summary
    const why = error
      ? `${error.message}${error.hint ? ` ${error.hint}` : ''}`
      : `It ended with ${finish.reason}${finish.detail ? ` (${finish.detail})` : ''}.`
    super('RunError', `The run ${summary.id} is ${status}. ${why}`, cause)
    this.summary = summary
  }

  static override is(error: unknown): error is RunError {
    return InterloopError.is(error) && error.name === 'RunError'
  }
}
