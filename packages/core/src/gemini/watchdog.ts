import { ModelError } from '../errors.ts'

/** Ends one attempt when the caller aborts or the server is silent for too long. */
export interface Watchdog {
  /** For `fetch`: aborts with the caller's signal and with a time-out. */
  readonly signal: AbortSignal
  /** From now on waiting may last so long, milliseconds, and never beyond the whole call. */
  allow(limitMs: number, name: string): void
  /** Waits for the server. Rejects at once with the caller's reason or with a `ModelError` `timeout`, whatever the promise does. */
  wait<Value>(promise: Promise<Value>): Promise<Value>
  /** Ends the watch, with no timer and no listener left. What is left early is aborted, so that its connection closes; a complete answer is not, because that costs 0.2 ms. */
  stop(early: boolean): void
}

/** A watch over one attempt, which may last `callMs` in all. One timer serves all limits: it is moved by writing a number. */
export function watchdog(caller: AbortSignal, callMs: number): Watchdog {
  const controller = new AbortController()
  const end = performance.now() + callMs
  let due = end
  let limit = { ms: callMs, name: 'timeouts.callMs' }
  let timer: ReturnType<typeof setTimeout> | undefined
  let firesAt = Number.POSITIVE_INFINITY
  let reject: ((reason: unknown) => void) | undefined

  function arm(): void {
    clearTimeout(timer)
    firesAt = due
    timer = setTimeout(check, Math.min(Math.max(0, due - performance.now()), LONGEST_TIMER_MS))
  }

  function check(): void {
    timer = undefined
    firesAt = Number.POSITIVE_INFINITY
    // Nobody waits for the server: what takes long now is the reader of the answer.
    if (reject === undefined) return
    if (performance.now() < due) arm()
    else expire(timedOut(limit.ms, limit.name))
  }

  function expire(reason: unknown): void {
    stop()
    controller.abort(reason)
    reject?.(reason)
  }

  function aborted(): void {
    expire(caller.reason)
  }

  function stop(): void {
    clearTimeout(timer)
    timer = undefined
    caller.removeEventListener('abort', aborted)
  }

  if (caller.aborted) controller.abort(caller.reason)
  else caller.addEventListener('abort', aborted)
  return {
    signal: controller.signal,
    allow(limitMs, name): void {
      const asked = performance.now() + limitMs
      due = Math.min(end, asked)
      limit = asked <= end ? { ms: limitMs, name } : { ms: callMs, name: 'timeouts.callMs' }
    },
    // One promise and no more: this runs for every piece of a stream.
    wait<Value>(promise: Promise<Value>): Promise<Value> {
      return new Promise<Value>((resolve, give) => {
        if (controller.signal.aborted) {
          give(controller.signal.reason)
        } else {
          reject = give
          // The running timer finds a later end by itself; for an earlier one it is set anew.
          if (due < firesAt) arm()
        }
        promise.then(
          (value) => {
            reject = undefined
            resolve(value)
          },
          (error: unknown) => {
            reject = undefined
            give(error)
          },
        )
      })
    },
    stop(early): void {
      stop()
      if (early) controller.abort()
    },
  }
}

/** The longest time that a timer holds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

function timedOut(limitMs: number, name: string): ModelError {
  return new ModelError('timeout', `Gemini did not answer within ${limitMs} ms (${name})`, {
    retryable: true,
    hint: `Raise ${name}, or ask for less at once.`,
  })
}
