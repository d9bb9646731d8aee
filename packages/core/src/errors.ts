/** Why an executor could not do its work; what a program did wrong is never one of these. */
export type ExecutorErrorCode =
  | 'unavailable'
  | 'overloaded'
  | 'session_lost'
  | 'protocol'
  | 'unsupported'
  | 'too_large'
  | 'unauthorized'
  | 'not_found'
  | 'closed'
  | 'internal'

/** Why a model could not be asked, or gave no answer. */
export type ModelErrorCode =
  | 'key_missing'
  | 'key_invalid'
  | 'permission'
  | 'misconfigured'
  | 'model_not_found'
  | 'quota_day'
  | 'quota_minute'
  | 'overloaded'
  | 'invalid_request'
  | 'blocked'
  | 'timeout'
  | 'network'
  | 'protocol'

/** Every code that can stand in an `error` event or a summary. `invalid_option` is an `OptionsError` that only the run could find. */
export type ErrorCode = ExecutorErrorCode | ModelErrorCode | 'invalid_option' | 'host_error' | 'bug'

/** An error as data, told in `error` events and in the summary. */
export interface ErrorInfo {
  readonly code: ErrorCode
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  readonly retryable: boolean
  readonly retry_after_ms?: number
  /** `host` is the embedding program: a hook or a tool of the caller. */
  readonly origin: 'model' | 'executor' | 'host' | 'loop'
}

const KIND = Symbol.for('@interloop/error')

/** The base of all errors of Interloop: a stable `code`, and the `cause` where there is one. */
export abstract class InterloopError extends Error {
  abstract readonly code: string

  protected constructor(kind: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = kind
    // Two copies of core may be loaded in one process; a registered symbol is the same in both, a class is not.
    Object.defineProperty(this, KIND, { value: kind })
  }

  /** Whether a value is an error of Interloop; also true for those of another copy of core, unlike `instanceof`. */
  static is(error: unknown): error is InterloopError {
    return kindOf(error) !== undefined
  }
}

function kindOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? (error as { readonly [key: symbol]: unknown })[KIND] : undefined
}

/** An option cannot be right. Thrown at once by the call that was given it; the message names option, rule and value. */
export class OptionsError extends InterloopError {
  readonly code = 'invalid_option'
  /** The option's name, as the caller writes it: `budgets.tokens`. */
  readonly option: string

  constructor(option: string, message: string) {
    super('OptionsError', message)
    this.option = option
  }

  static override is(error: unknown): error is OptionsError {
    return kindOf(error) === 'OptionsError'
  }
}

/** The model could not be asked, or refused. `hint` says what to do. */
export class ModelError extends InterloopError {
  readonly code: ModelErrorCode
  /** The same request may get through later. @default false */
  readonly retryable: boolean
  /** How long the server asks to wait, milliseconds. */
  readonly retryAfterMs?: number
  readonly hint: string

  constructor(
    code: ModelErrorCode,
    message: string,
    init: {
      readonly hint: string
      readonly retryable?: boolean | undefined
      readonly retryAfterMs?: number | undefined
      readonly cause?: unknown
    },
  ) {
    super('ModelError', message, init.cause)
    this.code = code
    this.retryable = init.retryable ?? false
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs
    this.hint = init.hint
  }

  static override is(error: unknown): error is ModelError {
    return kindOf(error) === 'ModelError'
  }
}

/** The machinery that runs programs failed; what a program did is a result instead. */
export class ExecutorError extends InterloopError {
  readonly code: ExecutorErrorCode
  /** @default false */
  readonly retryable: boolean
  /** All variables of the session are gone. @default true for `session_lost`, otherwise false */
  readonly stateLost: boolean
  /** Whether the program began to run; `no` is said only where it is certain. @default 'unknown' */
  readonly started: 'no' | 'yes' | 'unknown'
  /** How long the server asks to wait, milliseconds. */
  readonly retryAfterMs?: number

  constructor(
    code: ExecutorErrorCode,
    message: string,
    init: {
      readonly retryable?: boolean | undefined
      readonly stateLost?: boolean | undefined
      readonly started?: 'no' | 'yes' | 'unknown' | undefined
      readonly retryAfterMs?: number | undefined
      readonly cause?: unknown
    } = {},
  ) {
    super('ExecutorError', message, init.cause)
    this.code = code
    this.retryable = init.retryable ?? false
    this.stateLost = init.stateLost ?? code === 'session_lost'
    this.started = init.started ?? 'unknown'
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs
  }

  static override is(error: unknown): error is ExecutorError {
    return kindOf(error) === 'ExecutorError'
  }
}

/** Longest wait that a server may ask for, milliseconds; beyond it the error is told instead of a retry (design.md 4). */
export const LONGEST_WAIT_MS = 60_000

const causes = new WeakMap<ErrorInfo, unknown>()

/** The error itself, of which an `ErrorInfo` of this process tells. */
export function causeOf(info: ErrorInfo): unknown {
  return causes.get(info)
}

/** Any failure as data. What is no error of ours is the executor's `internal`, the model's `protocol`, the host's `host_error`, or a `bug`. */
export function errorInfo(error: unknown, origin: ErrorInfo['origin']): ErrorInfo {
  const info = infoOf(error, origin)
  causes.set(info, error)
  return info
}

function infoOf(error: unknown, origin: ErrorInfo['origin']): ErrorInfo {
  if (ModelError.is(error)) {
    const { code, message, hint, retryable, retryAfterMs } = error
    return {
      code,
      message,
      ...(hint && { hint }),
      retryable,
      origin: 'model',
      ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    }
  }
  if (ExecutorError.is(error)) {
    const { code, message, retryable, retryAfterMs } = error
    return { code, message, retryable, origin: 'executor', ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (OptionsError.is(error)) return { code: error.code, message, retryable: false, origin }
  return { code: UNKNOWN[origin], message, retryable: false, origin }
}

const UNKNOWN: Readonly<Record<ErrorInfo['origin'], ErrorCode>> = {
  model: 'protocol',
  executor: 'internal',
  host: 'host_error',
  loop: 'bug',
}
