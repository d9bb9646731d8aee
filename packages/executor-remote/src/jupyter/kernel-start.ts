import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorError } from '@interloop/core/executor'
import { recordOf } from './frames.ts'
import type { Settings } from './options.ts'
import type { Rest } from './rest.ts'

/** A kernel as the server knows it. */
export interface StartedKernel {
  readonly kernelId: string
  /** Of the server's session, by which the kernel was started; undefined where a server has none. */
  readonly serverSession?: string | undefined
}

/** Starts a kernel. The request may be repeated: a session of a path is made once (remote.md 1.1). */
export async function startKernel(rest: Rest, { kernel, folder }: Settings, signal?: AbortSignal): Promise<StartedKernel> {
  const name = `interloop-${crypto.randomUUID()}`
  const body = { path: folder === '' ? name : `${folder}/${name}`, name, type: 'console', kernel: { name: kernel } }
  const what = `start a kernel ${JSON.stringify(kernel)}`
  const answer = recordOf(
    await rest.ask('POST', '/api/sessions', { what, body, isRepeatable: true, signal }).catch(unknownKernel(rest, kernel)),
  )
  const kernelId = recordOf(answer['kernel'])['id']
  if (typeof kernelId !== 'string') throw new ExecutorError('protocol', `the answer to ${what} holds no kernel`, { started: 'no' })
  return { kernelId, ...(typeof answer['id'] === 'string' ? { serverSession: answer['id'] } : {}) }
}

/** How long the end of a kernel is waited for, milliseconds; it takes up to 2.6 s (remote.md 1.1), and what cannot be reached empties itself. */
const END_MS = 10_000

/** Pause before the end of a kernel that its server starts anew is asked for again, milliseconds. */
const AGAIN_MS = 300

/** Ends a kernel; one that is gone is ended. While a server starts it anew this may fail for a moment, so it is asked until it is gone. Rejects where it is not within `END_MS`. */
export async function endKernel(rest: Rest, { kernelId, serverSession }: StartedKernel): Promise<void> {
  const asked = { what: 'end a kernel', signal: AbortSignal.timeout(END_MS) }
  if (serverSession !== undefined) {
    const { status } = await rest.answer('DELETE', `/api/sessions/${encodeURIComponent(serverSession)}`, asked)
    if (status === 204) return
  }
  for (;;) {
    const { status } = await rest.answer('DELETE', `/api/kernels/${encodeURIComponent(kernelId)}`, asked)
    if (status !== 500) return
    await wait(AGAIN_MS, undefined, { signal: asked.signal })
  }
}

/** Whether a kernel is there; undefined where the server does not say. */
export async function kernelIsThere(rest: Rest, kernelId: string): Promise<boolean | undefined> {
  const { status } = await rest.answer('GET', `/api/kernels/${encodeURIComponent(kernelId)}`, { what: 'look after a kernel' })
  if (status === 404) return false
  return status === 200 ? true : undefined
}

/** How many lines its server counts to a kernel, which can be wrong; undefined where it does not say. */
export async function connectionsTo(rest: Rest, kernelId: string): Promise<number | undefined> {
  const { connections } = recordOf(await rest.ask('GET', `/api/kernels/${encodeURIComponent(kernelId)}`, { what: 'look after a kernel' }))
  return typeof connections === 'number' ? connections : undefined
}

/** Says whether the server took it; a gateway may answer 500 (remote.md 1.1). */
export async function interruptKernel(rest: Rest, kernelId: string): Promise<boolean> {
  const { status } = await rest.answer('POST', `/api/kernels/${encodeURIComponent(kernelId)}/interrupt`, { what: 'interrupt a kernel' })
  return status === 204 || status === 200
}

/** A kernelspec that does not exist is a bare 500 (remote.md 1.1), so the list is asked whether that was it. */
function unknownKernel(rest: Rest, kernel: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!ExecutorError.is(error) || (error.code !== 'internal' && error.code !== 'not_found' && error.code !== 'protocol')) throw error
    const listed = await rest.ask('GET', '/api/kernelspecs', { what: 'list kernels' }).catch(() => undefined)
    const names = Object.keys(recordOf(recordOf(listed)['kernelspecs']))
    if (names.length === 0 || names.includes(kernel)) throw error
    throw new ExecutorError(
      'not_found',
      `the Jupyter server has no kernel ${JSON.stringify(kernel)}; it has ${names.join(', ')}. Say one of them as the option kernel`,
      { started: 'no', cause: error },
    )
  }
}
