import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** One event of a `text/event-stream`. `id` and `event` stand only where this event has them. */
export interface ServerSentEvent {
  readonly id?: string | undefined
  readonly event?: string | undefined
  readonly data: string
}

/** What bytes come from: the body of a `Response`, a Node stream, any iterable. */
export type ByteSource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** Cuts bytes into events, as they come. Any line ending, comments, several data lines and characters cut across chunks are fine. */
export interface EventReader {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly ServerSentEvent[]
  /** Ends the stream. Whether it was cut off inside an event: by the standard such an event is not told. */
  end(): { readonly cutOff: boolean }
}

/** A reader for one stream. It hands out all events of a chunk at once: a promise for each would cost more than the parsing. */
export function eventReader(): EventReader {
  const decoder = new TextDecoder()
  let events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })

  function feed(text: string): readonly ServerSentEvent[] {
    parser.feed(text)
    if (events.length === 0) return NONE
    const complete = events
    events = []
    return complete
  }

  return {
    push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    // Where a blank line completes something, the blank line was missing.
    end: () => ({ cutOff: feed(`${decoder.decode()}\n\n`).length > 0 }),
  }
}

const NONE: readonly ServerSentEvent[] = []

/** The events of a whole body, all of one chunk at a time. A body that is left early is cancelled. */
export async function* readEvents(body: ByteSource): AsyncGenerator<readonly ServerSentEvent[], void, void> {
  const reader = eventReader()
  for await (const bytes of bytesOf(body)) {
    const events = reader.push(bytes)
    if (events.length > 0) yield events
  }
}

/** The body as an iterable: not every browser can iterate a `ReadableStream`. */
export function bytesOf(body: ByteSource): AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in body ? body : chunksOf(body)
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader()
  let whole = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) {
        whole = true
        return
      }
      yield value
    }
  } finally {
    if (!whole) await reader.cancel()
  }
}
