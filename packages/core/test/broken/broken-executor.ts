import type { Executor } from '../../src/executor/index.ts'
import { type Lie, lyingExecutor } from './lies.ts'

/** An executor that is broken on purpose, and the cases of the contract that have to find it out. */
export interface BrokenExecutor {
  /** What is wrong with it: "tells …", "loses …". */
  readonly name: string
  /** Whose cases are run against it. */
  readonly subjects: readonly string[]
  /** The cases that fail; all others of these subjects pass. */
  readonly caught: readonly string[]
  create(): Executor
}

/** A broken executor which is the reference executor but for one lie. */
export function broken(name: string, subjects: readonly string[], caught: readonly string[], lie: Lie): BrokenExecutor {
  return { name, subjects, caught, create: () => lyingExecutor(lie) }
}
