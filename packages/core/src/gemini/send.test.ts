import { describe, expect, it, vi } from 'vitest'
import { cleanCalls, ending, frames, hear, model, overloaded, SSE, talk, waits } from '../../test/gemini-calls.ts'
import { ModelError } from '../errors.ts'
import type { ModelChunk } from '../model.ts'
import { type GeminiReply, geminiServer, googleError } from '../testing/gemini-server.ts'
import { answer } from '../testing/scripted-model.ts'
import type { GeminiFetch } from './options.ts'

cleanCalls()

describe('a request that does not get through', () => {
  it('is sent again, and each retry is told before its wait', async () => {
    const { chunks } = await talk([overloaded, googleError(500, 'INTERNAL', 'Oops.'), { chunks: answer.text('42') }])
    expect(chunks).toEqual([
      { retry: { attempt: 1, delayMs: 500, code: 'overloaded' } },
      { retry: { attempt: 2, delayMs: 1_000, code: 'overloaded' } },
      ...answer.text('42'),
    ])
    expect(waits).toEqual([500, 1_000])
  })

  it('is sent again where it is not streamed, too', async () => {
    const { chunks } = await talk([overloaded, { chunks: answer.text('42') }], { stream: false })
    expect(chunks).toEqual([{ retry: { attempt: 1, delayMs: 500, code: 'overloaded' } }, ...answer.text('42')])
  })

  it.each<[string, GeminiReply, number]>([
    [
      'RetryInfo',
      googleError(429, 'RESOURCE_EXHAUSTED', 'Quota.', [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }]),
      34_400,
    ],
    ['Retry-After', { ...googleError(429, 'RESOURCE_EXHAUSTED', 'Quota.'), headers: { 'retry-after': '7' } }, 7_000],
  ])('waits as long as %s asks, and not longer', async (_, reply, delayMs) => {
    const { chunks } = await talk([reply, { chunks: answer.text('42') }])
    expect(chunks[0]).toEqual({ retry: { attempt: 1, delayMs, code: 'quota_minute' } })
    expect(waits).toEqual([delayMs])
  })

  it('is not sent again where the server wants more than a minute', async () => {
    const { error, requests } = await talk([{ ...overloaded, headers: { 'retry-after': '61' } }])
    expect(error).toMatchObject({ code: 'overloaded', retryable: true, retryAfterMs: 61_000 })
    expect(requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('is not sent again where the quota of the day is used up', async () => {
    const perDay = { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }
    const { error, requests } = await talk([googleError(429, 'RESOURCE_EXHAUSTED', 'Quota.', [perDay, { retryDelay: '38s' }])])
    expect(error).toMatchObject({ code: 'quota_day', retryable: false })
    expect(requests).toHaveLength(1)
  })

  it('ends with the last error when it was sent as often as it may be', async () => {
    const { error, chunks, requests } = await talk([overloaded, overloaded, overloaded], { retries: 2 })
    expect(error).toMatchObject({ code: 'overloaded', message: 'The model is overloaded.' })
    expect(chunks).toEqual([
      { retry: { attempt: 1, delayMs: 500, code: 'overloaded' } },
      { retry: { attempt: 2, delayMs: 1_000, code: 'overloaded' } },
    ])
    expect(requests).toHaveLength(3)
  })

  it('counts on from the times that the call was sent again before', async () => {
    await using server = await geminiServer({ script: [overloaded, overloaded, overloaded] })
    const { chunks, error } = await hear(model({ baseUrl: server.url }), { retried: 2 })
    expect(chunks.map(({ retry }) => retry?.attempt)).toEqual([3, 4])
    expect(error).toMatchObject({ code: 'overloaded' })
    server.assertDone()
  })

  it('is sent again where nobody listens at the address', async () => {
    const { url } = await closedServer()
    const { chunks, error } = await hear(model({ baseUrl: url, retries: 1 }))
    expect(chunks).toEqual([{ retry: { attempt: 1, delayMs: 500, code: 'network' } }])
    expect(error).toMatchObject({ code: 'network', retryable: true, message: expect.stringContaining('ECONNREFUSED') })
  })

  it.each<[string, GeminiReply, string]>([
    ['the line is cut before the first chunk', { chunks: ending, cutAfter: 0 }, 'network'],
    ['the line is cut inside the first chunk', { chunks: ending, cutAfter: 20 }, 'network'],
    ['the stream ends before the first chunk', { chunks: [] }, 'protocol'],
    ['the first frame is an error', { status: 200, body: `data: ${JSON.stringify(overloaded.body)}\r\n\r\n`, ...SSE }, 'overloaded'],
    ['the first frame is no JSON', { status: 200, body: 'data: {"candidates":\r\n\r\n', ...SSE }, 'protocol'],
  ])('is sent again where %s', async (_, reply, code) => {
    const { chunks } = await talk([reply, { chunks: ending }])
    expect(chunks).toEqual([{ retry: { attempt: 1, delayMs: 500, code } }, ...ending])
  })

  it.each<[string, GeminiReply, string]>([
    ['the line is cut inside the body', { chunks: ending, cutAfter: 20 }, 'network'],
    ['the body is an error in an array', { status: 503, body: [overloaded.body] }, 'overloaded'],
    ['the body is an error with a good status', { status: 200, body: overloaded.body }, 'overloaded'],
    ['the body is no JSON', { status: 200, body: '{"candidates":', headers: { 'content-type': 'application/json' } }, 'protocol'],
    ['the body is no response', { status: 200, body: 4 }, 'protocol'],
    ['the body is an empty list', { status: 200, body: [] }, 'protocol'],
    ['a proxy answers with a page', { status: 502, body: '<html><title>502 Bad Gateway</title></html>' }, 'overloaded'],
  ])('is sent again unstreamed where %s', async (_, reply, code) => {
    const { chunks } = await talk([reply, { chunks: answer.text('42') }], { stream: false })
    expect(chunks).toEqual([{ retry: { attempt: 1, delayMs: 500, code } }, ...answer.text('42')])
  })

  it('leaves no listener on the signal, and nothing open', async () => {
    const sent: AbortSignal[] = []
    const caller = new AbortController()
    const added = vi.spyOn(caller.signal, 'addEventListener')
    const removed = vi.spyOn(caller.signal, 'removeEventListener')
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"candidates":\n\n')) })
    const fetch: GeminiFetch = async (_, { signal }) => {
      sent.push(signal)
      return new Response(body, SSE)
    }
    const { error } = await hear(model({ fetch, retries: 0 }), { signal: caller.signal })
    expect(error).toMatchObject({ code: 'protocol' })
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
    expect(sent.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('is not sent again where a page comes with a good status', async () => {
    const { error } = await talk([{ status: 200, body: '<html><title>Welcome</title></html>' }])
    expect(error).toMatchObject({ code: 'protocol', retryable: false })
  })

  it('is not sent again where the first chunk came too late as often as it may', async () => {
    const fetch: GeminiFetch = () => new Promise(() => {})
    const { chunks, error } = await hear(model({ fetch, retries: 1, timeouts: { firstChunkMs: 5 } }))
    expect(chunks).toEqual([{ retry: { attempt: 1, delayMs: 500, code: 'timeout' } }])
    expect(error).toMatchObject({ code: 'timeout', retryable: true, message: expect.stringContaining('timeouts.firstChunkMs') })
  })

  it('may take the whole time alone where it is not streamed', async () => {
    const fetch: GeminiFetch = () => new Promise(() => {})
    const { error } = await hear(model({ fetch, stream: false, retries: 0, timeouts: { firstChunkMs: 1, stallMs: 1, callMs: 5 } }))
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('timeouts.callMs') })
  })
})

describe('a stream that breaks after its first chunk', () => {
  const broken = answer.text('It is 42.', { in: 3, finishReason: null })
  const length = (chunks: readonly ModelChunk[]): number => chunks.reduce((sum, chunk) => sum + JSON.stringify(chunk).length + 10, 0)

  it.each<[string, GeminiReply, string]>([
    ['the line is cut between two chunks', { chunks: ending, cutAfter: length(ending.slice(0, 2)) }, 'network'],
    ['the line is cut inside a chunk', { chunks: ending, cutAfter: length(ending.slice(0, 2)) + 9 }, 'network'],
    ['it ends without a finish reason', { chunks: broken.slice(0, 2) }, 'network'],
    ['it ends inside a chunk', { status: 200, body: `${frames(broken.slice(0, 2))}data: {"candidates":`, ...SSE }, 'network'],
    [
      'an error comes',
      { status: 200, body: `${frames(broken.slice(0, 2))}data: ${JSON.stringify(overloaded.body)}\r\n\r\n`, ...SSE },
      'overloaded',
    ],
    ['a frame is no JSON', { status: 200, body: `${frames(broken.slice(0, 2))}data: {"candidates":\r\n\r\n`, ...SSE }, 'protocol'],
  ])('is not sent again by itself: %s', async (_, reply, code) => {
    const { chunks, error, requests } = await talk([reply])
    expect(chunks).toEqual(ending.slice(0, 2))
    expect(error).toMatchObject({ code, retryable: true })
    expect(ModelError.is(error)).toBe(true)
    expect(requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('may be cut off after a finish reason, too: there can be several', async () => {
    const { chunks, error } = await talk([{ status: 200, body: `${frames(answer.text('42'))}data: {"candidates":`, ...SSE }])
    expect(chunks).toEqual(answer.text('42'))
    expect(error).toMatchObject({ code: 'network', message: 'Gemini ended the stream inside a chunk' })
  })

  it('ends when nothing comes any more, and closes the connection', async () => {
    await using server = await geminiServer({ script: [{ chunks: ending.slice(0, 1), hang: true }] })
    const { chunks, error } = await hear(model({ baseUrl: server.url, timeouts: { stallMs: 20 } }))
    expect(chunks).toEqual(ending.slice(0, 1))
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('timeouts.stallMs') })
    expect(await server.ended(0)).toBe('left')
  })
})

async function closedServer(): Promise<{ readonly url: string }> {
  await using server = await geminiServer({ script: [] })
  return { url: server.url }
}
