import type { Executor, MoveCause, Session, SessionOptions } from '../executor.ts'
import type { Place, UntoldMove } from './fallback-reference.ts'

/** What a session of `withFallback` is made of. */
export interface FallbackParts {
  /** Of the executor over both. */
  readonly name: string
  readonly first: Executor
  readonly second: Executor
  readonly session: Session
  /** Where that session is. */
  readonly place: Place
  readonly untold?: UntoldMove | undefined
  readonly resumed?: Resumed | undefined
  readonly options: SessionOptions
  readonly on: readonly MoveCause[]
  /** Prepares the second; resolves with why no program may go there, in words. */
  refusal(): Promise<string | undefined>
}

/** What is known of a session that was there before; not what had been done in it. */
export interface Resumed {
  readonly id: string
  /** What is added to the generation of the session in its place. */
  readonly offset: number
  /** Whose programs may have run in the first. */
  readonly keys: readonly string[]
}
