/** A program's own time: while a host tool is called it stands still. Milliseconds. */
export interface ProgramClock {
  /** Measures a call of a host tool. */
  duringTool<Value>(call: () => Promise<Value>): Promise<Value>
  /** Stops the clock for good. */
  stop(): { readonly wallMs: number; readonly toolMs: number }
}

/** Longer timers of JavaScript fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Starts counting. Calls back once, when the program has had `deadlineMs` of its own time. */
export function startClock(deadlineMs: number, onDeadline: () => void): ProgramClock {
  const begin = performance.now()
  let toolMs = 0
  let openCalls = 0
  let pausedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function ownTime(): number {
    return performance.now() - begin - toolMs
  }

  function arm(): void {
    const left = deadlineMs - ownTime()
    timer = setTimeout(left > LONGEST_TIMER_MS ? arm : onDeadline, Math.min(Math.max(0, left), LONGEST_TIMER_MS))
  }

  arm()
  return {
    async duringTool(call) {
      if (openCalls === 0) {
        clearTimeout(timer)
        pausedAt = performance.now()
      }
      openCalls += 1
      try {
        return await call()
      } finally {
        openCalls -= 1
        if (openCalls === 0) {
          toolMs += performance.now() - pausedAt
          if (timer !== undefined) arm()
        }
      }
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      const elapsed = performance.now() - begin
      const waited = toolMs + (openCalls > 0 ? performance.now() - pausedAt : 0)
      return { wallMs: Math.max(0, elapsed - waited), toolMs: waited }
    },
  }
}
