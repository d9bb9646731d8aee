/** What can be kept warm. */
export interface Guest {
  /** Resolves when its interpreter is there; rejects where it did not start. */
  readonly ready: Promise<unknown>
  readonly isAlive: boolean
  /** Resolves when it is gone. */
  kill(): Promise<void>
}

/** Guests that are started ahead, each used by one session. */
export interface Pool<Kept extends Guest> {
  /** A guest whose interpreter is there or comes; a fresh one where none is warm. */
  take(): Promise<Kept>
  /** Resolves when as many as are kept are there, one at least; rejects where one did not start. */
  fill(): Promise<void>
  /** Ends what is warm, and keeps none any more. */
  close(): Promise<void>
}

/** Keeps `size` guests; 0 keeps only what `fill` started. `startNow` starts one that somebody waits for. */
export function createPool<Kept extends Guest>(
  size: number,
  start: () => Promise<Kept>,
  startNow: () => Promise<Kept> = start,
): Pool<Kept> {
  let warm: Promise<Kept>[] = []
  let isClosed = false

  function add(): void {
    const starting = start().then(async (guest) => {
      await guest.ready
      return guest
    })
    warm.push(starting)
    starting.catch(() => {
      warm = warm.filter((other) => other !== starting)
    })
  }
  function addMissing(least: number): void {
    while (!isClosed && warm.length < Math.max(size, least)) add()
  }

  return {
    async take() {
      const guest = await warm.shift()?.catch(() => undefined)
      const taken = guest?.isAlive ? guest : startNow()
      addMissing(0)
      return taken
    },
    async fill() {
      addMissing(1)
      await Promise.all(warm)
    },
    async close() {
      isClosed = true
      const ending = warm
      warm = []
      await Promise.all(ending.map((starting) => starting.then((guest) => guest.kill()).catch(() => undefined)))
    },
  }
}
