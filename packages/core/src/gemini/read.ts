import type { ModelChunk } from '../model.ts'
import { bytesOf, eventReader, type ServerSentEvent } from '../sse.ts'
import { broken, type ErrorContext, isGoogleError, refusedInside, unreachable } from './error.ts'
import type { GeminiResponse, Sending } from './options.ts'
import type { Watchdog } from './watchdog.ts'

/** An answer that has begun. It must be closed. */
export interface OpenAnswer {
  readonly first: ModelChunk
  /** What came in the same piece of the stream as the chunk before, without waiting. */
  buffered(): ModelChunk | undefined
  /** The next chunk; nothing at the end. Rejects with a `ModelError`, or with the caller's reason. */
  read(): Promise<ModelChunk | undefined>
  /** Closes the connection of an answer that was left early; a whole one has closed itself. */
  close(): void
}

/** What an answer is read with. */
export interface ReadOptions {
  readonly sending: Sending
  readonly watch: Watchdog
  readonly context: ErrorContext
}

/** Reads a response up to its first chunk: SSE, one JSON object, or the JSON array that some servers stream instead (gemini-wire.md 3.7). */
export async function readAnswer(response: GeminiResponse, options: ReadOptions): Promise<OpenAnswer> {
  const type = response.headers.get('content-type') ?? ''
  if (!options.sending.stream || /json|html/.test(type)) return wholeAnswer(response, type, options)
  return streamedAnswer(response, options)
}

async function wholeAnswer(response: GeminiResponse, type: string, { watch, context }: ReadOptions): Promise<OpenAnswer> {
  const text = await watch.wait(response.text()).catch((error: unknown) => {
    throw watch.signal.aborted ? error : unreachable(error, context)
  })
  if (type.includes('html')) throw broken('Gemini answered with a page instead of JSON', { retryable: false })
  const value = parse(text)
  const [first, ...more] = Array.isArray(value) ? value.map((one) => chunkOf(one, context)) : [chunkOf(value, context)]
  if (first === undefined) throw broken('Gemini answered with an empty list', { retryable: true })
  return { first, buffered: () => more.shift(), read: async () => undefined, close: () => watch.stop(false) }
}

async function streamedAnswer({ body }: GeminiResponse, { sending, watch, context }: ReadOptions): Promise<OpenAnswer> {
  if (body === null) throw broken('Gemini answered without a body', { retryable: true })
  const pieces = bytesOf(body)[Symbol.asyncIterator]()
  const reader = eventReader()
  let events: readonly ServerSentEvent[] = []
  let at = 0
  let begun = false
  let finished = false
  let whole = false

  function buffered(): ModelChunk | undefined {
    for (; at < events.length; at += 1) {
      const data = events[at]?.data ?? ''
      // Some gateways end their streams in the manner of other vendors.
      if (data === '[DONE]') continue
      at += 1
      const chunk = chunkOf(parse(data), context)
      finished ||= isFinish(chunk)
      return chunk
    }
    return undefined
  }

  async function read(): Promise<ModelChunk | undefined> {
    for (;;) {
      const chunk = buffered()
      if (chunk !== undefined) return chunk
      // Anything that comes is a sign of life, also a comment; but the first chunk must come in its own time.
      if (begun) watch.allow(sending.stallMs, 'timeouts.stallMs')
      try {
        const next = await watch.wait(pieces.next())
        if (next.done) break
        events = reader.push(next.value)
        at = 0
      } catch (error) {
        // The watch has a reason of its own: the caller's, or a time-out.
        throw watch.signal.aborted ? error : unreachable(error, context)
      }
    }
    whole = true
    if (!begun) throw broken('Gemini ended the stream before its first chunk', { retryable: true })
    if (reader.end().cutOff) throw broken('Gemini ended the stream inside a chunk', { code: 'network', retryable: true })
    if (!finished) throw broken('Gemini ended the stream without a finish reason', { code: 'network', retryable: true })
    return undefined
  }

  const first = (await read()) ?? {}
  begun = true
  return {
    first,
    buffered,
    read,
    close(): void {
      watch.stop(!whole)
      // For a `fetch` that does not listen to its signal.
      if (!whole) pieces.return?.().then(nothing, nothing)
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw broken('Gemini sent what is no JSON', { retryable: true, cause: error })
  }
}

function chunkOf(value: unknown, context: ErrorContext): ModelChunk {
  if (isGoogleError(value)) throw refusedInside(value, context)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw broken('Gemini sent JSON that is no response', { retryable: true })
  }
  // What it holds is Gemini's to say; unknown members are kept (model.ts).
  return value as ModelChunk
}

/** A stream may say so several times (gemini-wire.md 0.13); a blocked prompt has no candidates. */
function isFinish({ candidates, promptFeedback }: ModelChunk): boolean {
  return candidates?.[0]?.finishReason !== undefined || promptFeedback?.blockReason !== undefined
}

function nothing(): void {}
