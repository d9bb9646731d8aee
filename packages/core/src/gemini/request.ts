import type { Content, ModelRequest } from '../model.ts'
import type { SdkClient } from './sdk.ts'

/** What the SDK would send, without the conversation. */
export interface Envelope {
  readonly url: string
  readonly headers: Headers
  /** The body after its contents: `,"tools":[…]}`. */
  readonly tail: string
  /** Of the headers; never to be told. */
  readonly secrets: readonly string[]
}

/** Builds requests with one client of the SDK. */
export interface RequestBuilder {
  /** What was built for equal settings in the last minute. */
  kept(request: ModelRequest): Envelope | undefined
  /** Has the SDK build it: paths, version, credentials, Vertex, all that config means on the wire. Rejects with what the SDK throws. */
  build(request: ModelRequest): Promise<Envelope>
}

/** What a builder is made for. */
export interface RequestBuilderOptions {
  readonly model: string
  readonly stream: boolean
  /** Whether Google's own tools may stand beside functions: models from 3.x on (gemini-wire.md 3.8). */
  readonly nativeWithFunctions: boolean
  client(): Promise<SdkClient>
}

/** A builder that keeps what it built for a minute, because it costs 75 µs each time (gemini-wire.md 1.12). */
export function requestBuilder(options: RequestBuilderOptions): RequestBuilder {
  let entries: readonly Entry[] = []
  return {
    kept(request): Envelope | undefined {
      const entry = entries.find(({ settings }) => isSame(settings, request))
      return entry !== undefined && performance.now() < entry.until ? entry.envelope : undefined
    },
    async build(request): Promise<Envelope> {
      const envelope = await catchRequest(request, options)
      const { tools, config, instructions, toolMode } = request
      const entry: Entry = { settings: { tools, config, instructions, toolMode }, until: performance.now() + KEPT_MS, envelope }
      entries = [entry, ...entries.filter(({ settings }) => !isSame(settings, request))].slice(0, KEPT_ENTRIES)
      return envelope
    },
  }
}

/** The body of a request: the conversation verbatim, then what the SDK built. The SDK itself would drop unknown fields of parts (gemini-wire.md 1.12). */
export function bodyOf({ contents }: ModelRequest, { tail }: Envelope): string {
  return `{"contents":[${joined(contents)}]${tail}`
}

/** The text of a conversation, kept under its last turn: the next request has it as its beginning, and each turn is serialised once. */
const begun = new WeakMap<Content, { readonly contents: readonly Content[]; readonly text: string }>()

function joined(contents: readonly Content[]): string {
  let text = ''
  let from = 0
  for (let at = contents.length - 1; at >= 0 && from === 0; at -= 1) {
    const turn = contents[at]
    const before = turn && begun.get(turn)
    if (!turn || !before || !isBeginning(before.contents, contents)) continue
    begun.delete(turn) // one conversation keeps one text: it stands under its last turn from now on
    text = before.text
    from = before.contents.length
  }
  for (const content of contents.slice(from)) text += text === '' ? JSON.stringify(content) : `,${JSON.stringify(content)}`
  const last = contents.at(-1)
  if (last) begun.set(last, { contents, text })
  return text
}

/** Turns are compared as objects: they are never changed (model.ts), and the same one may stand in two conversations. */
function isBeginning(start: readonly Content[], contents: readonly Content[]): boolean {
  return start.length <= contents.length && start.every((content, at) => content === contents[at])
}

type RequestSettings = Pick<ModelRequest, 'tools' | 'config' | 'instructions' | 'toolMode'>

interface Entry {
  readonly settings: RequestSettings
  readonly until: number
  readonly envelope: Envelope
}

/** Google's library renews credentials minutes before they expire. */
const KEPT_MS = 60_000

/** A run has two or three settings: with tools, with a schema, closing. */
const KEPT_ENTRIES = 8

function isSame(one: RequestSettings, other: RequestSettings): boolean {
  return (
    one.tools === other.tools && one.config === other.config && one.instructions === other.instructions && one.toolMode === other.toolMode
  )
}

