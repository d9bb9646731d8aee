import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorError, type PrepareProgress } from '@interloop/core/executor'
import { recordOf } from './frames.ts'
import type { JupyterOptions } from './options.ts'
import type { Rest } from './rest.ts'
import { restError } from './rest-error.ts'

/** A server of a Hub's user that runs. */
export interface NamedServer {
  readonly base: URL
  /** Mints a token that reaches this server alone; undefined where the Hub allows us none, and our own has to do. */
  readonly token?: (() => Promise<string>) | undefined
  /** Starts it again where it was stopped. Rejects with `ExecutorError`. */
  startAgain(): Promise<void>
  /** Whether the Hub itself says that it does not run, so that its kernels are gone. Never rejects. */
  isStopped(): Promise<boolean>
  /** Stops it, where it is to be stopped. Never rejects. */
  stop(): Promise<void>
}

/** What a named server is started with. */
export interface HubOptions {
  /** Of the Hub. */
  readonly rest: Rest
  readonly endpoint: URL
  readonly hub: NonNullable<JupyterOptions['hub']>
  onProgress(progress: PrepareProgress): void
}

/** How long a server may take to start, and how often it is looked after, milliseconds: an image that has to be pulled takes minutes. */
const START_MS = 300_000
const LOOK_MS = 500

/** Life of a token that we mint, seconds; it is minted anew when the server refuses it. */
const TOKEN_SECONDS = 3_600

/** Starts a named server, or finds it started (remote.md 1.1). Rejects with `ExecutorError`. */
export async function startNamedServer({ rest, endpoint, hub, onProgress }: HubOptions): Promise<NamedServer> {
  const user = encodeURIComponent(hub.user)
  const name = hub.server ?? ''
  const path = `/hub/api/users/${user}`
  const serverPath = name === '' ? `${path}/server` : `${path}/servers/${encodeURIComponent(name)}`
  const what = `start the server ${JSON.stringify(`${hub.user}/${name}`)} of the Hub`

  async function state(): Promise<'ready' | 'starting' | 'stopped' | 'unknown'> {
    const { servers, server } = recordOf(await rest.ask('GET', path, { what }))
    // Without a scope for its servers a Hub tells only where the default one is.
    if (typeof servers !== 'object') return name === '' && typeof server === 'string' ? 'ready' : 'unknown'
    const found = recordOf(servers)[name]
    if (found === undefined) return 'stopped'
    return recordOf(found)['ready'] === true ? 'ready' : 'starting'
  }

  async function start(): Promise<void> {
    const attempt = { isAccepted: false }
    const given = new AbortController()
    const followed = follow(attempt, AbortSignal.any([given.signal, AbortSignal.timeout(START_MS)]))
    followed.catch(() => undefined)
    try {
      const begin = performance.now()
      if (await ask()) return
      attempt.isAccepted = true
      if (await followed) return
      for (;;) {
        const now = await state()
        if (now === 'ready') return
        if (now === 'stopped') throw unavailable(`the Hub could not ${what}: it is not there any more`)
        if (performance.now() - begin > START_MS) throw unavailable(`the Hub did not ${what} within ${START_MS} ms`)
        await wait(LOOK_MS)
      }
    } finally {
      given.abort()
    }
  }

  /** Whether it is ready at once. */
  async function ask(): Promise<boolean> {
    let answer = await rest.answer('POST', serverPath, { what })
    if (answer.status === 404) {
      await rest.answer('POST', path, { what })
      answer = await rest.answer('POST', serverPath, { what })
    }
    if (answer.status === 201) return true
    if (answer.status === 202) return false
    // 400 is said of one that runs, or that is being started.
    if (answer.status !== 400) throw restError(what, answer)
    if ((await state()) === 'ready') return true
    if (!/running|pending/i.test(answer.text)) throw restError(what, answer)
    return false
  }

  /** Tells how far it is, until it is ready: true. False where the Hub does not tell, or no longer. */
  async function follow(attempt: { readonly isAccepted: boolean }, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const wasAccepted = attempt.isAccepted
      try {
        for await (const line of rest.lines(`${serverPath}/progress`, { what, signal })) {
          const { progress, message, ready, failed } = eventOf(line)
          // One that failed before we asked is told as well, until our own begins.
          if (failed === true && !attempt.isAccepted) break
          if (failed === true) throw new Failed(`the Hub could not ${what}: ${String(message)}`)
          if (typeof progress === 'number') {
            const detail = typeof message === 'string' ? { detail: message } : {}
            onProgress({ phase: 'starting a server of the Hub', fraction: progress / 100, ...detail })
          }
          if (ready === true) return true
        }
      } catch (error) {
        if (error instanceof Failed) throw unavailable(error.message)
      }
      // Before the Hub has taken our request there is nothing to follow; afterwards there is, or we may not.
      if (wasAccepted) return false
      await wait(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
    return false
  }

  async function mint(): Promise<string | undefined> {
    const body = { note: 'interloop', expires_in: TOKEN_SECONDS, scopes: [`access:servers!server=${hub.user}/${name}`] }
    const minted = await rest.answer('POST', `${path}/tokens`, { what: 'make a token for a server of the Hub', body })
    if (minted.status < 200 || minted.status >= 300) return undefined
    const { token } = recordOf(jsonOf(minted.text))
    return typeof token === 'string' ? token : undefined
  }

  await start()
  const first = await mint()
  let isFirst = true
  return {
    base: new URL(`${endpoint.href.replace(/\/+$/, '')}/user/${user}${name === '' ? '' : `/${encodeURIComponent(name)}`}`),
    ...(first === undefined
      ? {}
      : {
          async token() {
            const token = isFirst ? first : await mint()
            isFirst = false
            if (token === undefined) throw new ExecutorError('unauthorized', 'the Hub makes no more tokens for us', { started: 'no' })
            return token
          },
        }),
    startAgain: start,
    async isStopped() {
      return (await state().catch(() => undefined)) === 'stopped'
    },
    async stop() {
      if (hub.stop === true) await rest.answer('DELETE', serverPath, { what: 'stop a server of the Hub' }).catch(() => undefined)
    },
  }
}

class Failed extends Error {}

function unavailable(message: string): ExecutorError {
  return new ExecutorError('unavailable', message, { started: 'no', retryable: true })
}

/** A line of server-sent events. */
function eventOf(line: string): Readonly<Record<string, unknown>> {
  return line.startsWith('data:') ? recordOf(jsonOf(line.slice('data:'.length))) : {}
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
