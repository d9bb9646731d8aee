import { InterloopError } from '../errors.ts'

/**
 * Why a streamed run could not be read to its end. `refused`: the answer's status is no success; `not_events`: something else came
 * (an HTML page); `malformed`: an event that cannot be read; `line_broken`: the stream ended before the run did.
 */
export type StreamErrorCode = 'refused' | 'not_events' | 'malformed' | 'line_broken'

/** What `fromResponse` throws. */
export class StreamError extends InterloopError {
  readonly code: StreamErrorCode
  /** HTTP status, where there was an answer. */
  readonly status?: number
  /** The last event that was read; a reader can go on after it. */
  readonly after?: number

  constructor(
    code: StreamErrorCode,
    message: string,
    more: { readonly status?: number | undefined; readonly after?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super('StreamError', message, more.cause)
    this.code = code
    if (more.status !== undefined) this.status = more.status
    if (more.after !== undefined) this.after = more.after
  }

  static override is(error: unknown): error is StreamError {
    return InterloopError.is(error) && error.name === 'StreamError'
  }
}
