import type { GenerateOptions, Model, ModelChunk, ModelRequest } from '../model.ts'
import { type RetryClock, retrying } from '../retry.ts'
import { type GeminiOptions, sendingOf, traitsOf } from './options.ts'
import { type Credentials, preflight } from './preflight.ts'
import type { OpenAnswer } from './read.ts'
import { requestBuilder } from './request.ts'
import { loadSdk, type Sdk, type SdkClient, sdkOptionsOf } from './sdk.ts'
import { openAnswer } from './send.ts'

/**
 * Gemini as a model, over `@google/genai`, by the Gemini API or Vertex AI. The SDK builds the request, we send it and read the answer, so that nothing is lost, parsed twice or left open (design.md 4).
 * Throws `OptionsError` for options that cannot be right; what only the first request can find is a `ModelError` of `generate`.
 */
export function gemini(options: GeminiOptions): Model {
  return geminiOver(loadSdk, options)
}

/** The same over another way to load the SDK, and another clock between attempts: for tests. */
export function geminiOver(load: () => Promise<Sdk>, options: GeminiOptions, clock?: RetryClock): Model {
  const { model } = options
  const sending = sendingOf(options)
  const traits = traitsOf(options)
  let credentials: Credentials | undefined
  let opened: Promise<SdkClient> | undefined

  function client(): Promise<SdkClient> {
    opened ??= open(load, options).catch((error: unknown) => {
      // What failed once may be there the next time.
      opened = undefined
      throw error
    })
    return opened
  }

  const builder = requestBuilder({ model, stream: sending.stream, nativeWithFunctions: traits.nativeWithFunctions, client })
  function checked(): Credentials {
    credentials ??= preflight(options)
    return credentials
  }
  async function* chunksOf(
    request: ModelRequest,
    { signal, retried }: GenerateOptions,
    opened: (answer: OpenAnswer) => void,
  ): AsyncGenerator<ModelChunk, void, void> {
    signal.throwIfAborted()
    const context = { ...checked(), model }
    const attempts = retrying(() => openAnswer({ request, signal, sending, builder, context }), {
      retries: sending.retries,
      retried,
      signal,
      clock,
    })
    let attempt = await attempts.next()
    for (; !attempt.done; attempt = await attempts.next()) yield { retry: attempt.value }
    const answer = attempt.value
    opened(answer)
    try {
      let chunk: ModelChunk | undefined = answer.first
      for (; chunk !== undefined; chunk = answer.buffered() ?? (await answer.read())) {
        yield chunk
        signal.throwIfAborted()
      }
    } finally {
      answer.close()
    }
  }
  return {
    name: model,
    traits,
    preflight: () => void checked(),
    generate(request, options) {
      let answer: OpenAnswer | undefined
      const chunks = chunksOf(request, options, (opened) => {
        answer = opened
      })
      return Object.assign(chunks, { buffered: () => answer?.buffered() })
    },
  }
}

async function open(load: () => Promise<Sdk>, options: GeminiOptions): Promise<SdkClient> {
  const { GoogleGenAI } = await load()
  return new GoogleGenAI(sdkOptionsOf(options))
}
