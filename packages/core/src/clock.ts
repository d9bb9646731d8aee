import type { JobClock, TimeLimit } from './job.ts'

/** How much longer than its `stopMs` an executor is waited for; with disposal and the rest it stays below the 250 ms of design.md 8.8. */
const SLACK_MS = 180

/** The longest that a timer of the platform waits; what is longer it takes for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1

/** The platform's clock, for one run. Timers that wait are gone when the run is. */
export interface Clock extends JobClock {
  /** What the run itself may take after an abort. */
  readonly grace: Promise<void>
  /** The run is over. */
  stop(): void
}

/** `stopMs`: how long the executor may take to stop, asked when it is to. */
export function createClock(signal: AbortSignal, stopMs: () => number): Clock {
  const over = new AbortController()
  const run = limited(signal, undefined, over.signal, stopMs)
  return {
    now: () => performance.now(),
    time,
    grace: run.grace,
    wait: (ms) => wait(ms, signal),
    limit: (ms) => (ms === undefined ? { ...run, release() {} } : limited(signal, ms, over.signal, stopMs)),
    stop: () => over.abort('over'),
  }
}

let lastMs = 0
let lastTime = ''

/** Many events fall into one millisecond: text for it is made once. */
function time(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastTime = new Date(now).toISOString()
  }
  return lastTime
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop)
        resolve()
      },
      Math.min(ms, LONGEST_MS),
    )
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

function limited(outer: AbortSignal, ms: number | undefined, over: AbortSignal, stopMs: () => number): TimeLimit {
  const controller = ms === undefined ? undefined : new AbortController()
  const signal = controller?.signal ?? outer
  const grace = Promise.withResolvers<void>()
  let expired = false
  let graceTimer: ReturnType<typeof setTimeout> | undefined
  const begin = (): void => {
    if (graceTimer !== undefined) return // aborted after its time: it has begun then
    clearTimeout(timer)
    controller?.abort(outer.reason)
    graceTimer = setTimeout(grace.resolve, stopMs() + SLACK_MS)
  }
  const timer =
    ms === undefined
      ? undefined
      : setTimeout(
          () => {
            expired = !outer.aborted
            controller?.abort(new DOMException('The time of the run is used up.', 'TimeoutError'))
            begin()
          },
          Math.min(ms, LONGEST_MS),
        )
  const release = (): void => {
    clearTimeout(timer)
    clearTimeout(graceTimer)
    outer.removeEventListener('abort', begin)
  }
  if (outer.aborted) begin()
  else outer.addEventListener('abort', begin, { once: true })
  over.addEventListener('abort', release, { once: true })
  return {
    signal,
    grace: grace.promise,
    expired: () => expired,
    release() {
      over.removeEventListener('abort', release)
      release()
    },
  }
}
