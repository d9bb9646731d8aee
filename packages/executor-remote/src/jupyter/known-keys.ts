import { type ExecutionResult, ExecutorError } from '@interloop/core/executor'

/** What a session remembers of its executions beside the ledger of its kernel, which is gone when that kernel is. */
export interface KnownKeys {
  /** Runs what is not known, and returns what is; asks again where the kernel's ledger can say more. */
  once(key: string, generation: () => number, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>
}

/** Results that are kept here; the kernel keeps more. */
const KEPT_RESULTS = 100

interface Entry {
  /** Undefined where only the ledger of the kernel has it. */
  result: Promise<ExecutionResult> | undefined
  /** Of the kernel in which it ran. */
  generation: number
}

export function createKnownKeys(): KnownKeys {
  const entries = new Map<string, Entry>()

  function forgetOldest(): void {
    let kept = 0
    for (const entry of [...entries.values()].reverse()) {
      if (entry.result === undefined) continue
      kept += 1
      if (kept > KEPT_RESULTS) entry.result = undefined
    }
  }

  return {
    once(key, generation, run) {
      const known = entries.get(key)
      if (known?.result !== undefined) return known.result
      if (known !== undefined && known.generation !== generation()) {
        const gone = `the execution ${JSON.stringify(key)} was begun in an interpreter that is gone, and its result is not kept`
        return Promise.reject(new ExecutorError('not_found', gone, { started: 'yes' }))
      }
      const result = run()
      const entry: Entry = { result, generation: generation() }
      entries.set(key, entry)
      forgetOldest()
      result.then(
        () => {},
        (error: unknown) => {
          // What certainly did not start may be asked for again, in any interpreter; of the rest the kernel's ledger knows.
          if (ExecutorError.is(error) && error.started === 'no') entries.delete(key)
          else entry.result = undefined
        },
      )
      return result
    },
  }
}
