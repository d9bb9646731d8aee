import { ExecutorError } from '../errors.ts'
import type { Display, ExecutionResult } from '../executor.ts'

/** What a session remembers of its executions, by idempotency key: each runs once (design.md 6). */
export interface Ledger {
  /** Runs what the key has not seen, and returns the stored result of what it has. Rejects with `started: 'yes'` where that is gone. */
  once(key: string, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>
}

/** How a ledger is kept. */
export interface LedgerOptions {
  /** Which failures may be asked for again. @default what certainly did not start */
  readonly forget?: ((error: unknown) => boolean) | undefined
  /** Of all results together; beyond it the oldest are let go, the newest never. Keys are kept as long as the session. @default 64 MiB (remote.md 9) */
  readonly keptBytes?: number | undefined
}

/** Keys come again at once, when an answer got lost. */
export function createLedger({ forget = didNotStart, keptBytes = KEPT_BYTES }: LedgerOptions = {}): Ledger {
  const entries = new Map<string, Promise<ExecutionResult> | 'gone'>()
  /** Of what has ended, the oldest first. */
  const sizes = new Map<string, number>()
  let total = 0

  function keep(key: string, size: number): void {
    sizes.set(key, size)
    total += size
    for (const [oldest, itsSize] of sizes) {
      if (total <= keptBytes || oldest === key) return
      sizes.delete(oldest)
      total -= itsSize
      entries.set(oldest, 'gone')
    }
  }

  return {
    once(key, run) {
      const known = entries.get(key)
      if (known === 'gone') return Promise.reject(resultIsGone(key))
      if (known !== undefined) return known
      const running = run()
      entries.set(key, running)
      running.then(
        (result) => keep(key, sizeOf(result)),
        (error: unknown) => {
          if (forget(error)) entries.delete(key)
          else keep(key, OVERHEAD_BYTES)
        },
      )
      return running
    },
  }
}

const KEPT_BYTES = 64 * 2 ** 20

/** What an entry takes up beside its texts, about. */
const OVERHEAD_BYTES = 1024

function sizeOf({ stdout, stderr, value, displays, files, error }: ExecutionResult): number {
  const shown = [...displays, ...(value === undefined ? [] : [value])].reduce((sum, display) => sum + sizeOfDisplay(display), 0)
  const told = stdout.length + stderr.length + (error === undefined ? 0 : error.value.length + error.traceback.length)
  return told + shown + OVERHEAD_BYTES * (1 + files.length)
}

function sizeOfDisplay({ data }: Display): number {
  return Object.values(data).reduce((sum, text) => sum + text.length, 0)
}

function didNotStart(error: unknown): boolean {
  return ExecutorError.is(error) && error.started === 'no'
}

function resultIsGone(key: string): ExecutorError {
  return new ExecutorError('not_found', `the execution ${JSON.stringify(key)} ran, and its result is no longer kept`, { started: 'yes' })
}
