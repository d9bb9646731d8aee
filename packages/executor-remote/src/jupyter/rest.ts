import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorError } from '@interloop/core/executor'
import type { Credentials } from './credentials.ts'
import type { Settings } from './options.ts'
import { isDistrust, noAnswer, notJupyter, type RestAnswer, restError } from './rest-error.ts'

/** The REST side of a server. All reject with `ExecutorError`. */
export interface Rest {
  /** The answer's JSON; `undefined` for an empty body. Redirects are not followed. */
  ask(method: Method, path: string, options: AskOptions): Promise<unknown>
  /** As `ask`, but any answer of the server is a value. */
  answer(method: Method, path: string, options: AskOptions): Promise<RestAnswer>
  /** The lines of an answer that comes bit by bit, until it ends or the signal aborts; anything but 200 is told as by `ask`. Asked once. */
  lines(path: string, options: { readonly what: string; readonly signal: AbortSignal }): AsyncIterable<string>
}

/** What is asked with. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** How one request is made. */
export interface AskOptions {
  /** For messages: `start a kernel`. */
  readonly what: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** The same request twice does no harm though it is a POST: `/api/sessions` (remote.md 1.1). */
  readonly isRepeatable?: boolean | undefined
}

/** Longest time for one answer, milliseconds: a kernel that is slow to end takes 2.6 s, a server that starts one on a busy machine much longer. */
const ANSWER_MS = 60_000

/** Further attempts, and the first pause between them, milliseconds. */
const RETRIES = 3
const PAUSE_MS = 150

const RETRIED = new Set([429, 502, 503, 504])

/** Answers larger than this are given up, bytes: a list of kernels has kilobytes, a file of 60 MiB 80 in base64. */
const ANSWER_BYTES = 128 * 2 ** 20

export function createRest(settings: Settings, credentials: Credentials, base: URL = settings.endpoint): Rest {
  async function answer(method: Method, path: string, options: AskOptions): Promise<RestAnswer> {
    const isRepeatable = options.isRepeatable ?? (method === 'GET' || method === 'DELETE')
    for (let attempt = 0; ; attempt += 1) {
      const last = !isRepeatable || attempt === RETRIES
      try {
        const answered = await authorized(method, path, options)
        if (last || !RETRIED.has(answered.status) || isQuota(answered)) return answered
      } catch (error) {
        if (ExecutorError.is(error)) throw error
        if (last || options.signal?.aborted || isDistrust(error)) throw noAnswer(options.what, error)
      }
      await wait(PAUSE_MS * 2 ** attempt, undefined, { signal: options.signal }).catch((error: unknown) => {
        throw noAnswer(options.what, error)
      })
    }
  }

  async function authorized(method: Method, path: string, options: AskOptions): Promise<RestAnswer> {
    const headers = await credentials.headers()
    const answered = await send(method, path, options, headers)
    if ((answered.status !== 401 && answered.status !== 403) || isQuota(answered)) return answered
    const renewed = await credentials.renewed(headers)
    return renewed === undefined ? answered : send(method, path, options, renewed)
  }

  /** The answer, whose body is still to come. */
  function open(
    method: Method,
    path: string,
    { body, signal }: Pick<AskOptions, 'body' | 'signal'>,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const options: RequestOptions = {
      method,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      },
      timeout: ANSWER_MS,
      ...(signal === undefined ? {} : { signal }),
      ...connectionOf(settings),
    }
    const url = `${base.href.replace(/\/+$/, '')}${path}`
    const request = (base.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, resolve)
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
    request.on('error', reject)
    request.end(text)
    return promise
  }

  async function send(method: Method, path: string, options: AskOptions, headers: Readonly<Record<string, string>>): Promise<RestAnswer> {
    const response = await open(method, path, options, headers)
    return { status: response.statusCode ?? 0, headers: headersOf(response), text: await collect(response) }
  }

  async function* lines(path: string, { what, signal }: { readonly what: string; readonly signal: AbortSignal }): AsyncGenerator<string> {
    const headers = { ...(await credentials.headers()), accept: 'text/event-stream' }
    try {
      const response = await open('GET', path, { signal }, headers)
      if (response.statusCode !== 200) {
        throw restError(what, { status: response.statusCode ?? 0, headers: headersOf(response), text: await collect(response) })
      }
      let unfinished = ''
      for await (const text of response.setEncoding('utf8') as AsyncIterable<string>) {
        const parts = (unfinished + text).split(/\r?\n/)
        unfinished = parts.pop() ?? ''
        yield* parts
      }
    } catch (error) {
      throw ExecutorError.is(error) ? error : noAnswer(what, error)
    }
  }

  return {
    answer,
    lines,
    async ask(method, path, options) {
      const answered = await answer(method, path, options)
      if (answered.status < 200 || answered.status >= 300) throw restError(options.what, answered)
      if (answered.text === '') return undefined
      try {
        return JSON.parse(answered.text) as unknown
      } catch {
        throw notJupyter(options.what, answered)
      }
    },
  }
}

/** What `node:http`, `node:https` and `ws` take alike. */
export function connectionOf({ tls, agent }: Settings): Pick<RequestOptions, 'agent'> & Record<string, unknown> {
  const members = Object.entries({ ...tls, agent }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members)
}

function isQuota(answered: RestAnswer): boolean {
  return restError('', answered).code === 'overloaded'
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) {
      response.destroy()
      throw new Error(`the answer is larger than ${ANSWER_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function headersOf(response: IncomingMessage): RestAnswer['headers'] {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]))
}
