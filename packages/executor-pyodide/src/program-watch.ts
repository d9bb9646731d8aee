/** How a program is stopped from outside, where it does not stop by itself: at its deadline, at its processor limit, or when its caller wants it. */
export interface ProgramWatch {
  /** The interpreter is blocked in waiting for tools, or goes on: its own time stands still meanwhile. */
  setWaiting(isWaiting: boolean): void
  /** The caller wants it to stop. */
  abort(): void
  /** The program is over. Returns why it was stopped from here, where the caller does not know it. */
  end(): 'deadline' | undefined
}

/** What a program may use, milliseconds, and how it is told. */
export interface WatchedProgram {
  readonly wallMs: number
  readonly cpuMs: number | undefined
  /** Processor time of its guest so far; undefined where nobody knows it. */
  measuredCpuMs(): number | undefined
  /** Interrupts it; false where it cannot be told. */
  interrupt(): boolean
  /** Ends its guest. */
  kill(): void
}

/** From the interrupt to the kill (pyodide.md 3). */
export const GRACE_MS = 2_000

/** How often the processor time is looked at. */
const SAMPLE_MS = 50

/** Watches a program from now on. Its guest holds the deadline by itself; here only what it does not hold. */
export function watchProgram(program: WatchedProgram): ProgramWatch {
  const begin = performance.now()
  const cpuBegin = program.measuredCpuMs() ?? 0
  let waitedBefore = 0
  let waitsSince: number | undefined
  let stopped: 'deadline' | undefined
  let isKilled = false
  let killTimer: ReturnType<typeof setTimeout> | undefined
  const sampler = program.cpuMs === undefined ? undefined : setInterval(sample, SAMPLE_MS)
  let deadlineTimer = armDeadline()

  function cpu(): number {
    return (program.measuredCpuMs() ?? 0) - cpuBegin
  }
  /** As the guest counts it, and never less than the processor time. */
  function own(): number {
    const now = performance.now()
    const waited = waitedBefore + (waitsSince === undefined ? 0 : now - waitsSince)
    return Math.max(now - begin - waited, cpu())
  }
  function armDeadline(): ReturnType<typeof setTimeout> {
    const left = program.wallMs + GRACE_MS - own()
    return setTimeout(onDeadline, Math.min(Math.max(1, left), LONGEST_TIMER_MS))
  }
  function onDeadline(): void {
    if (own() < program.wallMs + GRACE_MS) deadlineTimer = armDeadline()
    else {
      stopped ??= 'deadline'
      kill()
    }
  }
  function sample(): void {
    if (program.cpuMs === undefined || cpu() < program.cpuMs) return
    clearInterval(sampler)
    stopped ??= 'deadline'
    interruptThenKill()
  }
  function interruptThenKill(): void {
    if (!program.interrupt()) kill()
    else killTimer ??= setTimeout(kill, GRACE_MS)
  }
  function kill(): void {
    if (!isKilled) program.kill()
    isKilled = true
  }

  return {
    setWaiting(isWaiting) {
      if (waitsSince !== undefined) waitedBefore += performance.now() - waitsSince
      waitsSince = isWaiting ? performance.now() : undefined
    },
    abort: interruptThenKill,
    end() {
      clearTimeout(deadlineTimer)
      clearTimeout(killTimer)
      clearInterval(sampler)
      return stopped
    },
  }
}

/** Longer timers of JavaScript fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
