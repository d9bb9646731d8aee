import { GoogleGenAI } from '@google/genai'
import { createLoop, type ModelRequest } from '@interloop/core'
import { type GeminiFetch, type GeminiOptions, gemini } from '@interloop/core/gemini'
import { type ScriptedExecutor, scriptedExecutor } from '@interloop/core/testing'
import { type ConversationName, conversations } from './conversation.ts'
import { fastFetch } from './fast-fetch.ts'
import { handLoop, handLoopStreamed } from './hand-loop.ts'

/** One of the things that are compared: has a conversation so many times, one after the other, and throws where it does not end as it must. */
export type Arm = (times: number) => Promise<void>

/** The default ends long conversations. */
const BUDGETS = { modelCalls: 1_000, executions: 1_000 }

/** Key and address of the server. */
type Access = Pick<GeminiOptions, 'apiKey' | 'baseUrl'>

/** Our loop. `fetch` is handed to the model; the events of a streamed run are all read. */
export function ourArm(
  name: ConversationName,
  access: Access,
  { stream = false, fetch }: { stream?: boolean; fetch?: GeminiFetch } = {},
): Arm {
  const model = gemini({ ...access, model: name, stream, fetch })
  const { prompt } = conversations[name]
  const check = checkFor(name)
  return async (times) => {
    const executor = executorFor(name, times)
    const loop = createLoop({ model, executor, budgets: BUDGETS })
    for (let time = 0; time < times; time += 1) {
      const run = loop.run(prompt)
      if (stream) await readAll(run)
      const { output_text, error } = await run.summary
      check(error?.message ?? output_text)
    }
    executor.assertDone()
  }
}

/** Our loop with a faster `fetch`. */
export function ourFastArm(name: ConversationName, access: Access): Arm {
  return ourArm(name, access, { fetch: fastFetch() })
}

/** The loop by hand. What it says to the model is what ours says, taken down from one run of ours. */
export async function handArm(name: ConversationName, access: Access, { stream = false } = {}): Promise<Arm> {
  const { config, replies } = await takeDown(name, access, stream)
  const ai = new GoogleGenAI({ apiKey: access.apiKey ?? '', httpOptions: { baseUrl: access.baseUrl ?? '' } })
  const check = checkFor(name)
  const loop = stream ? handLoopStreamed : handLoop
  return async (times) => {
    const executor = executorFor(name, times)
    for (let time = 0; time < times; time += 1) {
      const session = await executor.createSession()
      check(await loop({ ai, model: name, prompt: conversations[name].prompt, config, session, replies }))
      await session[Symbol.asyncDispose]()
    }
    executor.assertDone()
  }
}

/** How many requests one conversation makes. */
export function requestsOf(name: ConversationName): number {
  return conversations[name].programs.length + 1
}

function executorFor(name: ConversationName, times: number): ScriptedExecutor {
  const runs = conversations[name].programs.map(({ ran }) => ran)
  return scriptedExecutor(Array.from({ length: times }, () => runs).flat())
}

/** Instructions and tools of our loop as they are sent, and what it tells the model of each program. */
async function takeDown(name: ConversationName, access: Access, stream: boolean) {
  let body = ''
  const fetch: GeminiFetch = (url, init) => {
    body = init.body
    return globalThis.fetch(url, init)
  }
  const loop = createLoop({ model: gemini({ ...access, model: name, stream, fetch }), executor: executorFor(name, 1), budgets: BUDGETS })
  await loop.run(conversations[name].prompt).text
  const { contents, ...config } = JSON.parse(body) as ModelRequest & { readonly generationConfig?: object }
  const replies = contents.flatMap(({ parts = [] }) =>
    parts.flatMap(({ functionResponse }) => (functionResponse?.response ? [functionResponse.response] : [])),
  )
  return { config: config as object, replies }
}

async function readAll(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _event of events) count += 1
  return count
}

function checkFor(name: ConversationName): (text: string) => void {
  const wanted = conversations[name].answer.join('')
  return (text) => {
    if (text !== wanted) throw new Error(`${name} ended with: ${text.slice(0, 200)}`)
  }
}
