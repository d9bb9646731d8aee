import { describe, expect, it, vi } from 'vitest'
import {
  ask,
  cleanCalls,
  clock,
  ending,
  frames,
  hear,
  JSON_TYPE,
  key,
  model,
  overloaded,
  question,
  SSE,
  talk,
} from '../../test/gemini-calls.ts'
import { type GeminiReply, geminiServer, googleError } from '../testing/gemini-server.ts'
import { answer } from '../testing/scripted-model.ts'
import { geminiOver } from './gemini.ts'
import type { GeminiFetch } from './options.ts'
import { loadSdk } from './sdk.ts'

cleanCalls()

describe('an answer', () => {
  it('comes as it is streamed', async () => {
    const { chunks, requests } = await talk([{ chunks: ending }])
    expect(chunks).toEqual(ending)
    expect(requests).toMatchObject([{ method: 'POST', path: '/v1/models/gemini-3.5-flash:streamGenerateContent', query: { alt: 'sse' } }])
  })

  it('comes in one chunk where it is not streamed', async () => {
    const { chunks, requests } = await talk([{ chunks: ending }], { stream: false })
    expect(chunks).toEqual(answer.text('It is 42.'))
    expect(requests).toMatchObject([{ path: '/v1/models/gemini-3.5-flash:generateContent', query: {} }])
  })

  it('keeps the message of its finish reason, which the SDK drops', async () => {
    const malformed = answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.run_python(')
    expect((await talk([{ chunks: malformed }])).chunks).toEqual(malformed)
    expect((await talk([{ chunks: malformed }], { stream: false })).chunks).toEqual(malformed)
  })

  it('may be that the prompt is blocked', async () => {
    const blocked = answer.blocked('PROHIBITED_CONTENT')
    expect((await talk([{ chunks: blocked }])).chunks).toEqual(blocked)
  })

  it('may be cut in the middle of a character by the network', async () => {
    const text = 'ä€😀'.repeat(5)
    const sent = new TextEncoder().encode(`: ping\n\ndata: ${JSON.stringify(answer.text(text)[0])}\r\n\r\n`)
    const fetch: GeminiFetch = async () => new Response(ReadableStream.from(Array.from(sent, (byte) => Uint8Array.of(byte))), SSE)
    expect(await ask(model({ fetch }))).toEqual(answer.text(text))
  })

  it.each([
    ['the array that a server streams without SSE', JSON.stringify(ending)],
    ['one object', JSON.stringify(ending[0])],
  ])('may be %s', async (_, body) => {
    const fetch: GeminiFetch = async () => new Response(body, JSON_TYPE)
    const expected: unknown = JSON.parse(body)
    expect(await ask(model({ fetch }))).toEqual(Array.isArray(expected) ? expected : [expected])
  })

  it('may end as other vendors end theirs', async () => {
    const fetch: GeminiFetch = async () => new Response(`data: ${JSON.stringify(answer.text('4')[0])}\n\ndata: [DONE]\n\n`, SSE)
    expect(await ask(model({ fetch }))).toEqual(answer.text('4'))
  })

  it('is not aborted when it is whole, and leaves no listener on the signal', async () => {
    const signals: AbortSignal[] = []
    const fetch: GeminiFetch = (url, init) => {
      signals.push(init.signal)
      return globalThis.fetch(url, init)
    }
    const caller = new AbortController()
    const added = vi.spyOn(caller.signal, 'addEventListener')
    const removed = vi.spyOn(caller.signal, 'removeEventListener')
    await using server = await geminiServer({ script: [{ chunks: ending }, { chunks: ending }] })
    for (const stream of [true, false]) await ask(model({ fetch, stream, baseUrl: server.url }), caller.signal)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
    expect(await Promise.all([server.ended(0), server.ended(1)])).toEqual(['whole', 'whole'])
  })
})

describe('what cannot work', () => {
  it('is found before the SDK is loaded', async () => {
    const load = vi.fn(loadSdk)
    const { error } = await hear(geminiOver(load, { model: 'gemini-3.5-flash' }))
    expect(error).toMatchObject({ code: 'key_missing' })
    expect(load).not.toHaveBeenCalled()
  })

  it('may work later, with the same model', async () => {
    vi.stubEnv('GEMINI_API_KEY', `"${key}"`)
    await using server = await geminiServer({ script: [{ chunks: ending }] })
    const one = geminiOver(loadSdk, { model: 'gemini-3.5-flash', baseUrl: server.url }, clock)
    expect((await hear(one)).error).toMatchObject({ code: 'key_invalid' })
    vi.stubEnv('GEMINI_API_KEY', key)
    expect(await ask(one)).toEqual(ending)
    expect(server.requests[0]?.headers['x-goog-api-key']).toBe(key)
  })

  it('is an SDK that is not installed, until it is', async () => {
    const missing = Object.assign(new Error("Cannot find package '@google/genai'"), { code: 'ERR_MODULE_NOT_FOUND' })
    const load = vi.fn(loadSdk).mockRejectedValueOnce(missing)
    await using server = await geminiServer({ script: [{ chunks: ending }] })
    const one = geminiOver(load, { model: 'gemini-3.5-flash', apiKey: key, baseUrl: server.url }, clock)
    expect((await hear(one)).error).toMatchObject({ code: 'misconfigured', hint: 'npm install @google/genai' })
    expect(await ask(one)).toEqual(ending)
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('says where a refused key came from, and never the key', async () => {
    const invalid = googleError(400, 'INVALID_ARGUMENT', `API key ${key} not valid.`, [{ reason: 'API_KEY_INVALID' }])
    const { error, requests } = await talk([invalid])
    expect(error).toMatchObject({ code: 'key_invalid', message: 'API key … not valid.', hint: 'The key ending …abcd comes from apiKey.' })
    expect(JSON.stringify([error, (error as Error).stack])).not.toContain(key)
    expect(JSON.stringify(requests.map(({ path, query, body }) => [path, query, body]))).not.toContain(key)
  })

  it('never tells a token that was fetched', async () => {
    const authClient = { getRequestHeaders: async (): Promise<Headers> => new Headers({ authorization: 'Bearer a-secret-token' }) }
    const options = { vertexai: true, apiKey: undefined, project: 'p', location: 'l', googleAuthOptions: { authClient } }
    const { error } = await talk([googleError(403, 'PERMISSION_DENIED', 'a-secret-token may not do this')], options)
    expect(error).toMatchObject({ code: 'permission', message: '… may not do this' })
  })
})

describe('an abort', () => {
  const reason = new Error('Enough.')

  it('before the call sends nothing', async () => {
    const fetch = vi.fn<GeminiFetch>()
    expect(await hear(model({ fetch }), { signal: AbortSignal.abort(reason) })).toEqual({ chunks: [], error: reason })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('while the answer is awaited closes the connection', async () => {
    const asked = Promise.withResolvers<void>()
    const script = [
      (): Promise<GeminiReply> => {
        asked.resolve()
        return new Promise(() => {})
      },
    ]
    await using server = await geminiServer({ script })
    const controller = new AbortController()
    const heard = hear(model({ baseUrl: server.url }), { signal: controller.signal })
    await asked.promise
    controller.abort(reason)
    expect(await heard).toEqual({ chunks: [], error: reason })
    expect(await server.ended(0)).toBe('left')
  })

  it('while an answer streams closes the connection', async () => {
    await using server = await geminiServer({ script: [{ chunks: ending.slice(0, 1), hang: true }] })
    const controller = new AbortController()
    const chunks = model({ baseUrl: server.url }).generate(question, { signal: controller.signal })[Symbol.asyncIterator]()
    expect(await chunks.next()).toEqual({ done: false, value: ending[0] })
    const next = chunks.next()
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
    expect(await server.ended(0)).toBe('left')
  })

  it('hands out nothing more, also of what has arrived', async () => {
    const controller = new AbortController()
    const fetch: GeminiFetch = async () => new Response(frames(ending), SSE)
    const { chunks, error } = await hear(model({ fetch }), { signal: controller.signal, onChunk: () => controller.abort(reason) })
    expect(chunks).toEqual(ending.slice(0, 1))
    expect(error).toBe(reason)
  })

  it('ends the wait before a retry', async () => {
    const { chunks, error, requests } = await talk([overloaded], {}, (controller) => controller.abort(reason))
    expect(chunks).toHaveLength(1)
    expect(error).toBe(reason)
    expect(requests).toHaveLength(1)
  })

  it('ends at once, although a fetch does not listen', async () => {
    const sending = Promise.withResolvers<void>()
    const fetch: GeminiFetch = () => {
      sending.resolve()
      return new Promise(() => {})
    }
    const controller = new AbortController()
    const heard = hear(model({ fetch }), { signal: controller.signal })
    await sending.promise
    controller.abort(reason)
    expect(await heard).toEqual({ chunks: [], error: reason })
  })

  it('ends at once while credentials are fetched', async () => {
    const fetching = Promise.withResolvers<void>()
    const authClient = {
      getRequestHeaders: (): Promise<Headers> => {
        fetching.resolve()
        return new Promise(() => {})
      },
    }
    const controller = new AbortController()
    const vertex = { vertexai: true, apiKey: undefined, project: 'p', location: 'l', googleAuthOptions: { authClient } }
    const heard = hear(model(vertex), { signal: controller.signal })
    await fetching.promise
    controller.abort(reason)
    expect(await heard).toEqual({ chunks: [], error: reason })
  })
})

describe('an answer that is left early', () => {
  it('closes its connection', async () => {
    await using server = await geminiServer({ script: [{ chunks: ending, hang: true }] })
    for await (const chunk of model({ baseUrl: server.url }).generate(question, { signal: new AbortController().signal })) {
      expect(chunk).toEqual(ending[0])
      break
    }
    expect(await server.ended(0)).toBe('left')
  })

  it('aborts the signal of its fetch', async () => {
    const sent: AbortSignal[] = []
    const fetch: GeminiFetch = async (_, { signal }) => {
      sent.push(signal)
      return new Response(frames(ending), SSE)
    }
    for await (const chunk of model({ fetch }).generate(question, { signal: new AbortController().signal })) {
      expect(chunk).toEqual(ending[0])
      break
    }
    expect(sent.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('closes the body of a fetch that does not listen to its signal', async () => {
    const cancelled = Promise.withResolvers<string>()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(frames(ending.slice(0, 1)))),
      cancel: () => cancelled.resolve('cancelled'),
    })
    for await (const chunk of model({ fetch: async () => new Response(body, SSE) }).generate(question, {
      signal: new AbortController().signal,
    })) {
      expect(chunk).toEqual(ending[0])
      break
    }
    expect(await cancelled.promise).toBe('cancelled')
  })
})
