import { ExecutorError, type SessionRef } from '@interloop/core/executor'
import type { Kernel } from './kernel.ts'

/** What another process needs to take a live session over; no credentials, it has its own. */
export interface Reference {
  readonly kernelId: string
  readonly serverSession?: string | undefined
  /** Of the WebSocket: replies of a running program go there alone (remote.md 1.5, row 4). */
  readonly sessionId: string
  readonly epoch: string
}

/** The name in `SessionRef.executor`. */
export const EXECUTOR_NAME = 'jupyter'

export function writeReference(id: string, generation: number, kernel: Kernel): SessionRef {
  const reference: Reference = { ...kernel.started, sessionId: kernel.sessionId, epoch: kernel.booted.epoch }
  return { executor: EXECUTOR_NAME, id, generation, data: Buffer.from(JSON.stringify(reference)).toString('base64') }
}

/** Throws `session_lost` for what is no reference of this executor. */
export function readReference(ref: SessionRef): Reference {
  const wrong = (why: string) => new ExecutorError('session_lost', `the reference cannot be taken up: ${why}`, { started: 'no' })
  if (ref.executor !== EXECUTOR_NAME) throw wrong(`it is one of the executor ${JSON.stringify(ref.executor)}`)
  let data: unknown
  try {
    data = JSON.parse(Buffer.from(ref.data ?? '', 'base64').toString('utf8'))
  } catch {
    throw wrong('its data are no JSON')
  }
  const { kernelId, serverSession, sessionId, epoch } = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  if (typeof kernelId !== 'string' || typeof sessionId !== 'string' || typeof epoch !== 'string') throw wrong('its data name no kernel')
  return { kernelId, sessionId, epoch, ...(typeof serverSession === 'string' ? { serverSession } : {}) }
}
