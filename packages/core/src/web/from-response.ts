import type { LoopEvent } from '../events.ts'
import { bytesOf, readEvents } from '../sse.ts'
import { StreamError } from './stream-error.ts'

/** How a broken line is mended. */
export interface FromResponseOptions {
  /** So many failures in a row, without an event that is new, and it gives up. @default 5 */
  readonly maxFailures?: number | undefined
  /** Waits before it asks again: 250 ms, doubled for each further failure, at most 8 s. @default a timer */
  readonly wait?: ((ms: number) => Promise<unknown>) | undefined
}

/**
 * The events of a run that somebody streams with `toResponse`, as SSE or NDJSON (told by the content type). It ends after
 * `interaction.completed`, or where the server answers 204. A function is asked again, with the last `seq`, where the line breaks:
 * no event is missing, none comes twice. Leaving the iteration closes the line.
 *
 * @throws StreamError while reading: the status is no success, something else than events came, or the line broke for good. What a
 * function rejects with as `AbortError` is thrown as it is.
 */
export async function* fromResponse(
  source: Response | ((after: number | undefined) => Promise<Response>),
  options: FromResponseOptions = {},
): AsyncGenerator<LoopEvent, void, void> {
  const { maxFailures = 5, wait = timer } = options
  let after: number | undefined
  for (let failures = 1; ; failures++) {
    let failure: unknown
    try {
      const response = typeof source === 'function' ? await source(after) : source
      for await (const event of eventsOf(response)) {
        if (after !== undefined && event.seq <= after) continue
        after = event.seq
        failures = 0
        yield event
        if (event.event_type === 'interaction.completed') return
      }
      if (response.status === 204) return
    } catch (error) {
      if (isFinal(error)) throw error
      failure = error
    }
    if (typeof source !== 'function') throw broken(`before the run had ended`, after, failure)
    if (failures >= maxFailures) throw broken(`${failures} times in a row without a new event`, after, failure)
    await wait(Math.min(250 * 2 ** Math.max(0, failures - 1), 8_000))
  }
}

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function* eventsOf(response: Response): AsyncGenerator<LoopEvent, void, void> {
  if (!response.ok) throw new StreamError('refused', `The server answered ${await described(response)}.`, { status: response.status })
  if (response.status === 204 || !response.body) return
  const type = contentType(response)
  if (type === 'text/event-stream') {
    for await (const events of readEvents(response.body)) for (const { data } of events) yield eventOf(data)
  } else if (NDJSON.has(type)) {
    for await (const line of linesOf(response.body)) yield eventOf(line)
  } else {
    throw new StreamError('not_events', `The server answered ${await described(response)}, not a stream of events.`, {
      status: response.status,
    })
  }
}

const NDJSON: ReadonlySet<string> = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'])

function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** A last line without an end was cut off: it is not told. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of bytesOf(body)) {
    const text = decoder.decode(bytes, { stream: true })
    // A line of many megabytes (a summary with images) comes in many chunks: it is looked through once.
    if (!text.includes('\n')) {
      rest += text
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) yield line
  }
}

function eventOf(text: string): LoopEvent {
  const event = parsed(text)
  // Which types there are is left open: a newer server may tell more than this reader knows.
  if (isEvent(event)) return event
  throw new StreamError('malformed', `What came is no event of a run: ${excerpt(text)}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StreamError('malformed', `What came is no JSON: ${excerpt(text)}`, { cause })
  }
}

function isEvent(value: unknown): value is LoopEvent {
  return typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number' && 'event_type' in value
}

/** Asking again would bring the same. A server that is busy or restarting answers 408, 425, 429, 5xx; a line that breaks is no answer. */
function isFinal(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return true
  if (!StreamError.is(error)) return false
  const { code, status = 0 } = error
  return code !== 'refused' || !(status === 408 || status === 425 || status === 429 || status >= 500)
}

function broken(how: string, after: number | undefined, cause: unknown): unknown {
  // A status that stands says more than that the line broke.
  if (StreamError.is(cause)) return cause
  const where = after === undefined ? 'before the first event' : `after event ${after}`
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new StreamError('line_broken', `The line broke ${where}, ${how}${why}.`, { after, cause })
}

/** Status, content type and the beginning of what came, for a message. */
async function described(response: Response): Promise<string> {
  const type = contentType(response)
  return `${response.status} ${response.statusText}`.trim() + (type ? ` (${type})` : '') + (await beginning(response))
}

async function beginning(response: Response): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of bytesOf(response.body)) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length >= EXCERPT_CHARS) break
  }
  return text.trim() ? `: ${excerpt(text)}` : ''
}

const EXCERPT_CHARS = 200

function excerpt(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > EXCERPT_CHARS ? `${line.slice(0, EXCERPT_CHARS)}…` : line
}
