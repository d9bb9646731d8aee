import { ExecutorError, OptionsError } from '../errors.ts'
import type { Capabilities, Executor, MoveCause, Session, SessionOptions, SessionRef } from '../executor.ts'
import { combineCapabilities } from './combine-capabilities.ts'
import { weakerIn } from './compare-isolation.ts'
import type { FallbackParts } from './fallback-parts.ts'
import { type Place, readReference } from './fallback-reference.ts'
import { FallbackSession } from './fallback-session.ts'
import { isUnavailable } from './move-cause.ts'

/** When `withFallback` moves a session, and where it may go. */
export interface FallbackOptions {
  /** @default all of them */
  readonly on?: readonly MoveCause[] | undefined
  /** The second may have weaker isolation or a wider network than the first. @default false */
  readonly allowWeakerIsolation?: boolean | undefined
}

const CAUSES: readonly MoveCause[] = ['missing_package', 'memory', 'limit', 'unavailable']

/**
 * An executor over two: sessions are those of the first, and move to the second for a package that only that has, for memory, for the limit
 * of output, or where the first cannot be reached; never back (remote.md 9). A move rebuilds the session and proves it equal, or brings the
 * files alone; the result says it by `moved`. No effect of a program happens twice: a second that lets something out (a network, no
 * isolation) gets the files alone, and the program that caused the move runs again there only where the first let nothing out.
 *
 * A second with weaker isolation or a wider network than the first is an `OptionsError` (design.md 12), unless `allowWeakerIsolation`:
 * thrown at once where neither has to be prepared, otherwise by `prepare`. Disposing it disposes both.
 *
 * `Session.ref` is there where the executor has one in which the session is. It names the executor over both, which resumes it; one from
 * before a move is `session_lost`. A session that was resumed moves with its files alone, and never because the first cannot be reached: what
 * its owner had begun there is not known.
 */
export function withFallback(first: Executor, second: Executor, options: FallbackOptions = {}): Executor {
  const on = options.on ?? CAUSES
  for (const cause of on)
    if (!CAUSES.includes(cause)) throw new OptionsError('on', `on must hold ${CAUSES.join(', ')}, got ${JSON.stringify(cause)}`)
  const name = `${first.name}, else ${second.name}`
  let isDisposed = false
  /** Where the first could not be prepared; the model is told of the second from the beginning. */
  let begin: Place = 'first'
  /** Of the first when it was last prepared: one that cannot be reached may say less. */
  let known: Capabilities | undefined = first.prepare === undefined ? first.capabilities : undefined

  function refusal(): string | undefined {
    return options.allowWeakerIsolation ? undefined : weakerIn(second.capabilities, known ?? first.capabilities)
  }

  function refuseWeaker(): void {
    const weaker = refusal()
    if (weaker === undefined) return
    throw new OptionsError(
      'allowWeakerIsolation',
      `${second.name} would be a weaker place than ${first.name}: ${weaker}. Choose another, or allow it with allowWeakerIsolation: true.`,
    )
  }

  /** Whether a session may begin in the second after this failure of the first. What the first promises has to be known for that. */
  function mayBeginInSecond(error: unknown): boolean {
    return isUnavailable(error, on) && (known !== undefined || options.allowWeakerIsolation === true)
  }

  function open(session: Session, place: Place, given: SessionOptions, more: Pick<FallbackParts, 'untold' | 'resumed'> = {}): Session {
    return new FallbackSession({
      name,
      first,
      second,
      session,
      place,
      options: given,
      on,
      async refusal() {
        await second.prepare?.()
        if (known === undefined && !options.allowWeakerIsolation) {
          await first.prepare?.()
          known = first.capabilities
        }
        return refusal()
      },
      ...more,
    })
  }

  function refuseDisposed(): void {
    if (isDisposed) throw new ExecutorError('closed', `the executor ${name} was disposed`, { started: 'no' })
  }

  if (first.prepare === undefined && second.prepare === undefined) refuseWeaker()

  return {
    specVersion: 1,
    name,
    get capabilities(): Capabilities {
      if (begin === 'second') return { ...second.capabilities, snapshots: 'none' }
      return combineCapabilities(first.capabilities, second.capabilities)
    },
    async prepare(how = {}) {
      const [one, two] = await Promise.allSettled([first.prepare?.(how), second.prepare?.({ signal: how.signal })])
      begin = 'first'
      if (one.status === 'fulfilled') known = first.capabilities
      else if (two.status === 'rejected' || !mayBeginInSecond(one.reason)) throw one.reason
      else begin = 'second'
      // A second that cannot be reached now may be when it is needed; it is prepared again before a move.
      if (two.status === 'rejected' && !(ExecutorError.is(two.reason) && two.reason.code === 'unavailable')) throw two.reason
      if (two.status === 'fulfilled') refuseWeaker()
    },
    async createSession(given = {}) {
      refuseDisposed()
      if (begin === 'second') {
        refuseWeaker()
        return open(await second.createSession(given), 'second', given)
      }
      try {
        return open(await first.createSession(given), 'first', given)
      } catch (error) {
        if (!mayBeginInSecond(error) || given.signal?.aborted) throw error
        await second.prepare?.({ signal: given.signal })
        refuseWeaker()
        const moved = { from: first.name, to: second.name, cause: 'unavailable', variables: 'rebuilt', ran: 'second' } as const
        return open(await second.createSession(given), 'second', given, { untold: { moved, warnings: [] } })
      }
    },
    ...((first.resumeSession || second.resumeSession) && {
      async resumeSession(ref: SessionRef, given: SessionOptions = {}) {
        refuseDisposed()
        const { place, inner, keys, untold } = readReference(ref, name)
        const owner = place === 'first' ? first : second
        if (place === 'second') {
          // What it promises has to be known: its session tells that, as the executor tells what the first is.
          await second.prepare?.({ signal: given.signal })
          if (known !== undefined) refuseWeaker()
        }
        if (owner.resumeSession === undefined)
          throw new ExecutorError('session_lost', `${owner.name} cannot resume a session`, { started: 'no' })
        const session = await owner.resumeSession(inner, given)
        return open(session, place, given, { untold, resumed: { id: ref.id, offset: ref.generation - inner.generation, keys } })
      },
    }),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      const ends = await Promise.allSettled([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed) throw failed.reason
    },
  }
}
