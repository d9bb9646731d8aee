import { describe, expect, it } from 'vitest'
import { bytesOf, eventReader, readEvents, type ServerSentEvent } from './sse.ts'

const encoder = new TextEncoder()

describe('eventReader', () => {
  it.each<[string, string, readonly ServerSentEvent[]]>([
    ['line feeds', 'data: a\n\ndata: b\n\n', [{ data: 'a' }, { data: 'b' }]],
    ['carriage returns with line feeds, as Gemini sends', 'data: a\r\n\r\ndata: b\r\n\r\n', [{ data: 'a' }, { data: 'b' }]],
    ['carriage returns', 'data: a\r\rdata: b\r\r', [{ data: 'a' }, { data: 'b' }]],
    ['comments', ': ping\n\ndata: a\n: ping\n\n', [{ data: 'a' }]],
    ['several data lines', 'data: a\ndata:b\n\n', [{ data: 'a\nb' }]],
    ['ids and names', 'id: 7\nevent: step\ndata: a\n\n', [{ id: '7', event: 'step', data: 'a' }]],
    ['fields that nobody knows', 'colour: red\ndata: a\n\n', [{ data: 'a' }]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
    ['characters of two, three and four bytes', 'data: ä€😀\n\n', [{ data: 'ä€😀' }]],
    ['an event that was not finished', 'data: a\n\ndata: b', [{ data: 'a' }]],
  ])('reads %s, wherever the chunks are cut', (_, text, expected) => {
    const bytes = encoder.encode(text)
    for (const size of [1, 2, 3, 5, bytes.length]) expect(read(bytes, size)).toEqual(expected)
  })

  it('hands out all events of a chunk at once', () => {
    expect(eventReader().push(encoder.encode('data: a\n\ndata: b\n\n'))).toHaveLength(2)
  })

  it.each([
    ['', false],
    ['data: a\n\n', false],
    ['data: a\r\n\r\n', false],
    ['data: a\n\n: ping\n', false],
    ['data: a\n\ndata: b\n', true],
    ['data: {"a":', true],
  ])('knows whether %j is cut off inside an event', (text, cutOff) => {
    const reader = eventReader()
    reader.push(encoder.encode(text))
    expect(reader.end()).toEqual({ cutOff })
  })
})

describe('readEvents', () => {
  it('reads the body of a response', async () => {
    const body = new Response('data: a\n\nid: 2\ndata: b\n\n').body as ReadableStream<Uint8Array>
    expect((await Array.fromAsync(readEvents(body))).flat()).toEqual([{ data: 'a' }, { id: '2', data: 'b' }])
  })

  it.each([
    ['that can be iterated', (body: ReadableStream<Uint8Array>) => body],
    ['that cannot', (body: ReadableStream<Uint8Array>) => ({ getReader: () => body.getReader() }) as ReadableStream<Uint8Array>],
  ])('cancels a stream %s when it is left early', async (_, given) => {
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encoder.encode('data: a\n\n')),
      cancel: () => {
        cancelled = true
      },
    })
    for await (const events of readEvents(given(body))) {
      expect(events).toEqual([{ data: 'a' }])
      break
    }
    expect(cancelled).toBe(true)
  })

  it('reads a stream that cannot be iterated to its end', async () => {
    const body = new Response('data: a\n\n').body as ReadableStream<Uint8Array>
    const bytes = await Array.fromAsync(bytesOf({ getReader: () => body.getReader() } as ReadableStream<Uint8Array>))
    expect(bytes).toEqual([encoder.encode('data: a\n\n')])
  })
})

function read(bytes: Uint8Array, size: number): readonly ServerSentEvent[] {
  const reader = eventReader()
  const events: ServerSentEvent[] = []
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)))
  return events
}
