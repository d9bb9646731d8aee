// Between promises and generators: what is pushed becomes what is yielded, and waiting ends when the caller aborts.

/**
 * Work that tells while it goes on: yields what it tells, in order, and returns what it comes to. Where `givenUp` settles first, the
 * work is let go: what it tells or throws later is ignored, and `undefined` is returned.
 */
export async function* live<Event, Value>(
  work: (tell: (event: Event) => void) => Promise<Value>,
  givenUp?: Promise<unknown>,
): AsyncGenerator<Event, Value | undefined, void> {
  let told: Event[] = []
  let wake = Promise.withResolvers<void>()
  let over = false
  const tell = (event: Event): void => {
    if (over) return
    told.push(event)
    wake.resolve()
  }
  const value = work(tell)
  let settled = false
  const settle = (): void => {
    settled = true
    wake.resolve()
  }
  value.then(settle, settle)
  let abandoned = false
  void givenUp?.then(() => {
    abandoned = true
    wake.resolve()
  })
  try {
    for (;;) {
      while (told.length > 0) {
        const batch = told
        told = []
        yield* batch
      }
      if (settled) return await value
      if (abandoned) return undefined
      await wake.promise
      wake = Promise.withResolvers()
    }
  } finally {
    over = true
  }
}

/** The promise, or the signal's reason as soon as it is aborted; whoever loses goes on unheard. */
export async function until<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  const stop = stopper(signal)
  try {
    return await stop.before(promise)
  } finally {
    stop.release()
  }
}

/** The same for many promises, one after the other, with one listener. */
export interface Stopper {
  before<Value>(promise: Promise<Value>): Promise<Value>
  release(): void
}

/** Waits that end with the signal. Call `release` when there are none any more. */
export function stopper(signal: AbortSignal): Stopper {
  let reject: (reason: unknown) => void = () => {}
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  return {
    before(promise) {
      if (signal.aborted) {
        promise.catch(() => {}) // nobody waits for it any more
        return Promise.reject(signal.reason)
      }
      return new Promise((resolve, rejected) => {
        reject = rejected
        promise.then(resolve, rejected)
      })
    },
    release() {
      signal.removeEventListener('abort', stop)
    },
  }
}

/** Whether the work settled within the time; how it settled is for others to see. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      late,
    ])
  } finally {
    clearTimeout(timer)
  }
}
