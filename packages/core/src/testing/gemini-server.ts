import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ModelChunk } from '../model.ts'
import { mergeChunks } from './merge-chunks.ts'

/** What the server answers to one request. */
export type GeminiReply = GeminiAnswer | GeminiFailure

/** An answer of the model: sent as SSE, as a JSON array or as one response, by the path that was asked. */
export interface GeminiAnswer {
  readonly chunks: readonly ModelChunk[]
  /** Before the head of the response, milliseconds. @default 0 */
  readonly delayMs?: number | undefined
  /** Between two chunks of a stream, milliseconds. @default 0 */
  readonly gapMs?: number | undefined
  /** The line is cut after so many bytes of the body; with 0 after the head. */
  readonly cutAfter?: number | undefined
  /** After the last chunk the line stays open and silent, until the client leaves or the server is disposed. @default false */
  readonly hang?: boolean | undefined
}

/** Anything else: an error, a page of a proxy, a body that is not what it should be. */
export interface GeminiFailure {
  readonly status: number
  /** Text and bytes are sent as they are, as HTML where text begins with `<`; anything else as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly delayMs?: number | undefined
  readonly cutAfter?: number | undefined
}

/** One request, as it came. */
export interface GeminiServerRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON. */
  readonly body: unknown
}

/** A server on loopback. */
export interface GeminiServer extends AsyncDisposable {
  /** `http://127.0.0.1:…`, for `baseUrl`. */
  readonly url: string
  /** Every request so far, in order, also those that the script had no reply for. */
  readonly requests: readonly GeminiServerRequest[]
  /** How the exchange of the request at this place ended: `left` when the client closed the line before the response was whole. */
  ended(index: number): Promise<'whole' | 'cut' | 'left'>
  /** Throws when replies are left over, and when more was asked than the script knows. */
  assertDone(): void
}

/** What `geminiServer` is given. */
export interface GeminiServerOptions {
  /** One reply for each request; a function sees the request first. */
  readonly script: readonly (GeminiReply | ((request: GeminiServerRequest) => GeminiReply | Promise<GeminiReply>))[]
}

/**
 * A real HTTP server that speaks the wire format of Gemini's `generateContent` and `streamGenerateContent` (gemini-wire.md 1.2, 3.7, 3.9), for Gemini API and Vertex paths, with
 * any version. Needs Node. Disposal closes all its connections.
 */
