import { describe, expect, test, vi } from 'vitest'
import { stamped, summaryOf, toldRun } from '../../test/told-run.ts'
import type { Told } from '../events.ts'
import { toResponse } from './to-response.ts'

const status: Told = { event_type: 'interaction.status_update', status: 'in_progress' }
const text = (text: string): Told => ({ event_type: 'step.delta', index: 0, delta: { type: 'text', text } })
const completed: Told = { event_type: 'interaction.completed', interaction: summaryOf() }
const frame = (told: Told, seq: number): string => `id: ${seq}\ndata: ${JSON.stringify(stamped(told, seq))}\n\n`

function ended() {
  const told = toldRun()
  told.tell(status, text('4\n\u2028'))
  told.end()
  return told.run
}

const request = (path = '', headers: Record<string, string> = {}, signal?: AbortSignal): Request =>
  new Request(`http://localhost/events${path}`, { headers, ...(signal && { signal }) })

describe('toResponse', () => {
  test('streams the whole run as server-sent events', async () => {
    const response = toResponse(ended())
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-cache, no-transform',
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    })
    expect(await response.text()).toBe(frame(status, 0) + frame(text('4\n\u2028'), 1) + frame(completed, 2))
  })

  test('names its frames where it is asked to', async () => {
    const body = await toResponse(ended(), { named: true }).text()
    expect(body.match(/^event: .*$/gm)).toEqual(['event: interaction.status_update', 'event: step.delta', 'event: interaction.completed'])
  })

  test('streams one event a line', async () => {
    const response = toResponse(ended(), { format: 'ndjson' })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const lines = (await response.text()).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line))).toEqual([stamped(status, 0), stamped(text('4\n\u2028'), 1), stamped(completed, 2)])
  })

  test('adds headers, and lets them replace its own', () => {
    const { headers } = toResponse(ended(), { headers: new Headers({ 'access-control-allow-origin': '*', 'Cache-Control': 'no-store' }) })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(toResponse(ended(), { headers: { 'x-run': '1' } }).headers.get('x-run')).toBe('1')
  })

  test.each([
    ['the option', { after: 0 }, [1, 2]],
    ['the header of an EventSource that reconnects', { request: request('', { 'Last-Event-ID': '1' }) }, [2]],
    ["the header of Node's own request", { request: { url: '/?after=0', headers: { 'last-event-id': '1' } } }, [2]],
    ['the URL', { request: request('?after=0') }, [1, 2]],
    ['the header, which is newer than the URL and the option', { after: 0, request: request('?after=0', { 'Last-Event-ID': '1' }) }, [2]],
    ['the option before the URL', { after: 1, request: request('?after=0') }, [2]],
    ['nothing, where what the client says cannot be read', { request: request('?after=undefined', { 'Last-Event-ID': 'x' }) }, [0, 1, 2]],
    ['a URL without a host, as Node has it', { request: { url: '/events?after=1', headers: new Headers() } }, [2]],
  ])('goes on after what is said by %s', async (_, options, seqs) => {
    const body = await toResponse(ended(), options).text()
    expect(body.match(/^id: .*$/gm)).toEqual(seqs.map((seq) => `id: ${seq}`))
  })

  test('answers 204 when asked for what comes after the end, so that an EventSource stays away', async () => {
    const response = toResponse(ended(), {
      request: request('', { 'Last-Event-ID': '2' }),
      headers: { 'access-control-allow-origin': '*' },
    })
    expect([response.status, response.body, Object.fromEntries(response.headers)]).toEqual([
      204,
      null,
      { 'access-control-allow-origin': '*' },
    ])
    expect(toResponse(ended(), { after: 99 }).status).toBe(204)
    const live = toldRun()
    live.tell(status)
    expect(toResponse(live.run, { after: 0 }).status).toBe(200)
  })

  test.each([
    [{ format: 'xml' as 'sse' }, "format must be 'sse' or 'ndjson', got xml."],
    [{ after: -1 }, 'after must be a whole number from 0, got -1.'],
    [{ after: 1.5 }, 'after must be a whole number from 0, got 1.5.'],
    [{ heartbeatMs: 0 }, 'heartbeatMs must lie in 1..2147483647, got 0.'],
    [{ heartbeatMs: Number.POSITIVE_INFINITY }, 'heartbeatMs must lie in 1..2147483647, got Infinity.'],
    [{ onDisconnect: 'stop' as 'abort' }, "onDisconnect must be 'abort' or 'continue', got stop."],
  ])('refuses %o at once', (options, message) => {
    expect(() => toResponse(ended(), options)).toThrow(message)
  })

  test('reads no further than the client', async () => {
    const { run, tell } = toldRun()
    let taken = 0
    const counting = {
      ...run,
      events: () => {
        const iterator = run[Symbol.asyncIterator]()
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              taken++
              return iterator.next()
            },
          }),
        }
      },
    }
    tell(status, text('a'), text('b'))
    const reader = toResponse(counting).body?.getReader()
    expect(taken).toBe(0)
    await reader?.read()
    await reader?.read()
    expect(taken).toBe(2)
  })
})

