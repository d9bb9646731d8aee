import { readFileSync } from 'node:fs'
import * as sdk3 from '@google/genai'
import * as sdk2 from 'genai-2'
import { describe, expect, it } from 'vitest'
import type { Content, ModelRequest } from '../model.ts'
import { type GeminiServerRequest, geminiServer } from '../testing/gemini-server.ts'
import { answer } from '../testing/scripted-model.ts'
import { geminiOver } from './gemini.ts'
import type { GeminiOptions } from './options.ts'
import type { Sdk } from './sdk.ts'

const versions: readonly (readonly [string, Sdk])[] = [
  ['3.3.0', sdk3 as unknown as Sdk],
  ['2.32.0', sdk2 as unknown as Sdk],
]
const authClient = { getRequestHeaders: async (): Promise<Headers> => new Headers({ authorization: 'Bearer a-token' }) }
const backends: readonly (readonly [string, Partial<GeminiOptions>])[] = [
  ['the Gemini API', { apiKey: 'a-key' }],
  ['the Gemini API, with a version and headers', { apiKey: 'a-key', apiVersion: 'v1alpha', headers: { 'x-extra': '1' } }],
  ['Vertex AI with an express key', { vertexai: true, apiKey: 'a-key' }],
  ['Vertex AI with project, location and token', { vertexai: true, project: 'p', location: 'l', googleAuthOptions: { authClient } }],
]
const contents: readonly Content[] = [
  { role: 'user', parts: [{ text: '6 * 7?' }, { inlineData: { mimeType: 'text/csv', data: 'YSxiCg==' } }] },
  { role: 'model', parts: [{ functionCall: { name: 'run_python', args: { code: 'print(6 * 7)' } }, thoughtSignature: 'c2ln' }] },
  { role: 'user', parts: [{ functionResponse: { name: 'run_python', response: { output: '42\n' } } }] },
]
const declared = [
  { functionDeclarations: [{ name: 'run_python', parametersJsonSchema: { type: 'object', properties: { code: { type: 'string' } } } }] },
]
const full: ModelRequest = {
  contents,
  instructions: 'Be brief.',
  tools: declared,
  toolMode: 'auto',
  config: {
    temperature: 0.2,
    stopSequences: ['END'],
    thinkingConfig: { includeThoughts: true, thinkingBudget: 512 },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/abc',
  },
}

describe.each(versions)('over SDK %s', (_, sdk) => {
  describe.each(backends)('for %s', (__, backend) => {
    it.each([true, false])('sends what the SDK itself sends (streamed: %s)', async (stream) => {
      for (const request of [full, { contents }] satisfies ModelRequest[]) {
        const [bySdk, byUs] = await both(sdk, backend, request, stream)
        expect(byUs).toEqual(bySdk)
      }
    })
  })
})

describe('what the SDK sent when it was recorded', () => {
  const base = { model: 'gemini-3-flash-preview', apiKey: 'a-key', apiVersion: 'v1beta' }
  const user = (text: string): readonly Content[] => [{ role: 'user', parts: [{ text }] }]
  const codeExecution = [{ codeExecution: {} }]

  it.each<[string, number, GeminiOptions, ModelRequest]>([
    [
      '01-generate-content-code-execution',
      0,
      { ...base, apiVersion: undefined, stream: false },
      { contents: user('What is 6*7? Run code.'), tools: codeExecution },
    ],
    ['03-generate-content-stream', 0, base, { contents: user('What is 6*7? Run code.'), tools: codeExecution }],
    [
      '02-generate-content-full-config',
      0,
      { ...base, stream: false },
      {
        contents: user('hi'),
        instructions: 'Be brief',
        tools: codeExecution,
        toolMode: 'auto',
        config: {
          serviceTier: 'flex',
          safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
          toolConfig: { includeServerSideToolInvocations: true },
          cachedContent: 'cachedContents/abc',
          temperature: 0.2,
          topP: 0.9,
          topK: 40,
          candidateCount: 1,
          maxOutputTokens: 512,
          stopSequences: ['END'],
          presencePenalty: 0.1,
          frequencyPenalty: 0.1,
          seed: 7,
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'object', properties: { a: { type: 'number' } } },
          responseModalities: ['TEXT'],
          mediaResolution: 'MEDIA_RESOLUTION_LOW',
          thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
          httpOptions: { timeout: 45_000, headers: { 'x-extra': '1' }, extraBody: { experimentalField: { a: 1 } } },
        },
      },
    ],
    [
      '12-vertex-paths',
      0,
      { model: 'gemini-2.5-flash', vertexai: true, apiKey: 'a-key', stream: false },
      { contents: user('express'), tools: codeExecution },
    ],
    [
      '12-vertex-paths',
      2,
      { model: 'gemini-2.5-flash', vertexai: true, project: 'p1', location: 'us-central1', googleAuthOptions: { authClient } },
      { contents: user('project stream') },
    ],
  ])('%s, request %i, is what we send', async (name, index, options, request) => {
    const recorded = recordedRequest(name, index)
    const ours = await sendOurs(sdk3 as unknown as Sdk, options, request)
    expect(comparable(ours)).toEqual(comparable(recorded))
  })

  it('07-function-call-round-trip-multimodal is what we send, the conversation with it', async () => {
    for (const index of [0, 1]) {
      const recorded = recordedRequest('07-function-call-round-trip-multimodal', index)
      const body = recorded.body as {
        readonly contents: readonly Content[]
        readonly tools: readonly object[]
        readonly toolConfig?: object
      }
      const config = body.toolConfig === undefined ? {} : { toolConfig: body.toolConfig }
      const ours = await sendOurs(
        sdk3 as unknown as Sdk,
        { ...base, stream: false },
        { contents: body.contents, tools: body.tools, config },
      )
      expect(comparable(ours)).toEqual(comparable(recorded))
    }
  })
})

