import type { Content, GenerateContentConfig, GenerateContentResponse, GoogleGenAI, Part } from '@google/genai'
import type { Session } from '@interloop/core/executor'

/** What the loop by hand is given: the same model, prompt, settings and texts as ours. */
export interface HandTalk {
  readonly ai: GoogleGenAI
  readonly model: string
  readonly prompt: string
  /** Instructions and tools. */
  readonly config: GenerateContentConfig
  /** Runs the programs. */
  readonly session: Session
  /** What the model is told of each program, in order; it costs this loop nothing to make. */
  readonly replies: readonly Readonly<Record<string, unknown>>[]
}

/** The loop that one writes on the bare SDK: ask, run what is called, send back what came of it. */
export async function handLoop(talk: HandTalk): Promise<string> {
  return loopOver(talk, (parameters) => talk.ai.models.generateContent(parameters))
}

/** The same with each answer streamed. */
export async function handLoopStreamed(talk: HandTalk): Promise<string> {
  return loopOver(talk, async (parameters) => {
    const parts: Part[] = []
    for await (const { candidates } of await talk.ai.models.generateContentStream(parameters)) {
      parts.push(...(candidates?.[0]?.content?.parts ?? []))
    }
    return { candidates: [{ content: { role: 'model', parts } }] }
  })
}

type Asked = Parameters<GoogleGenAI['models']['generateContent']>[0]

async function loopOver(
  { model, prompt, config, session, replies }: HandTalk,
  generate: (parameters: Asked) => Promise<Pick<GenerateContentResponse, 'candidates'>>,
): Promise<string> {
  const controller = new AbortController()
  const contents: Content[] = [{ role: 'user', parts: [{ text: prompt }] }]
  let ran = 0
  for (;;) {
    const response = await generate({ model, contents, config: { ...config, abortSignal: controller.signal } })
    const content = response.candidates?.[0]?.content ?? {}
    const parts = content.parts ?? []
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
    if (calls.length === 0) return parts.map(({ text }) => text ?? '').join('')
    contents.push(content)
    const results: Part[] = []
    for (const { id = '', name = '', args } of calls) {
      const request = { id, code: String(args?.['code']), language: 'python', limits: {}, idempotencyKey: `${id}/1` } as const
      await session.execute(request, { signal: controller.signal, emit: () => {}, callTool: () => Promise.reject(new Error('no tools')) })
      results.push({ functionResponse: { id, name, response: { ...replies[ran] } } })
      ran += 1
    }
    contents.push({ role: 'user', parts: results })
  }
}
