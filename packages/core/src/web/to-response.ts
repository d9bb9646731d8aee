import { OptionsError } from '../errors.ts'
import type { LoopEvent } from '../events.ts'
import type { Run } from '../run.ts'

/** How a run is streamed to a client. */
export interface ToResponseOptions {
  /** `sse`: server-sent events, for an `EventSource`; `ndjson`: one event a line. @default 'sse' */
  readonly format?: 'sse' | 'ndjson' | undefined
  /** What is answered: says where to go on (`Last-Event-ID`, `?after=`), and its signal tells when the client has left. */
  readonly request?: RequestLike | undefined
  /** Start with the event after this `seq`. A `Last-Event-ID` of the request comes before it, `?after=` after it. @default the whole run */
  readonly after?: number | undefined
  /**
   * What becomes of the run when the client leaves before its end. `abort` stops it: nobody could come back to it. Say `continue`
   * where the run is kept, and answered again to a client that comes back. @default 'abort'
   */
  readonly onDisconnect?: 'abort' | 'continue' | undefined
  /**
   * Frames carry `event:` too. An `EventSource` then hears nothing in `onmessage`, only in listeners by name; the run's `error` arrives
   * where broken lines are told too (a broken line has no `data`). @default false
   */
  readonly named?: boolean | undefined
  /** After so long without an event a sign of life is sent, milliseconds. @default 15000 (ux.md 2.2) */
  readonly heartbeatMs?: number | undefined
  /** Added to those of the stream, and put in place of them. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>> | undefined
}

/** The part of a request that is read here: a web `Request`, every framework's own one, and Node's `IncomingMessage` fit. */
export interface RequestLike {
  readonly url?: string | undefined
  readonly headers: { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>
  readonly signal?: AbortSignal | null | undefined
}

/**
 * A run as a streamed HTTP answer: a web `Response` for Next.js, Hono, Deno, Bun, Workers, and by `sendResponse` of
 * `@interloop/core/node` for Node's own server. An SSE frame carries `id:` (the `seq`) and `data:`. Asked for what comes after the
 * last event of an ended run it answers 204, so that an `EventSource` stays away. Nothing is read ahead of the client.
 *
 * A sign of life is a comment (`: ping`) in SSE, and in NDJSON one space before the next line: every line is still one JSON value,
 * and none is empty.
 *
 * A route that starts a run for each GET starts another one when an `EventSource` whose line broke comes back: start runs by POST,
 * and stream them by GET.
 *
 * @throws OptionsError at once, where an option cannot be right.
 */
export function toResponse(run: Run, options: ToResponseOptions = {}): Response {
  const { format = 'sse', onDisconnect = 'abort', heartbeatMs = 15_000, named = false, request } = options
  check(options, heartbeatMs)
  const after = afterOf(options)
  const events = run.events(after === undefined ? {} : { after })
  if ('over' in events && events.over === true) return new Response(null, { status: 204, headers: headersOf({}, options.headers) })

  const body = streamOf(events, {
    frame: format === 'sse' ? (event) => sseFrame(event, named) : (event) => `${JSON.stringify(event)}\n`,
    heartbeat: format === 'sse' ? ': ping\n\n' : ' ',
    heartbeatMs,
    signal: request?.signal ?? undefined,
    onLeave: () => {
      if (onDisconnect === 'abort') run.abort('The client has left.')
    },
  })
  return new Response(body, { headers: headersOf({ ...HEADERS, 'content-type': CONTENT_TYPE[format] }, options.headers) })
}

// ux.md 2.2: the last one keeps nginx from buffering, `no-transform` keeps compressing proxies from it.
const HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }
const CONTENT_TYPE = { sse: 'text/event-stream; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' }

function check({ format, after, onDisconnect }: ToResponseOptions, heartbeatMs: number): void {
  if (format !== undefined && !(format in CONTENT_TYPE))
    throw new OptionsError('format', `format must be 'sse' or 'ndjson', got ${format}.`)
  if (onDisconnect !== undefined && onDisconnect !== 'abort' && onDisconnect !== 'continue')
    throw new OptionsError('onDisconnect', `onDisconnect must be 'abort' or 'continue', got ${String(onDisconnect)}.`)
  if (after !== undefined && !isSeq(after)) throw new OptionsError('after', `after must be a whole number from 0, got ${after}.`)
  // A timer cannot wait longer than 2 ** 31 - 1 milliseconds: it would fire at once.
  if (!(heartbeatMs > 0 && heartbeatMs < 2 ** 31))
    throw new OptionsError('heartbeatMs', `heartbeatMs must lie in 1..2147483647, got ${heartbeatMs}.`)
}

/** Where to go on. An `EventSource` that reconnects repeats its URL: what it says in the header is newer than what stands there. */
function afterOf({ request, after }: ToResponseOptions): number | undefined {
  const asked = request?.url?.includes('after=') ? new URL(request.url, 'http://localhost').searchParams.get('after') : undefined
  return seqOf(request && lastEventId(request)) ?? after ?? seqOf(asked)
}

function lastEventId({ headers }: RequestLike): string | null | undefined {
  const said = isHeaders(headers) ? headers.get('last-event-id') : headers['last-event-id']
  return typeof said === 'object' ? said?.[0] : said
}

function isHeaders(headers: RequestLike['headers']): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}

/** What a client says and nobody can read is as if it had said nothing: it gets the whole run, and loses none of it. */
function seqOf(text: string | null | undefined): number | undefined {
  const seq = text ? Number(text) : Number.NaN
  return isSeq(seq) ? seq : undefined
}

function isSeq(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function headersOf(own: Readonly<Record<string, string>>, added: ToResponseOptions['headers']): Headers {
  const headers = new Headers(own)
  if (added) for (const [name, value] of isIterable(added) ? added : Object.entries(added)) headers.set(name, value)
  return headers
}

function isIterable(headers: NonNullable<ToResponseOptions['headers']>): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers
}

function sseFrame(event: LoopEvent, named: boolean): string {
  const name = named ? `event: ${event.event_type}\n` : ''
  return `id: ${event.seq}\n${name}data: ${JSON.stringify(event)}\n\n`
}

interface Streaming {
  readonly frame: (event: LoopEvent) => string
  readonly heartbeat: string
  readonly heartbeatMs: number
  readonly signal: AbortSignal | undefined
  /** The client has left before the end of the run. */
  readonly onLeave: () => void
}

function streamOf(
  events: AsyncIterable<LoopEvent>,
  { frame, heartbeat, heartbeatMs, signal, onLeave }: Streaming,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = events[Symbol.asyncIterator]()
  let asked: Promise<IteratorResult<LoopEvent, unknown>> | undefined
  let over = false

  const finish = (): void => {
    over = true
    signal?.removeEventListener('abort', leave)
  }
  const leave = (): void => {
    if (over) return
    finish()
    onLeave()
    // It settles the `next` that is under way, and with it the pull, which closes the stream.
    iterator.return?.()?.catch(() => undefined)
  }
  signal?.addEventListener('abort', leave, { once: true })
  if (signal?.aborted) leave()

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        asked ??= iterator.next()
        const next = await withinMs(asked, heartbeatMs)
        if (next === 'late') return controller.enqueue(encoder.encode(heartbeat))
        asked = undefined
        if (next.done || over) {
          finish()
          return controller.close()
        }
        controller.enqueue(encoder.encode(frame(next.value)))
        if (next.value.event_type === 'interaction.completed') {
          finish()
          controller.close()
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
}

/** What a promise comes to, or `late`. No timer is left behind. */
async function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
