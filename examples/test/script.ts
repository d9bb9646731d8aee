import { answer, type GeminiAnswer, type GeminiFailure, googleError } from '@interloop/core/testing'

/** The model says a text. */
export function says(text: string): GeminiAnswer {
  return { chunks: answer.text(text, { in: 3 }) }
}

/** The model writes a program, as Gemini 3 does. */
export function writes(code: string): GeminiAnswer {
  return { chunks: answer.code(code, { id: crypto.randomUUID().slice(0, 8), signature: 'c2lnbmF0dXJl' }) }
}

/** What Gemini answers to a key that is none (gemini-wire.md 3.9). */
export const refusedKey: GeminiFailure = googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
])
