// Calls of gemini() against a server that plays a script: what the tests of src/gemini share.

import { afterEach, beforeEach, expect, vi } from 'vitest'
import { geminiOver } from '../src/gemini/gemini.ts'
import type { GeminiOptions } from '../src/gemini/options.ts'
import { loadSdk } from '../src/gemini/sdk.ts'
import type { Model, ModelChunk, ModelRequest } from '../src/model.ts'
import type { RetryClock } from '../src/retry.ts'
import { type GeminiReply, type GeminiServer, geminiServer, googleError } from '../src/testing/gemini-server.ts'
import { answer } from '../src/testing/scripted-model.ts'

export const key = 'AIza-0123456789abcd'
export const overloaded = googleError(503, 'UNAVAILABLE', 'The model is overloaded.')
export const ending: readonly ModelChunk[] = answer.text('It is 42.', { in: 3 })
/** The head of a response that streams, and of one that does not. */
export const SSE = { headers: { 'content-type': 'text/event-stream' } }
export const JSON_TYPE = { headers: { 'content-type': 'application/json; charset=UTF-8' } }
export const question: ModelRequest = { contents: [{ role: 'user', parts: [{ text: '6 * 7?' }] }] }

/** Waits that are over at once, and are remembered; emptied before each test. */
export const waits: number[] = []
export const clock: RetryClock = {
  random: () => 0,
  async wait(delayMs, signal) {
    signal.throwIfAborted()
    waits.push(delayMs)
  },
}

/** What the machine of a developer may say. */
const ENVIRONMENT = [
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'GOOGLE_GENAI_USE_VERTEXAI',
  'GOOGLE_GENAI_USE_ENTERPRISE',
  'GOOGLE_GENAI_API_VERSION',
]

/** Each test of the file begins without waits and environment, and leaves no rejection that nobody handled. */
export function cleanCalls(): void {
  const unhandled = vi.fn()
  beforeEach(() => {
    waits.length = 0
    for (const name of ENVIRONMENT) vi.stubEnv(name, undefined)
    process.on('unhandledRejection', unhandled)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    // Rejections are reported once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
}

/** The frames of a stream. */
export function frames(chunks: readonly ModelChunk[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')
}

/** Gemini with a key, a real SDK, and waits that are over at once. */
export function model(options: Partial<GeminiOptions>): Model {
  return geminiOver(loadSdk, { model: 'gemini-3.5-flash', apiKey: key, ...options }, clock)
}

/** All chunks of one call. */
export function ask(one: Model, signal: AbortSignal = new AbortController().signal): Promise<readonly ModelChunk[]> {
  return Array.fromAsync(one.generate(question, { signal }))
}

/** What one call told. */
export interface Heard {
  readonly chunks: readonly ModelChunk[]
  readonly error?: unknown
}

/** All that is told, with the error that it ends with. */
export async function hear(
  one: Model,
  options: { readonly signal?: AbortSignal; readonly retried?: number; readonly onChunk?: () => void } = {},
): Promise<Heard> {
  const { signal = new AbortController().signal, retried, onChunk } = options
  const chunks: ModelChunk[] = []
  try {
    for await (const chunk of one.generate(question, { signal, retried })) {
      chunks.push(chunk)
      onChunk?.()
    }
  } catch (error) {
    return { chunks, error }
  }
  return { chunks }
}

/** One call against a server that plays a script, all of which must be used. */
export async function talk(
  script: readonly GeminiReply[],
  options: Partial<GeminiOptions> = {},
  onChunk?: (controller: AbortController) => void,
): Promise<Heard & { readonly requests: GeminiServer['requests'] }> {
  await using server = await geminiServer({ script })
  const controller = new AbortController()
  const heard = await hear(model({ baseUrl: server.url, ...options }), { signal: controller.signal, onChunk: () => onChunk?.(controller) })
  server.assertDone()
  return { ...heard, requests: server.requests }
}