/** Reads text, chunk by chunk. */
function reading(response: Response): { read(): Promise<{ readonly value: string | undefined }> } {
  const reader = response.body?.getReader()
  return { read: async () => ({ value: new TextDecoder().decode((await reader?.read())?.value) }) }
}

describe('a sign of life', () => {
  test.each([
    ['sse', 15_000, undefined, ': ping\n\n'],
    ['ndjson', 50, 50, ' '],
  ] as const)('is sent in %s after %d ms without an event', async (format, ms, heartbeatMs, beat) => {
    vi.useFakeTimers()
    try {
      const { run, tell } = toldRun()
      const reader = reading(toResponse(run, { format, heartbeatMs }))
      const first = reader.read()
      await vi.advanceTimersByTimeAsync(ms - 1)
      tell(status)
      expect((await first).value).toContain('status_update')
      const second = reader.read()
      await vi.advanceTimersByTimeAsync(ms)
      expect((await second).value).toBe(beat)
      const third = reader.read()
      tell(text('later'))
      expect((await third).value).toContain('later')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a client that leaves', () => {
  test.each([
    ['stops the run', undefined, ['The client has left.']],
    ['stops it not, where it may come back', 'continue', []],
  ] as const)('%s: its body is cancelled', async (_, onDisconnect, aborts) => {
    const told = toldRun()
    const response = toResponse(told.run, { onDisconnect })
    const reader = response.body?.getReader()
    told.tell(status)
    await reader?.read()
    const waiting = reader?.read()
    await reader?.cancel()
    expect((await waiting)?.done).toBe(true)
    expect(told.aborts).toEqual(aborts)
  })

  test.each([
    ['stops the run', undefined, ['The client has left.']],
    ['stops it not, where it may come back', 'continue', []],
  ] as const)('%s: the request’s signal aborts', async (_, onDisconnect, aborts) => {
    const told = toldRun()
    const controller = new AbortController()
    const reader = reading(toResponse(told.run, { onDisconnect, request: request('', {}, controller.signal) }))
    told.tell(status)
    expect(await reader.read()).toEqual({ value: frame(status, 0) })
    const waiting = reader.read()
    controller.abort()
    expect(await waiting).toEqual({ value: '' })
    expect(told.aborts).toEqual(aborts)
  })

  test('who had left before he was answered stops the run too', async () => {
    const told = toldRun()
    expect(await toResponse(told.run, { request: request('', {}, AbortSignal.abort()) }).text()).toBe('')
    expect(told.aborts).toEqual(['The client has left.'])
  })

  test('leaves nothing to stop after the end', async () => {
    const told = toldRun()
    const controller = new AbortController()
    const body = toResponse(told.run, { request: request('', {}, controller.signal) }).text()
    told.end()
    await body
    controller.abort()
    expect(told.aborts).toEqual([])
  })
})
