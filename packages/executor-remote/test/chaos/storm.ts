import { setTimeout as delay } from 'node:timers/promises'
import type { FaultyProxy } from './proxy.ts'

/** What a storm does to a line. */
export type Fault = 'cut' | 'forget' | 'tear' | 'swallow' | 'half-close' | 'refuse' | 'slow'

/** Faults without a pause, until it is ended. */
export interface Storm {
  /** What struck: a fault that met no whole line is not one. */
  readonly struck: readonly Fault[]
  /** No more faults; new lines are accepted, nothing is slow. What was swallowed stays so. */
  end(): Promise<void>
}

const WEIGHTS: readonly (readonly [Fault, number])[] = [
  ['cut', 0.25],
  ['forget', 0.15],
  ['tear', 0.15],
  ['swallow', 0.15],
  ['half-close', 0.1],
  ['refuse', 0.15],
  ['slow', 0.05],
]

/** Strikes 0 to 400 ms after the start, and again 150 to 700 ms after each fault, as the seed has it. */
export function storm(proxy: FaultyProxy, random: () => number): Storm {
  const ended = new AbortController()
  const struck: Fault[] = []
  const blowing = blow().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error
  })

  async function blow(): Promise<void> {
    await pause(random() * 400)
    for (;;) {
      const fault = choose(random())
      if (await strike(fault)) struck.push(fault)
      await pause(150 + random() * 550)
    }
  }

  async function strike(fault: Fault): Promise<boolean> {
    switch (fault) {
      case 'cut':
        return proxy.cut() > 0
      case 'forget':
        return proxy.forget() > 0
      case 'tear':
        return proxy.tear(Math.floor(random() * 2_000)) > 0
      case 'swallow':
        return proxy.swallow() > 0
      case 'half-close':
        return proxy.halfClose(random() < 0.5 ? 'client' : 'server') > 0
      case 'refuse':
        await proxy.refuse()
        proxy.cut()
        await pause(300)
        await proxy.accept()
        return true
      case 'slow':
        proxy.slow(40)
        await pause(300)
        proxy.slow(0)
        return true
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return delay(milliseconds, undefined, { signal: ended.signal })
  }

  return {
    struck,
    async end() {
      ended.abort()
      await blowing
      proxy.slow(0)
      await proxy.accept()
    },
  }
}

function choose(share: number): Fault {
  let rest = share
  for (const [fault, weight] of WEIGHTS) {
    if (rest < weight) return fault
    rest -= weight
  }
  return 'cut'
}
