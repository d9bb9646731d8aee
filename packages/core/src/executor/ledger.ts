import { ExecutorError } from '../errors.ts'
import type { ExecutionResult } from '../executor.ts'

/** What a session remembers of its executions, by idempotency key: each runs once (design.md 6). */
export interface Ledger {
  /** Runs what the key has not seen, and returns the stored result of what it has. Rejects with `started: 'yes'` where that is gone. */
  once(key: string, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>
}

/** Results that are kept whole. Keys come again at once, when an answer got lost; the last hundred are more than that needs. */
const KEPT_RESULTS = 100

/** `forget`: which failures may be asked for again. @default what certainly did not start */
export function createLedger({ forget = didNotStart }: { readonly forget?: (error: unknown) => boolean } = {}): Ledger {
  const entries = new Map<string, Promise<ExecutionResult> | 'gone'>()
  const kept: string[] = []

  function remember(key: string, running: Promise<ExecutionResult>): void {
    entries.set(key, running)
    kept.push(key)
    const oldest = kept.length > KEPT_RESULTS ? kept.shift() : undefined
    if (oldest !== undefined && entries.has(oldest)) entries.set(oldest, 'gone')
  }

  return {
    once(key, run) {
      const known = entries.get(key)
      if (known === 'gone') return Promise.reject(resultIsGone(key))
      if (known !== undefined) return known
      const running = run()
      remember(key, running)
      running.catch((error: unknown) => {
        if (!forget(error)) return
        entries.delete(key)
        const place = kept.indexOf(key)
        if (place !== -1) kept.splice(place, 1)
      })
      return running
    },
  }
}

function didNotStart(error: unknown): boolean {
  return ExecutorError.is(error) && error.started === 'no'
}

function resultIsGone(key: string): ExecutorError {
  return new ExecutorError('not_found', `the execution ${JSON.stringify(key)} ran, and its result is no longer kept`, { started: 'yes' })
}