/** The same request by the SDK itself, and by our adapter over it. */
async function both(sdk: Sdk, backend: Partial<GeminiOptions>, request: ModelRequest, stream: boolean): Promise<readonly object[]> {
  await using server = await geminiServer({ script: [{ chunks: answer.text('42') }, { chunks: answer.text('42') }] })
  const { headers, ...client } = backend
  const { models } = new sdk.GoogleGenAI({
    ...client,
    httpOptions: { baseUrl: server.url, ...(headers && { headers: { ...headers } }) },
  } as never)
  const config = {
    ...request.config,
    ...(request.instructions !== undefined && { systemInstruction: request.instructions }),
    ...(request.tools && { tools: request.tools }),
    ...(request.toolMode && { toolConfig: { functionCallingConfig: { mode: request.toolMode.toUpperCase() } } }),
  }
  const parameters = { model: 'gemini-3.5-flash', contents: [...request.contents], config }
  if (stream) await Array.fromAsync((await models.generateContentStream(parameters)) as AsyncIterable<unknown>)
  else await models.generateContent(parameters)
  const model = geminiOver(async () => sdk, { model: 'gemini-3.5-flash', ...backend, baseUrl: server.url, stream })
  await Array.fromAsync(model.generate(request, { signal: new AbortController().signal }))
  server.assertDone()
  return server.requests.map(({ headers: { 'content-length': _length, ...rest }, ...seen }) => ({ ...seen, headers: rest }))
}

async function sendOurs(sdk: Sdk, options: GeminiOptions, request: ModelRequest): Promise<GeminiServerRequest> {
  await using server = await geminiServer({ script: [{ chunks: answer.text('42') }] })
  const model = geminiOver(async () => sdk, { ...options, baseUrl: server.url })
  await Array.fromAsync(model.generate(request, { signal: new AbortController().signal }))
  const [seen] = server.requests
  if (seen === undefined) throw new Error('Nothing was sent')
  return seen
}

function recordedRequest(name: string, index: number): GeminiServerRequest {
  const url = new URL(`../../test/fixtures/sdk-requests/${name}.json`, import.meta.url)
  const { requests } = JSON.parse(readFileSync(url, 'utf8')) as { readonly requests: readonly GeminiServerRequest[] }
  const request = requests[index]
  if (request === undefined) throw new Error(`${name} has no request ${index}`)
  return request
}

/** Without what differs by server, version and secret. An empty `generationConfig` is sent where a config was given, and we always give one. */
function comparable({ method, path, query, headers, body }: GeminiServerRequest): object {
  const { host: _host, 'content-length': _length, 'user-agent': _agent, 'x-goog-api-client': _client, ...rest } = headers
  const redacted = Object.entries(rest).map(([name, value]) => [
    name,
    ['x-goog-api-key', 'authorization'].includes(name) ? '<redacted>' : value,
  ])
  const { generationConfig = {}, ...fields } = body as { readonly generationConfig?: object }
  return { method, path, query, headers: Object.fromEntries(redacted), body: { ...fields, generationConfig } }
}