export async function geminiServer({ script }: GeminiServerOptions): Promise<GeminiServer> {
  // Not an import: pages use the other doubles of this entry.
  const { createServer } = process.getBuiltinModule('node:http')
  const requests: GeminiServerRequest[] = []
  const exchanges: Exchange[] = []
  let replied = 0
  const refused: string[] = []

  async function reply(request: GeminiServerRequest): Promise<GeminiReply> {
    if (request.method !== 'POST' || !/:(?:streamG|g)enerateContent$/.test(request.path)) {
      refused.push(`${request.method} ${request.path}`)
      return googleError(404, 'NOT_FOUND', `geminiServer does not know ${request.method} ${request.path}`)
    }
    const next = script[replied]
    if (next === undefined) {
      const message = `geminiServer knows ${script.length} ${script.length === 1 ? 'reply' : 'replies'}, and was asked for more`
      refused.push(message)
      // An hour: a client that heeds it fails now, instead of asking again and again.
      return { ...googleError(500, 'INTERNAL', message), headers: { 'retry-after': '3600' } }
    }
    replied += 1
    return typeof next === 'function' ? next(request) : next
  }

  const server = createServer((incoming, response) => {
    const exchange = exchangeOf(response)
    exchanges.push(exchange)
    const index = requests.length
    requests.push({ ...headOf(incoming), body: undefined })
    answerTo(incoming, response, exchange, (body) => {
      const request = { ...headOf(incoming), body }
      requests[index] = request
      return reply(request)
    }).catch((error: unknown) => {
      refused.push(`a reply failed: ${String(error)}`)
      response.destroy()
    })
  })
  await listen(server)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('geminiServer has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    ended(index): Promise<'whole' | 'cut' | 'left'> {
      const exchange = exchanges[index]
      return exchange === undefined ? Promise.reject(new Error(`geminiServer had no request ${index}`)) : exchange.ended
    },
    assertDone(): void {
      if (refused.length > 0) throw new Error(`geminiServer was asked what it does not know: ${refused.join('; ')}`)
      if (replied < script.length) throw new Error(`geminiServer has ${script.length - replied} of ${script.length} replies left over`)
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An error in the form of Google's APIs, with its details: `googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [retryInfo])`. */
export function googleError(code: number, status: string, message: string, details: readonly object[] = []): GeminiFailure {
  return { status: code, body: { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } } }
}

interface Exchange {
  readonly ended: Promise<'whole' | 'cut' | 'left'>
  /** The server itself cuts the line. */
  cut(): void
}

function exchangeOf(response: ServerResponse): Exchange {
  let cut = false
  return {
    ended: new Promise((resolve) => {
      response.once('close', () => resolve(cut ? 'cut' : response.writableFinished ? 'whole' : 'left'))
    }),
    cut(): void {
      cut = true
      response.destroy()
    },
  }
}

function headOf({ method = '', url = '', headers }: IncomingMessage): Omit<GeminiServerRequest, 'body'> {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  return {
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  }
}

async function answerTo(
  incoming: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  reply: (body: unknown) => Promise<GeminiReply>,
): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  const said = await reply(parsed(Buffer.concat(pieces).toString()))
  if (said.delayMs !== undefined) await pause(said.delayMs, response)
  if (response.destroyed) return
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://127.0.0.1')
  const message = messageOf(said, pathname.endsWith(':streamGenerateContent'), searchParams.get('alt') === 'sse')
  response.writeHead(message.status, message.headers)
  response.flushHeaders()
  await write(response, exchange, message.pieces, said)
}

interface Message {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly (string | Uint8Array)[]
}

function messageOf(reply: GeminiReply, stream: boolean, sse: boolean): Message {
  if (!('chunks' in reply)) return failureOf(reply)
  const json = { 'content-type': 'application/json; charset=UTF-8' }
  if (!stream) return { status: 200, headers: json, pieces: [JSON.stringify(mergeChunks(reply.chunks))] }
  const texts = reply.chunks.map((chunk) => JSON.stringify(chunk))
  // Without `alt=sse` the real service streams the elements of an array (gemini-wire.md 3.7).
  if (!sse) return { status: 200, headers: json, pieces: ['[', ...texts.map((text, index) => (index === 0 ? text : `,\r\n${text}`)), ']'] }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'content-disposition': 'attachment' },
    pieces: texts.map((text) => `data: ${text}\r\n\r\n`),
  }
}

function failureOf({ status, body, headers }: GeminiFailure): Message {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const type = raw ? (typeof body === 'string' && body.startsWith('<') ? 'text/html' : 'text/plain') : 'application/json'
  return { status, headers: { 'content-type': `${type}; charset=UTF-8`, ...headers }, pieces: [raw ? body : JSON.stringify(body)] }
}

async function write(
  response: ServerResponse,
  exchange: Exchange,
  pieces: readonly (string | Uint8Array)[],
  reply: GeminiReply,
): Promise<void> {
  let left = reply.cutAfter ?? Number.POSITIVE_INFINITY
  const gapMs = 'chunks' in reply ? reply.gapMs : undefined
  for (const [index, piece] of pieces.entries()) {
    if (left <= 0 || response.destroyed) break
    if (index > 0 && gapMs !== undefined) await pause(gapMs, response)
    const bytes = Buffer.from(piece as string)
    await written(response, bytes.subarray(0, left))
    left -= bytes.length
  }
  if (response.destroyed) return
  if (reply.cutAfter !== undefined && left <= 0) exchange.cut()
  else if (!('chunks' in reply && reply.hang)) response.end()
}

/** Resolves once the bytes are with the system: what is cut after them still arrives. */
function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => resolve())
  })
}

/** Waits; not for a client that has left. */
function pause(delayMs: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      response.off('close', end)
      resolve()
    }
    const timer = setTimeout(end, delayMs)
    response.once('close', end)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}
