import { describe, expect, test } from 'vitest'
import { stamped, summaryOf, toldRun } from '../../test/told-run.ts'
import type { LoopEvent, Told } from '../events.ts'
import { fromResponse } from './from-response.ts'
import { StreamError } from './stream-error.ts'
import { toResponse } from './to-response.ts'

const told: Told[] = [
  { event_type: 'interaction.status_update', status: 'in_progress' },
  ...['2', '+', 'zwei\n', 'ist 4 €'].map((text): Told => ({ event_type: 'step.delta', index: 0, delta: { type: 'text', text } })),
  { event_type: 'interaction.completed', interaction: summaryOf() },
]
const events: readonly LoopEvent[] = told.map(stamped)
const seqs = events.map(({ seq }) => seq)

async function all(reading: AsyncIterable<LoopEvent>): Promise<LoopEvent[]> {
  const read: LoopEvent[] = []
  for await (const event of reading) read.push(event)
  return read
}

function run() {
  const { run, tell, end } = toldRun()
  tell(...told.slice(0, -1))
  end()
  return run
}

/** A body that comes in the given pieces, and then ends or breaks. */
function body(pieces: readonly (string | Uint8Array)[], breaks = false, onCancel?: () => void): ReadableStream<Uint8Array> {
  const rest = [...pieces]
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift()
      if (piece !== undefined) controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
      else if (breaks) controller.error(new TypeError('terminated'))
      else controller.close()
    },
    cancel: () => onCancel?.(),
  })
}

const lines = (of: readonly LoopEvent[]): string => of.map((event) => `${JSON.stringify(event)}\n`).join('')
const ndjson = (pieces: readonly (string | Uint8Array)[], breaks = false): Response =>
  new Response(body(pieces, breaks), { headers: { 'content-type': 'application/x-ndjson' } })

const caught = (reading: AsyncIterable<LoopEvent>): Promise<unknown> =>
  all(reading).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('fromResponse', () => {
  test.each(['sse', 'ndjson'] as const)('reads what toResponse writes as %s', async (format) => {
    expect(await all(fromResponse(toResponse(run(), { format })))).toEqual(events)
    expect(await all(fromResponse(toResponse(run(), { format, named: true, after: 2 })))).toEqual(events.slice(3))
  })

  test.each(['sse', 'ndjson'] as const)('reads %s cut at every byte', async (format) => {
    const whole = toResponse(run(), { format })
    const bytes = new Uint8Array(await whole.arrayBuffer())
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(await all(fromResponse(new Response(body(pieces), { headers: whole.headers })))).toEqual(events)
  })

  test('skips signs of life', async () => {
    const [first, ...rest] = events
    const sse = `: ping\n\nid: 0\ndata: ${JSON.stringify(first)}\n\n: ping\n\n`
    const headers = { 'content-type': 'text/event-stream' }
    expect(await caught(fromResponse(new Response(sse, { headers })))).toMatchObject({ code: 'line_broken', after: 0 })
    expect(await all(fromResponse(ndjson([' ', lines([events[0] as LoopEvent]), '  ', '\n', lines(rest)])))).toEqual(events)
  })

  test('ends where the server has nothing more', async () => {
    expect(await all(fromResponse(new Response(null, { status: 204 })))).toEqual([])
    expect(await all(fromResponse(toResponse(run(), { after: 5 })))).toEqual([])
  })

  test('closes the line of a reader who leaves', async () => {
    let cancelled = 0
    const pieces = events.map((event) => lines([event]))
    const response = new Response(
      body(pieces, false, () => cancelled++),
      { headers: { 'content-type': 'application/x-ndjson' } },
    )
    for await (const event of fromResponse(response)) if (event.seq === 1) break
    expect(cancelled).toBe(1)
  })
})

