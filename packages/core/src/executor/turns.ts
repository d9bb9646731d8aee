import { ABORTED, untilAborted } from './aborting.ts'

/** Lets one in at a time, in the order in which they came. */
export interface Turns {
  /** Whether somebody is in or waits. */
  readonly isTaken: boolean
  /** Resolves when it is one's turn, with what ends it; undefined where a signal aborted before. */
  take(signals: readonly AbortSignal[]): Promise<(() => void) | undefined>
  /** Resolves when all who have come until now have left. */
  settled(): Promise<void>
}

/** Turns that nobody has taken yet. */
export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve()
  let present = 0

  return {
    get isTaken() {
      return present > 0
    },
    async take(signals) {
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = before.then(() => promise)
      present += 1
      const leave = () => {
        present -= 1
        resolve()
      }
      if ((await untilAborted(before, signals)) !== ABORTED) return leave
      leave()
      return undefined
    },
    settled: () => last,
  }
}
