import { OptionsError } from '../errors.ts'
import type { ModelTraits } from '../model.ts'

/** What `gemini` needs of a `fetch`; the platform's own fits. */
export type GeminiFetch = (
  url: string,
  init: { readonly method: string; readonly headers: Headers; readonly body: string; readonly signal: AbortSignal },
) => Promise<GeminiResponse>

/** What is read of a response; the platform's own fits. */
export interface GeminiResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
  text(): Promise<string>
}

/** Time-outs of one attempt, milliseconds; waits between attempts lie outside (design.md 4). A unary call has the whole one alone. */
export interface GeminiTimeouts {
  /** From sending to the first chunk. @default 120 000 */
  readonly firstChunkMs?: number | undefined
  /** Between two pieces of a stream. @default 60 000 */
  readonly stallMs?: number | undefined
  /** The whole call. @default 600 000 */
  readonly callMs?: number | undefined
}

/** Key, project and location also come from the environment, as the SDK reads them (ux.md 6.1). */
export interface GeminiOptions {
  /** `gemini-3.5-flash`, or any other name that the SDK takes. */
  readonly model: string
  /** @default GOOGLE_API_KEY, else GEMINI_API_KEY */
  readonly apiKey?: string | undefined
  /** Vertex AI instead of the Gemini API. @default whether GOOGLE_GENAI_USE_VERTEXAI is `true` */
  readonly vertexai?: boolean | undefined
  /** Of Vertex AI. @default GOOGLE_CLOUD_PROJECT */
  readonly project?: string | undefined
  /** Of Vertex AI. @default GOOGLE_CLOUD_LOCATION, else `global` */
  readonly location?: string | undefined
  /** For google-auth-library, through the SDK. */
  readonly googleAuthOptions?: object | undefined
  /** @default the SDK's: `v1` (3.x), `v1beta` (2.x), `v1beta1` (Vertex AI) */
  readonly apiVersion?: string | undefined
  /** @default Google's, or GOOGLE_GEMINI_BASE_URL, GOOGLE_VERTEX_BASE_URL */
  readonly baseUrl?: string | undefined
  /** Sent with each request, beside the SDK's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** @default true */
  readonly stream?: boolean | undefined
  /** How often one model call is sent again when it does not get through. @default 4 */
  readonly retries?: number | undefined
  readonly timeouts?: GeminiTimeouts | undefined
  /** Whether images may ride in function responses. @default not for gemini-1 and gemini-2 */
  readonly imagesInFunctionResponses?: boolean | undefined
  /** Sends the request. @default the platform's `fetch` */
  readonly fetch?: GeminiFetch | undefined
}

/** How requests are sent, with all defaults. */
export interface Sending {
  readonly stream: boolean
  readonly retries: number
  readonly firstChunkMs: number
  readonly stallMs: number
  readonly callMs: number
  readonly fetch: GeminiFetch
}

/** How requests are sent. Throws `OptionsError` for what cannot be right. */
export function sendingOf(options: GeminiOptions): Sending {
  const { model, stream = true, retries = 4, timeouts = {}, fetch = platformFetch } = options
  const { firstChunkMs = 120_000, stallMs = 60_000, callMs = 600_000 } = timeouts
  if (typeof model !== 'string' || model.trim() === '') {
    throw new OptionsError('model', `model must be the name of a model, such as gemini-3.5-flash, got ${shown(model)}`)
  }
  if (!Number.isInteger(retries) || retries < 0) {
    throw new OptionsError('retries', `retries must be a whole number of at least 0, got ${shown(retries)}`)
  }
  for (const [name, value] of Object.entries({ firstChunkMs, stallMs, callMs })) {
    if (typeof value !== 'number' || !(value > 0)) {
      throw new OptionsError(`timeouts.${name}`, `timeouts.${name} must be a number of milliseconds above 0, got ${shown(value)}`)
    }
  }
  if (typeof fetch !== 'function') throw new OptionsError('fetch', `fetch must be a function, got ${shown(fetch)}`)
  return { stream, retries, firstChunkMs, stallMs, callMs, fetch }
}

/** Looked up at each request, so that a replaced global `fetch` (a proxy, a recorder) is used. */
const platformFetch: GeminiFetch = (url, init) => globalThis.fetch(url, init)

/** What the loop must know of a model by its name (gemini-wire.md 1.6, 3.8). */
export function traitsOf({ model, imagesInFunctionResponses }: GeminiOptions): GeminiTraits {
  const before3 = /\bgemini-[12]\b/.test(model)
  return { imagesInFunctionResponses: imagesInFunctionResponses ?? !before3, nativeCodeExecution: true, nativeWithFunctions: !before3 }
}

/** The traits, each decided. */
export type GeminiTraits = { readonly [Name in keyof ModelTraits]-?: boolean }

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