describe('a line that breaks', () => {
  test('is told for a Response, which cannot be asked again', async () => {
    const error = await caught(fromResponse(ndjson([lines(events.slice(0, 2)), '{"schema":1,"se'], true)))
    expect(error).toBeInstanceOf(StreamError)
    expect(error).toMatchObject({
      code: 'line_broken',
      after: 1,
      message: 'The line broke after event 1, before the run had ended: terminated.',
    })
    expect(await caught(fromResponse(ndjson([])))).toMatchObject({
      message: 'The line broke before the first event, before the run had ended.',
    })
  })

  test('makes a function be asked again after the last event; what comes twice is dropped', async () => {
    const asked: (number | undefined)[] = []
    const answers = [
      () => ndjson([lines(events.slice(0, 2)), '{"schema":1,"se'], true),
      () => Promise.reject(new TypeError('fetch failed')),
      () => new Response('busy', { status: 503 }),
      () => ndjson([lines(events.slice(0, 4))]),
      () => ndjson([lines(events.slice(4))]),
    ]
    const waits: number[] = []
    const reading = fromResponse(
      async (after) => {
        asked.push(after)
        return (await answers.shift()?.()) ?? Promise.reject(new Error('asked too often'))
      },
      { wait: async (ms) => waits.push(ms) },
    )
    expect((await all(reading)).map(({ seq }) => seq)).toEqual(seqs)
    expect(asked).toEqual([undefined, 1, 1, 1, 3])
    expect(waits).toEqual([250, 250, 500, 250])
    expect(answers).toEqual([])
  })

  test('gives up after several failures without a new event, and says why', async () => {
    const waits: number[] = []
    let asked = 0
    const again = async (): Promise<Response> => {
      asked++
      return ndjson([lines(events.slice(0, 2))], true)
    }
    const error = await caught(fromResponse(again, { maxFailures: 7, wait: async (ms) => waits.push(ms) }))
    expect(error).toMatchObject({
      code: 'line_broken',
      after: 1,
      message: 'The line broke after event 1, 7 times in a row without a new event: terminated.',
    })
    expect([asked, waits]).toEqual([8, [250, 250, 500, 1_000, 2_000, 4_000, 8_000]])
  })

  test('is not mended where the caller aborted', async () => {
    const aborted = new DOMException('This operation was aborted', 'AbortError')
    let asked = 0
    const again = (): Promise<Response> => {
      asked++
      return Promise.reject(aborted)
    }
    expect(await caught(fromResponse(again))).toBe(aborted)
    expect(asked).toBe(1)
  })
})

describe('what is no stream of events', () => {
  const html = '<!doctype html>\n<title>502 Bad Gateway</title>'
  test.each([
    [
      'an HTML page with status 200',
      () => new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      {
        code: 'not_events',
        status: 200,
        message: `The server answered 200 (text/html): ${html.replace('\n', ' ')}, not a stream of events.`,
      },
    ],
    [
      'an answer without a type',
      () => new Response(new Uint8Array([104, 105])),
      { code: 'not_events', status: 200, message: 'The server answered 200: hi, not a stream of events.' },
    ],
    [
      'a refusal',
      () => Response.json({ error: 'no such run' }, { status: 404, statusText: 'Not Found' }),
      { code: 'refused', status: 404, message: 'The server answered 404 Not Found (application/json): {"error":"no such run"}.' },
    ],
    [
      'a refusal without words',
      () => new Response(null, { status: 401 }),
      { code: 'refused', status: 401, message: 'The server answered 401.' },
    ],
    ['a line that is no JSON', () => ndjson(['hello\n']), { code: 'malformed', message: 'What came is no JSON: hello' }],
    [
      'JSON that is no event',
      () => ndjson(['{"answer":42}\n']),
      { code: 'malformed', message: 'What came is no event of a run: {"answer":42}' },
    ],
  ])('%s is told at once, also to a function', async (_, response, expected) => {
    expect(await caught(fromResponse(response()))).toMatchObject(expected)
    let asked = 0
    const again = async (): Promise<Response> => {
      asked++
      return response()
    }
    expect(await caught(fromResponse(again))).toMatchObject(expected)
    expect(asked).toBe(1)
  })

  test('a server that stays busy is asked several times, then its answer is told', async () => {
    let asked = 0
    const busy = async (): Promise<Response> => {
      asked++
      return new Response('x'.repeat(1_000), { status: 503 })
    }
    const error = await caught(fromResponse(busy, { wait: async () => undefined }))
    expect(error).toMatchObject({ code: 'refused', status: 503 })
    expect(String(error)).toBe(`StreamError: The server answered 503 (text/plain): ${'x'.repeat(200)}….`)
    expect(asked).toBe(5)
  })
})
