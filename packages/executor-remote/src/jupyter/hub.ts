import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorError } from '@interloop/core/executor'
import { recordOf } from './frames.ts'
import type { JupyterOptions } from './options.ts'
import type { Rest } from './rest.ts'
import { restError } from './rest-error.ts'

/** A server of a Hub's user that runs. */
export interface NamedServer {
  readonly base: URL
  /** Mints a token that reaches this server alone; undefined where the Hub allows us none, and our own has to do. */
  readonly token?: (() => Promise<string>) | undefined
  /** Stops it, where it is to be stopped. Never rejects. */
  stop(): Promise<void>
}

/** How long a server may take to start, and how often it is looked after, milliseconds: an image that has to be pulled takes minutes. */
const START_MS = 300_000
const LOOK_MS = 500

/** Life of a token that we mint, seconds; it is minted anew when the server refuses it. */
const TOKEN_SECONDS = 3_600

/** Starts a named server, or finds it started (remote.md 1.1). Rejects with `ExecutorError`. */
export async function startNamedServer(rest: Rest, endpoint: URL, hub: NonNullable<JupyterOptions['hub']>): Promise<NamedServer> {
  const user = encodeURIComponent(hub.user)
  const name = hub.server ?? ''
  const path = `/hub/api/users/${user}`
  const serverPath = name === '' ? `${path}/server` : `${path}/servers/${encodeURIComponent(name)}`
  const what = `start the server ${JSON.stringify(`${hub.user}/${name}`)} of the Hub`

  async function isReady(): Promise<boolean> {
    const { servers, server } = recordOf(await rest.ask('GET', path, { what }))
    const found = recordOf(servers)[name]
    // Without a scope for its servers a Hub tells only where the default one is.
    return found === undefined ? name === '' && typeof server === 'string' : recordOf(found)['ready'] === true
  }

  let answer = await rest.answer('POST', serverPath, { what })
  if (answer.status === 404) {
    await rest.answer('POST', path, { what })
    answer = await rest.answer('POST', serverPath, { what })
  }
  // 400 is said of one that runs, or that is being started.
  if (![201, 202, 400].includes(answer.status)) throw restError(what, answer)
  if (answer.status === 400 && !(await isReady()) && !/running|pending/i.test(answer.text)) throw restError(what, answer)
  const begin = performance.now()
  while (answer.status !== 201 && !(await isReady())) {
    if (performance.now() - begin > START_MS) {
      throw new ExecutorError('unavailable', `the Hub did not ${what} within ${START_MS} ms`, { started: 'no', retryable: true })
    }
    await wait(LOOK_MS)
  }

  async function mint(): Promise<string | undefined> {
    const body = { note: 'interloop', expires_in: TOKEN_SECONDS, scopes: [`access:servers!server=${hub.user}/${name}`] }
    const minted = await rest.answer('POST', `${path}/tokens`, { what: 'make a token for a server of the Hub', body })
    if (minted.status < 200 || minted.status >= 300) return undefined
    const { token } = recordOf(JSON.parse(minted.text))
    return typeof token === 'string' ? token : undefined
  }

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
    async stop() {
      if (hub.stop === true) await rest.answer('DELETE', serverPath, { what: 'stop a server of the Hub' }).catch(() => undefined)
    },
  }
}
