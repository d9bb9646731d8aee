// What users of the SDK already have fits in as it is: a history, a configuration, an answer.
import type { Content, GenerateContentConfig, GenerateContentResponse } from '@google/genai'
import { type Chat, createLoop, type ModelChunk } from '@interloop/core'
import { answer, scriptedExecutor, scriptedModel } from '@interloop/core/testing'

const history: Content[] = [
  { role: 'user', parts: [{ text: 'My name is Ada.' }] },
  { role: 'model', parts: [{ text: 'Hello Ada.', thoughtSignature: 'c2ln' }] },
]
const config: GenerateContentConfig = { temperature: 0.5, thinkingConfig: { includeThoughts: true }, labels: { team: 'research' } }

const loop = createLoop({ model: scriptedModel([answer.text('Ada.')]), executor: scriptedExecutor([]), config })
const chat: Chat = loop.chat({ history })
console.log(await chat.run('What is my name?', { config }).text)

/** An answer of the SDK is a chunk of a model of one's own. */
export async function* generate(stream: AsyncIterable<GenerateContentResponse>): AsyncIterable<ModelChunk> {
  yield* stream
}
