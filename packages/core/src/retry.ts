import pRetry from 'p-retry'
import { ExecutorError, LONGEST_WAIT_MS, ModelError } from './errors.ts'

/** A request is about to be sent again. */
export interface Retry {
  /** 1 for the first retry. */
  readonly attempt: number
  /** How long it is waited before it, milliseconds. */
  readonly delayMs: number
  /** Of the error that the attempt before ended with. */
  readonly code: string
}

/** How often and how patiently a request is sent again. */
export interface RetryOptions {
  /** At most so many retries. */
  readonly retries: number
  /** Retries that this request has had before; they count. @default 0 */
  readonly retried?: number | undefined
  /** Its abort ends an attempt's wait at once. */
  readonly signal: AbortSignal
  /** Time and chance, handed in by tests. @default a timer, `Math.random` */
  readonly clock?: RetryClock | undefined
}

/** What retries need of the world. */
export interface RetryClock {
  /** Resolves after that time, milliseconds; rejects when the signal aborts. */
  wait(delayMs: number, signal: AbortSignal): Promise<void>
  /** From 0 to below 1. */
  random(): number
}

/**
 * The same request again, because it did not get through. Errors that say `retryable` are retried: after the time that the server asks for,
 * otherwise after 0.5 s, doubled each time up to 8 s, plus up to as much again by chance. Each retry is yielded before its wait; the value of the attempt that
 * succeeds is returned. Throws the error of the last attempt, or the reason of the abort.
 */
export async function* retrying<Value>(attempt: () => Promise<Value>, options: RetryOptions): AsyncGenerator<Retry, Value, void> {
  const { retries, retried = 0, signal, clock = CLOCK } = options
  let next = Promise.withResolvers<Notice>()
  const done = pRetry(attempt, {
    retries: Math.max(0, retries - retried),
    signal,
    // The wait is ours: p-retry would add its own to the one that the server asks for (gemini-wire.md 1.12).
    minTimeout: 0,
    shouldRetry: ({ error }) => delayOf(error) !== undefined,
    async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
      const asked = delayOf(error)
      if (asked === undefined || retriesLeft === 0) return
      const number = retried + attemptNumber
      const delayMs = asked === 'any' ? backOff(number, clock.random()) : asked
      // Where the reader leaves instead of going on, this waits for ever, with no timer and no listener: it is only collected.
      await new Promise<void>((proceed) => next.resolve({ retry: { attempt: number, delayMs, code: codeOf(error) }, proceed }))
      await clock.wait(delayMs, signal)
    },
  })
  const settled = done.then(
    () => 'settled' as const,
    () => 'settled' as const,
  )
  for (;;) {
    const notice = await Promise.race([settled, next.promise])
    if (notice === 'settled') return done
    next = Promise.withResolvers()
    yield notice.retry
    notice.proceed()
  }
}

interface Notice {
  readonly retry: Retry
  proceed(): void
}

/** How long the server asks to wait, `any` where it does not say; nothing where the error is not to be retried. */
function delayOf(error: Error): number | 'any' | undefined {
  if (!isOurs(error) || !error.retryable) return undefined
  const { retryAfterMs = 'any' } = error
  return retryAfterMs === 'any' || retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : undefined
}

function codeOf(error: Error): string {
  return isOurs(error) ? error.code : 'bug'
}

function isOurs(error: Error): error is ModelError | ExecutorError {
  return ModelError.is(error) || ExecutorError.is(error)
}

function backOff(attempt: number, random: number): number {
  return Math.min(8_000, Math.round(500 * 2 ** (attempt - 1) * (1 + random)))
}

const CLOCK: RetryClock = { wait, random: Math.random }

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, delayMs)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
