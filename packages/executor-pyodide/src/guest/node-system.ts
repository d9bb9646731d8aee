import { createHash, randomFillSync } from 'node:crypto'
import type { GuestSystem } from './guest-port.ts'

/** What Node gives a guest, whether it is a process or a thread; how it waits is its port's to say. */
export function nodeSystem(cpuMs: () => number, wait: (ms: number) => void): GuestSystem {
  return {
    now: () => performance.now(),
    date: () => Date.now(),
    cpuMs,
    wait,
    randomFill(target) {
      randomFillSync(target)
    },
    sha256() {
      const hash = createHash('sha256')
      return {
        update(bytes) {
          hash.update(bytes)
        },
        hex: () => hash.digest('hex'),
      }
    },
  }
}
