/** Keeps this process alive until the promise settles: guests do not, for an idle one must not. */
export async function keepAlive<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => {}, LONG_MS)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}

const LONG_MS = 2 ** 30
