import type { GuestSystem } from './guest-port.ts'

/** The own time of a program: it stands still while its interpreter is blocked in waiting for tools that the host has open. Milliseconds. */
export interface ProgramClock {
  /** The interpreter is blocked from now on, or goes on. */
  setWaiting(isWaiting: boolean): void
  /** Own time; never less than the processor time. */
  own(): number
  waited(): number
  cpu(): number
}

/** Starts counting. */
export function startClock({ now, cpuMs }: Pick<GuestSystem, 'now' | 'cpuMs'>): ProgramClock {
  const begin = now()
  const cpuBegin = cpuMs()
  let waitedBefore = 0
  let waitsSince: number | undefined

  function waited(): number {
    return waitedBefore + (waitsSince === undefined ? 0 : now() - waitsSince)
  }

  return {
    setWaiting(isWaiting) {
      waitedBefore = waited()
      waitsSince = isWaiting ? now() : undefined
    },
    own() {
      const elapsed = now() - begin
      const notWaited = elapsed - waited()
      return notWaited === elapsed ? elapsed : Math.min(elapsed, Math.max(notWaited, cpuMs() - cpuBegin))
    },
    waited,
    cpu: () => cpuMs() - cpuBegin,
  }
}
