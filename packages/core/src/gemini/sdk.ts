import type { GeminiOptions } from './options.ts'

/** What is used of `@google/genai`, the same in 2.x and 3.x. */
export interface Sdk {
  readonly GoogleGenAI: new (options: SdkOptions) => SdkClient
}

/** What the SDK's client is made with. */
export interface SdkOptions {
  apiKey?: string
  vertexai?: boolean
  project?: string
  location?: string
  googleAuthOptions?: object
  apiVersion?: string
  httpOptions: { baseUrl?: string; headers?: Record<string, string> }
}

/** What is asked of the SDK's client. */
export interface SdkClient {
  readonly vertexai: boolean
  readonly models: {
    generateContent(parameters: SdkParameters): Promise<unknown>
    generateContentStream(parameters: SdkParameters): Promise<unknown>
  }
}

/** What a request is built from. */
export interface SdkParameters {
  model: string
  contents: object[]
  config: object
}

/** Loads the SDK: only here, and only when a model is first asked, because it takes 110 ms (house-style.md 1). */
export async function loadSdk(): Promise<Sdk> {
  // Its own types know more options than are used; as a module it has what `Sdk` says, in all versions that the peer range allows.
  return (await import('@google/genai')) as unknown as Sdk
}

/** The SDK's options for ours. New objects, because its constructor writes into them (gemini-wire.md 1.12). */
export function sdkOptionsOf(options: GeminiOptions): SdkOptions {
  const { apiKey, vertexai, project, location, googleAuthOptions, apiVersion, baseUrl, headers } = options
  return {
    ...defined({ apiKey, vertexai, project, location, googleAuthOptions, apiVersion }),
    httpOptions: defined({ baseUrl, headers: headers && { ...headers } }),
  }
}

function defined<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
}