/** The SDK believes that it talks to a server; what it would send is caught here. */
async function catchRequest(
  request: ModelRequest,
  { model, stream, nativeWithFunctions, client }: RequestBuilderOptions,
): Promise<Envelope> {
  const { models, vertexai } = await client()
  let caught: { readonly url: string; readonly init: RequestInit } | undefined
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    caught = { url, init }
    return Response.json({})
  }
  // Vertex AI has no flag for it, and the SDK throws where it is set (gemini-wire.md 1.6).
  const combines = nativeWithFunctions && !vertexai
  const parameters = {
    model,
    contents: PLACEHOLDER,
    config: { ...configOf(request, combines), httpOptions: { ...httpOptionsOf(request), fetch } },
  }
  await (stream ? models.generateContentStream(parameters) : models.generateContent(parameters))
  if (caught === undefined) throw new Error('The SDK sent nothing')
  const { contents: _placeholder, ...rest } = JSON.parse(caught.init.body as string) as { readonly contents: unknown }
  const tail = JSON.stringify(rest)
  const headers = new Headers(caught.init.headers)
  return { url: String(caught.url), headers, tail: tail === '{}' ? '}' : `,${tail.slice(1)}`, secrets: secretsOf(headers) }
}

function secretsOf(headers: Headers): readonly string[] {
  return [headers.get('x-goog-api-key') ?? '', (headers.get('authorization') ?? '').replace(/^Bearer /i, '')].filter(
    (secret) => secret !== '',
  )
}

/** Contents may not be empty for the SDK. */
const PLACEHOLDER = [{ role: 'user', parts: [{ text: '' }] }]

/** The SDK's config. What it would do by itself is off: calling functions, continuing, waiting, listening to a signal. */
function configOf(request: ModelRequest, combines: boolean): object {
  const { abortSignal: _signal, ...config } = (request.config ?? {}) as SdkConfig
  const { instructions, tools } = request
  const toolConfig = toolConfigOf(request, config, combines)
  return {
    ...config,
    automaticContinuation: false,
    automaticFunctionCalling: { disable: true },
    ...(instructions !== undefined && { systemInstruction: instructions }),
    ...(tools !== undefined && { tools }),
    ...(toolConfig !== undefined && { toolConfig }),
  }
}

interface SdkConfig {
  readonly abortSignal?: unknown
  readonly httpOptions?: {
    readonly timeout?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly retryOptions?: unknown
    readonly fetch?: unknown
  }
  readonly toolConfig?: { readonly functionCallingConfig?: { readonly mode?: string } }
}

/** Google's own tools beside functions want a flag and the mode VALIDATED: with it AUTO is refused (gemini-wire.md 1.6, 3.8). */
function toolConfigOf({ tools = [], toolMode }: ModelRequest, { toolConfig }: SdkConfig, combines: boolean): object | undefined {
  const functions = tools.some((tool) => 'functionDeclarations' in tool)
  const own = tools.some((tool) => Object.keys(tool).some((name) => name !== 'functionDeclarations'))
  const beside = combines && functions && own
  const asked = toolMode?.toUpperCase() ?? toolConfig?.functionCallingConfig?.mode
  const mode = beside && (asked === undefined || asked === 'AUTO') ? 'VALIDATED' : asked
  if (!beside && toolMode === undefined) return toolConfig
  return {
    ...toolConfig,
    ...(beside && { includeServerSideToolInvocations: true }),
    functionCallingConfig: { ...toolConfig?.functionCallingConfig, ...(mode !== undefined && { mode }) },
  }
}

/**
 * The SDK's time-out would leave a timer behind (gemini-wire.md 1.12), its retries would add to ours; both have options of `gemini`. What the time-out tells the server is kept, in
 * seconds, rounded up.
 */
function httpOptionsOf({ config }: ModelRequest): object {
  const { timeout, retryOptions: _retries, fetch: _fetch, ...rest } = (config as SdkConfig | undefined)?.httpOptions ?? {}
  if (timeout === undefined) return rest
  return { ...rest, headers: { ...rest.headers, 'x-server-timeout': String(Math.ceil(timeout / 1000)) } }
}
