/** Calls back once when one of the signals aborts, at once where one has. Returns what takes the listeners away again: a caller's signal may live long. */
export function onAbort(signals: readonly (AbortSignal | undefined)[], callback: () => void): () => void {
  const listened = signals.filter((signal) => signal !== undefined)
  const removal = new AbortController()
  const remove = () => removal.abort()
  const abort = () => {
    remove()
    callback()
  }
  if (listened.some((signal) => signal.aborted)) callback()
  else for (const signal of listened) signal.addEventListener('abort', abort, { signal: removal.signal })
  return remove
}

/** Settles as the promise does, or resolves with `ABORTED` as soon as one of the signals aborts. */
export async function untilAborted<Value>(
  promise: Promise<Value>,
  signals: readonly (AbortSignal | undefined)[],
): Promise<Value | typeof ABORTED> {
  const aborted = Promise.withResolvers<typeof ABORTED>()
  const remove = onAbort(signals, () => aborted.resolve(ABORTED))
  try {
    return await Promise.race([aborted.promise, promise])
  } finally {
    remove()
  }
}

/** What `untilAborted` resolves with instead. */
export const ABORTED: unique symbol = Symbol('aborted')
