/** A program's own time: it stands still while the host has calls open and the interpreter does nothing but wait for them (remote.md 9). */
export interface OwnClock {
  /** The first line of the program. */
  start(): void
  /** So many calls more are open at the host. */
  opened(change: number): void
  isWaiting(isWaiting: boolean): void
  /** Milliseconds. */
  stop(): { readonly wallMs: number; readonly toolMs: number }
}

/** Calls back once, when the program has had so many milliseconds of its own time. */
export function startOwnClock(deadlineMs: number, onDeadline: () => void): OwnClock {
  let begin: number | undefined
  let end: number | undefined
  let openCalls = 0
  let isBlocked = false
  let pausedAt: number | undefined
  let toolMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function now(): number {
    return end ?? performance.now()
  }

  function times(): { readonly wallMs: number; readonly toolMs: number } {
    const waited = toolMs + (pausedAt === undefined ? 0 : now() - pausedAt)
    return { wallMs: begin === undefined ? 0 : Math.max(0, now() - begin - waited), toolMs: waited }
  }

  function change(): void {
    const isStill = openCalls > 0 && isBlocked
    if (begin === undefined || end !== undefined || isStill === (pausedAt !== undefined)) return
    if (pausedAt === undefined) {
      pausedAt = performance.now()
      clearTimeout(timer)
      return
    }
    toolMs += performance.now() - pausedAt
    pausedAt = undefined
    arm()
  }

  function arm(): void {
    timer = setTimeout(onDeadline, Math.min(Math.max(0, deadlineMs - times().wallMs), 2 ** 31 - 1))
  }

  return {
    start() {
      begin = performance.now()
      arm()
    },
    opened(more) {
      openCalls += more
      change()
    },
    isWaiting(isWaiting) {
      isBlocked = isWaiting
      change()
    },
    stop() {
      clearTimeout(timer)
      end ??= performance.now()
      return times()
    },
  }
}
