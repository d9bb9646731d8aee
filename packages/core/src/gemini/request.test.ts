import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Content, ModelRequest } from '../model.ts'
import { bodyOf, type Envelope, type RequestBuilder, requestBuilder } from './request.ts'
import { loadSdk, sdkOptionsOf } from './sdk.ts'

const contents: readonly Content[] = [{ role: 'user', parts: [{ text: '6 * 7?' }] }]
const runPython = { functionDeclarations: [{ name: 'run_python' }] }
const search = { googleSearch: {} }

afterEach(() => {
  vi.useRealTimers()
})

describe('requestBuilder', () => {
  it('has the SDK build all but the conversation', async () => {
    const envelope = await builder().build({ contents, instructions: 'Be brief.', tools: [runPython] })
    expect(envelope.url).toBe('http://127.0.0.1:9/v1/models/gemini-3.5-flash:streamGenerateContent?alt=sse')
    expect(envelope.headers.get('x-goog-api-key')).toBe('a-key')
    expect(JSON.parse(bodyOf({ contents }, envelope))).toEqual({
      contents,
      systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' },
      tools: [runPython],
      generationConfig: {},
    })
    expect(envelope.secrets).toEqual(['a-key'])
  })

  it('keeps what it built for equal settings, told apart by identity, for a minute', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const built = builder()
    const config = { temperature: 0.2 }
    const request: ModelRequest = { contents, config, tools: [runPython], instructions: 'Be brief.', toolMode: 'auto' }
    expect(built.kept(request)).toBeUndefined()
    const envelope = await built.build(request)
    vi.advanceTimersByTime(59_999)
    expect(built.kept({ ...request, contents: [...contents, ...contents] })).toBe(envelope)
    expect(built.kept({ ...request, config: { temperature: 0.2 } })).toBeUndefined()
    expect(built.kept({ ...request, tools: [runPython] })).toBeUndefined()
    expect(built.kept({ ...request, toolMode: 'none' })).toBeUndefined()
    expect(built.kept({ ...request, instructions: 'Be long.' })).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(built.kept(request)).toBeUndefined()
  })

  it('keeps several settings, but not any number of them', async () => {
    const built = builder()
    const requests = Array.from({ length: 9 }, (_, index): ModelRequest => ({ contents, config: { seed: index } }))
    for (const request of requests) await built.build(request)
    expect(requests.map((request) => built.kept(request) !== undefined)).toEqual([false, true, true, true, true, true, true, true, true])
  })

  it('lets the SDK neither wait nor listen nor retry by itself', async () => {
    const controller = new AbortController()
    const listened = vi.spyOn(controller.signal, 'addEventListener')
    vi.useFakeTimers()
    const config = {
      abortSignal: controller.signal,
      httpOptions: {
        timeout: 45_000,
        retryOptions: { attempts: 5 },
        fetch: () => Promise.reject(new Error('Not this one.')),
        headers: { 'x-extra': '1' },
      },
    }
    const envelope = await builder().build({ contents, config })
    expect(vi.getTimerCount()).toBe(0)
    expect(listened).not.toHaveBeenCalled()
    expect(envelope.headers.get('x-server-timeout')).toBe('45')
    expect(envelope.headers.get('x-extra')).toBe('1')
  })

  it('is given what the SDK throws', async () => {
    await expect(builder().build({ contents, config: { responseSchema: 7, systemInstruction: 7 } })).rejects.toThrow()
  })
})

