import { describe, expect, it } from 'vitest'
import { type GeminiReply, type GeminiServer, geminiServer, googleError } from './gemini-server.ts'
import { answer } from './scripted-model.ts'

const chunks = answer.text('It is 42.', { in: 3 })
const streamed = '/v1beta/models/m:streamGenerateContent?alt=sse'
const unary = '/v1beta/models/m:generateContent'

describe('geminiServer', () => {
  it('streams as the real service does', async () => {
    await using server = await geminiServer({ script: [{ chunks }] })
    const response = await post(server, streamed)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''))
    expect(await server.ended(0)).toBe('whole')
    server.assertDone()
  })

  it('streams an array where SSE is not asked for', async () => {
    await using server = await geminiServer({ script: [{ chunks }] })
    const response = await post(server, '/v1beta/models/m:streamGenerateContent')
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(await response.json()).toEqual(chunks)
  })

  it('answers in one piece where a stream is not asked for', async () => {
    await using server = await geminiServer({ script: [{ chunks }] })
    expect(await (await post(server, unary)).json()).toEqual(answer.text('It is 42.')[0])
  })

  it('remembers every request', async () => {
    await using server = await geminiServer({ script: [{ chunks }, { chunks }] })
    await (await post(server, streamed, '{"contents":[]}', { 'X-Extra': '1' })).text()
    await (await post(server, '/v1/projects/p/locations/l/publishers/google/models/m:generateContent', 'no JSON')).text()
    expect(server.requests).toEqual([
      {
        method: 'POST',
        path: '/v1beta/models/m:streamGenerateContent',
        query: { alt: 'sse' },
        headers: expect.objectContaining({ 'x-extra': '1' }),
        body: { contents: [] },
      },
      {
        method: 'POST',
        path: '/v1/projects/p/locations/l/publishers/google/models/m:generateContent',
        query: {},
        headers: expect.any(Object),
        body: 'no JSON',
      },
    ])
  })

  it('lets a function reply, which sees the request', async () => {
    await using server = await geminiServer({ script: [async ({ body }) => ({ chunks: answer.text(JSON.stringify(body)) })] })
    expect(await (await post(server, unary, '{"a":1}')).json()).toEqual(answer.text('{"a":1}')[0])
  })

  it.each<[string, GeminiReply, number, string, string]>([
    [
      "an error in Google's form",
      googleError(503, 'UNAVAILABLE', 'Busy.'),
      503,
      'application/json; charset=UTF-8',
      '{"error":{"code":503,"message":"Busy.","status":"UNAVAILABLE"}}',
    ],
    ['a page', { status: 502, body: '<html></html>' }, 502, 'text/html; charset=UTF-8', '<html></html>'],
    ['a text', { status: 200, body: 'Welcome' }, 200, 'text/plain; charset=UTF-8', 'Welcome'],
    ['bytes', { status: 200, body: Uint8Array.of(65, 66), headers: { 'content-type': 'image/png' } }, 200, 'image/png', 'AB'],
  ])('answers with %s', async (_, reply, status, type, text) => {
    await using server = await geminiServer({ script: [reply] })
    const response = await post(server, streamed)
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([status, type, text])
  })

  it.each([
    [streamed, 0],
    [streamed, 40],
    [unary, 10],
  ])('cuts the line of %s after %i bytes', async (path, cutAfter) => {
    await using server = await geminiServer({ script: [{ chunks, cutAfter }] })
    const response = await post(server, path)
    expect(response.status).toBe(200)
    let received = 0
    await expect(async () => {
      for await (const bytes of response.body ?? []) received += bytes.length
    }).rejects.toThrow('terminated')
    expect(received).toBe(cutAfter)
    expect(await server.ended(0)).toBe('cut')
  })

  it('stays silent on an open line until the client leaves', async () => {
    await using server = await geminiServer({ script: [{ chunks: chunks.slice(0, 1), hang: true }] })
    const response = await post(server, streamed)
    for await (const bytes of response.body ?? []) {
      expect(bytes.length).toBeGreaterThan(0)
      break
    }
    expect(await server.ended(0)).toBe('left')
  })

  it('lets time pass before the answer and between its chunks', async () => {
    await using server = await geminiServer({ script: [{ chunks, delayMs: 20, gapMs: 20 }] })
    const begun = performance.now()
    const response = await post(server, streamed)
    const head = performance.now() - begun
    await response.text()
    // Timers may be early by less than a millisecond.
    expect(head).toBeGreaterThan(19)
    expect(performance.now() - begun).toBeGreaterThan(58)
  })

  it('does not wait for a client that has left', async () => {
    await using server = await geminiServer({ script: [{ chunks, delayMs: 3_600_000 }] })
    const controller = new AbortController()
    const asked = post(server, streamed, '{}', {}, controller.signal)
    const left = expect(asked).rejects.toThrow()
    await expect.poll(() => server.requests.length).toBe(1)
    controller.abort()
    await left
    expect(await server.ended(0)).toBe('left')
  })

  it('says what is left over', async () => {
    await using server = await geminiServer({ script: [{ chunks }, { chunks }] })
    await (await post(server, unary)).text()
    expect(() => server.assertDone()).toThrow('geminiServer has 1 of 2 replies left over')
  })

  it('fails when it is asked for more than it knows, and a client that heeds it does not ask again', async () => {
    await using server = await geminiServer({ script: [] })
    const response = await post(server, unary)
    expect([response.status, response.headers.get('retry-after')]).toEqual([500, '3600'])
    expect(await response.json()).toEqual({
      error: { code: 500, message: 'geminiServer knows 0 replies, and was asked for more', status: 'INTERNAL' },
    })
    expect(() => server.assertDone()).toThrow(
      'geminiServer was asked what it does not know: geminiServer knows 0 replies, and was asked for more',
    )
  })

  it('fails when it is asked for something else, and keeps its reply', async () => {
    await using server = await geminiServer({ script: [{ chunks }] })
    expect((await post(server, '/v1/models/m:countTokens')).status).toBe(404)
    expect((await fetch(`${server.url}${unary}`)).status).toBe(404)
    expect((await post(server, unary)).status).toBe(200)
    expect(() => server.assertDone()).toThrow('POST /v1/models/m:countTokens; GET /v1beta/models/m:generateContent')
  })

  it('fails when a reply throws', async () => {
    await using server = await geminiServer({ script: [() => Promise.reject(new Error('No idea.'))] })
    await expect(post(server, unary)).rejects.toThrow()
    expect(() => server.assertDone()).toThrow('a reply failed: Error: No idea.')
  })

  it('knows no exchange that was not', async () => {
    await using server = await geminiServer({ script: [] })
    await expect(server.ended(0)).rejects.toThrow('geminiServer had no request 0')
  })

  it('closes all connections when it is disposed', async () => {
    const server = await geminiServer({ script: [{ chunks, hang: true }] })
    const response = await post(server, streamed)
    await server[Symbol.asyncDispose]()
    await expect(response.text()).rejects.toThrow('terminated')
    await expect(post(server, unary)).rejects.toThrow('fetch failed')
  })
})

function post(
  server: GeminiServer,
  path: string,
  body = '{}',
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', body, headers, ...(signal && { signal }) })
}
