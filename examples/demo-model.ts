import { readFileSync } from 'node:fs'
import type { Model, ModelChunk } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { geminiServer } from '@interloop/core/testing'

/** A model for the demo. Disposal ends the server of a recorded one. */
export interface DemoModel extends AsyncDisposable {
  readonly model: Model
  readonly isRecorded: boolean
}

interface Recording {
  readonly question: string
  readonly answers: readonly (readonly ModelChunk[])[]
}

const recording: Recording = JSON.parse(readFileSync(new URL('./recorded/first-50-primes.json', import.meta.url), 'utf8'))

/** What the demo asks by itself, and all that the recorded model knows. */
export const RECORDED_QUESTION: string = recording.question

/** Between two chunks of the recording, milliseconds: so that it streams as a model does. */
const GAP_MS = 25

/** Gemini itself where the environment has a key; otherwise a recorded model, which is none for a question that it does not know. */
export async function demoModel(question: string): Promise<DemoModel | undefined> {
  const name = process.env['INTERLOOP_MODEL'] || 'gemini-3.5-flash'
  if (hasCredentials()) return { model: gemini({ model: name }), isRecorded: false, [Symbol.asyncDispose]: async () => {} }
  if (question !== RECORDED_QUESTION) return undefined
  // The real adapter over the real SDK, and a server on loopback that speaks as Gemini's does.
  const server = await geminiServer({ script: recording.answers.map((chunks) => ({ chunks, gapMs: GAP_MS })) })
  return {
    model: gemini({ model: 'gemini-3.5-flash', vertexai: false, apiKey: 'recorded', baseUrl: server.url }),
    isRecorded: true,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Whether the environment says how to reach Gemini, by the Gemini API or Vertex AI. What is wrong with it, the adapter says. */
function hasCredentials(): boolean {
  const read = (name: string): string => process.env[name]?.trim() ?? ''
  const keys = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'].map(read)
  const flags = ['GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_ENTERPRISE'].map(read)
  return keys.some(Boolean) || flags.some((flag) => !['', 'false', '0', 'no', 'off'].includes(flag.toLowerCase()))
}