describe("Google's own tools beside functions", () => {
  it.each<[string, Partial<ModelRequest>, object | undefined]>([
    ['functions alone', { tools: [runPython], toolMode: 'auto' }, { functionCallingConfig: { mode: 'AUTO' } }],
    ["Google's own alone", { tools: [search], toolMode: 'auto' }, { functionCallingConfig: { mode: 'AUTO' } }],
    ['nothing said', { tools: [search] }, undefined],
    [
      'both, in their own objects',
      { tools: [runPython, search], toolMode: 'auto' },
      { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'VALIDATED' } },
    ],
    [
      'both, with no mode',
      { tools: [{ codeExecution: {} }, runPython] },
      { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'VALIDATED' } },
    ],
    [
      'both, and no calls',
      { tools: [runPython, search], toolMode: 'none' },
      { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'NONE' } },
    ],
    [
      'both, with more in the config',
      {
        tools: [runPython, search],
        config: {
          toolConfig: {
            functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['run_python'] },
            retrievalConfig: { languageCode: 'en' },
          },
        },
      },
      {
        includeServerSideToolInvocations: true,
        functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['run_python'] },
        retrievalConfig: { languageCode: 'en' },
      },
    ],
  ])('%s', async (_, request, toolConfig) => {
    expect(await toolConfigOf(builder(), request)).toEqual(toolConfig)
  })

  it('get no flag from a model that has none, and none on Vertex AI', async () => {
    const request: Partial<ModelRequest> = { tools: [runPython, search], toolMode: 'auto' }
    expect(await toolConfigOf(builder({ nativeWithFunctions: false }), request)).toEqual({ functionCallingConfig: { mode: 'AUTO' } })
    expect(await toolConfigOf(builder({ vertexai: true }), request)).toEqual({ functionCallingConfig: { mode: 'AUTO' } })
  })
})

describe('bodyOf', () => {
  const envelope: Envelope = { url: '', headers: new Headers(), tail: ',"generationConfig":{}}', secrets: [] }

  it('keeps every field of a part, and its place', () => {
    const parts = [
      { newField: { b: 1, a: 2 }, text: 'a', thoughtSignature: 'c2ln' },
      { text: '', thoughtSignature: 'c2lnMg==' },
    ] as object[]
    expect(bodyOf({ contents: [{ role: 'model', parts }] }, envelope)).toBe(
      '{"contents":[{"role":"model","parts":[{"newField":{"b":1,"a":2},"text":"a","thoughtSignature":"c2ln"},{"text":"","thoughtSignature":"c2lnMg=="}]}],"generationConfig":{}}',
    )
  })

  it('serialises each turn once', () => {
    let times = 0
    const turn: Content = Object.assign({ role: 'user', parts: [] }, { toJSON: () => ({ role: 'user', times: ++times }) })
    for (let round = 0; round < 3; round += 1) bodyOf({ contents: [...contents, turn] }, envelope)
    expect(times).toBe(1)
  })

  it('keeps conversations apart that share a turn, and goes on from any of them', () => {
    const [a, b, shared, more] = ['a', 'b', 'shared', 'more'].map((text) => ({ role: 'user', parts: [{ text }] }))
    for (const contents of [[a, shared], [b, shared], [a, shared, more], [b, shared, more, a], [a, shared], [shared]])
      expect(JSON.parse(bodyOf({ contents: contents.flatMap((turn) => turn ?? []) }, { ...envelope, tail: '}' }))).toEqual({ contents })
  })

  it('is whole where there is nothing but the conversation', () => {
    expect(bodyOf({ contents: [] }, { ...envelope, tail: '}' })).toBe('{"contents":[]}')
  })
})

function builder({ nativeWithFunctions = true, vertexai = false } = {}): RequestBuilder {
  const model = 'gemini-3.5-flash'
  return requestBuilder({
    model,
    stream: true,
    nativeWithFunctions,
    async client() {
      const { GoogleGenAI } = await loadSdk()
      return new GoogleGenAI(sdkOptionsOf({ model, apiKey: 'a-key', vertexai, baseUrl: 'http://127.0.0.1:9' }))
    },
  })
}

async function toolConfigOf(built: RequestBuilder, request: Partial<ModelRequest>): Promise<unknown> {
  const body = bodyOf({ contents }, await built.build({ contents, ...request }))
  return (JSON.parse(body) as { readonly toolConfig?: unknown }).toolConfig
}
