import { fromBase64, toBase64 } from '../base64.ts'
import { ExecutorError } from '../errors.ts'
import type { Moved, SessionRef } from '../executor.ts'

/** Where a session of `withFallback` is. */
export type Place = 'first' | 'second'

/** A move of which the run has not been told yet. */
export interface UntoldMove {
  readonly moved: Moved
  readonly warnings: readonly string[]
}

/** What another process needs beside the reference of the session in its place. Plain JSON. */
export interface FallbackReference {
  readonly place: Place
  /** Of the session in its place. */
  readonly inner: SessionRef
  /** Idempotency keys whose programs may have run in the first: they never run in the second. */
  readonly keys: readonly string[]
  readonly untold?: UntoldMove | undefined
}

/** A reference that names the executor over both, as that is what resumes it. */
export function writeReference(named: Pick<SessionRef, 'executor' | 'id' | 'generation'>, reference: FallbackReference): SessionRef {
  return { ...named, data: toBase64(new TextEncoder().encode(JSON.stringify(reference))) }
}

/** Throws `session_lost` for what is no reference of this executor. */
export function readReference(ref: SessionRef, executor: string): FallbackReference {
  const wrong = (why: string) => new ExecutorError('session_lost', `the reference cannot be taken up: ${why}`, { started: 'no' })
  if (ref.executor !== executor) throw wrong(`it is one of the executor ${JSON.stringify(ref.executor)}, not of ${executor}`)
  let data: unknown
  try {
    data = JSON.parse(new TextDecoder().decode(fromBase64(ref.data ?? '')))
  } catch {
    throw wrong('its data are no JSON')
  }
  if (!isReference(data)) throw wrong('its data name no session')
  return data
}

/** It comes from a database, so its shape is looked at; what its parts mean the executors themselves check. */
function isReference(data: unknown): data is FallbackReference {
  if (typeof data !== 'object' || data === null) return false
  const { place, inner, keys, untold } = data as Readonly<Record<string, unknown>>
  if (place !== 'first' && place !== 'second') return false
  if (typeof inner !== 'object' || inner === null) return false
  const { executor, id, generation } = inner as Readonly<Record<string, unknown>>
  if (typeof executor !== 'string' || typeof id !== 'string' || typeof generation !== 'number') return false
  return Array.isArray(keys) && keys.every((key) => typeof key === 'string') && (untold === undefined || isUntold(untold))
}

function isUntold(data: unknown): data is UntoldMove {
  if (typeof data !== 'object' || data === null) return false
  const { moved, warnings } = data as Readonly<Record<string, unknown>>
  return typeof moved === 'object' && moved !== null && Array.isArray(warnings)
}
