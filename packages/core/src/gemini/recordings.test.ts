import { readdirSync, readFileSync } from 'node:fs'
import { GoogleGenAI } from '@google/genai'
import { describe, expect, it } from 'vitest'
import type { ModelChunk, ModelRequest } from '../model.ts'
import { type GeminiReply, geminiServer } from '../testing/gemini-server.ts'
import { gemini } from './gemini.ts'

/** A file of test/fixtures/recorded; PROVENANCE.md says what the fields are. */
interface Recording {
  readonly chunks?: readonly ModelChunk[]
  readonly response?: ModelChunk
  readonly status?: number
  readonly body?: object
}

const folder = new URL('../../test/fixtures/recorded/', import.meta.url)
const recordings = readdirSync(folder).map((name): [string, Recording] => [
  name.replace('.json', ''),
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
])
const streams = recordings.flatMap(([name, { chunks }]) => (chunks === undefined ? [] : [[name, chunks] as const]))
const responses = recordings.flatMap(([name, { response }]) => (response === undefined ? [] : [[name, response] as const]))
const errors = recordings.flatMap(([name, { status, body }]) =>
  status === undefined || body === undefined ? [] : [[name, { status, body }] as const],
)
const question: ModelRequest = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }

it('knows recordings of all three kinds', () => {
  expect([streams.length, responses.length, errors.length]).toEqual([5, 2, 3])
})

describe('our adapter', () => {
  it.each(streams)('yields the chunks of %s verbatim', async (_, chunks) => {
    expect(await ask({ chunks }, true)).toEqual(chunks)
  })

  it.each(responses)('yields the response of %s verbatim, streamed or not', async (_, response) => {
    expect(await ask({ chunks: [response] }, true)).toEqual([response])
    expect(await ask({ chunks: [response] }, false)).toEqual([response])
  })

  it.each(streams)('sends the parts of %s back byte for byte', async (_, chunks) => {
    const contents = chunks.map((chunk) => chunk.candidates?.[0]?.content ?? {})
    const received = await sent({ contents })
    expect(received).toEqual(contents)
    expect(JSON.stringify(received)).toBe(JSON.stringify(contents))
  })
})

describe('geminiServer', () => {
  it.each(streams)('streams %s so that the real SDK parses it as the recorded bytes', async (_, chunks) => {
    const ours = await sdkStream(async () => {
      await using server = await geminiServer({ script: [{ chunks }] })
      const response = await fetch(`${server.url}/v1/models/m:streamGenerateContent?alt=sse`, { method: 'POST', body: '{}' })
      return await response.text()
    })
    const recorded = await sdkStream(async () =>
      chunks.map((chunk) => `data: ${JSON.stringify(chunk, null, 1).replaceAll('\n', '')}\r\n\r\n`).join(''),
    )
    expect(ours).toEqual(recorded)
    expect(ours).toHaveLength(chunks.length)
  })

  it.each(responses)('answers %s in one piece so that the real SDK parses it as the recorded body', async (_, response) => {
    await using server = await geminiServer({ script: [{ chunks: [response] }] })
    const ai = new GoogleGenAI({ apiKey: 'a-key', httpOptions: { baseUrl: server.url } })
    const parsed = await ai.models.generateContent({ model: 'm', contents: 'hello' })
    expect(JSON.parse(JSON.stringify({ ...parsed, sdkHttpResponse: undefined }))).toEqual(response)
  })

  it.each(errors)('refuses with %s so that the real SDK throws it with its status and body', async (_, error) => {
    await using server = await geminiServer({ script: [error] })
    const ai = new GoogleGenAI({ apiKey: 'a-key', httpOptions: { baseUrl: server.url } })
    const thrown = await ai.models.generateContent({ model: 'm', contents: 'hello' }).catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ name: 'ApiError', status: error.status })
    expect(JSON.parse((thrown as Error).message)).toEqual(error.body)
  })
})

async function ask(reply: GeminiReply, stream: boolean): Promise<readonly ModelChunk[]> {
  await using server = await geminiServer({ script: [reply] })
  const model = gemini({ model: 'gemini-3.5-flash', apiKey: 'a-key', baseUrl: server.url, stream })
  return await Array.fromAsync(model.generate(question, { signal: new AbortController().signal }))
}

async function sent(request: ModelRequest): Promise<unknown> {
  await using server = await geminiServer({ script: [{ chunks: [{ candidates: [{ finishReason: 'STOP' }] }] }] })
  const model = gemini({ model: 'gemini-3.5-flash', apiKey: 'a-key', baseUrl: server.url })
  await Array.fromAsync(model.generate(request, { signal: new AbortController().signal }))
  const [seen] = server.requests
  return (seen?.body as { readonly contents?: unknown } | undefined)?.contents
}

/** What the real SDK makes of a body. */
async function sdkStream(body: () => Promise<string>): Promise<readonly unknown[]> {
  const text = await body()
  const ai = new GoogleGenAI({
    apiKey: 'a-key',
    httpOptions: { fetch: async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }) },
  })
  const chunks = await Array.fromAsync(await ai.models.generateContentStream({ model: 'm', contents: 'hello' }))
  return chunks.map((chunk) => JSON.parse(JSON.stringify({ ...chunk, sdkHttpResponse: undefined })))
}
