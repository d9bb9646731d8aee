// A question and its answer through the real SDK and a server that speaks Gemini's wire format.
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { geminiServer, scriptedExecutor } from '@interloop/core/testing'

await using server = await geminiServer({
  script: [{ chunks: [{ candidates: [{ content: { role: 'model', parts: [{ text: 'It is 4.' }] }, finishReason: 'STOP' }] }] }],
})
const loop = createLoop({
  model: gemini({ model: 'gemini-3.5-flash', apiKey: 'not-a-key', baseUrl: server.url }),
  executor: scriptedExecutor([]),
})
const { status, output_text } = await loop.run('What is 2 + 2?').summary
console.log(JSON.stringify({ status, output_text }))
