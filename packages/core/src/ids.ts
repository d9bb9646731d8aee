import type { NewId } from './intercept/found.ts'
import type { Content } from './model.ts'
import type { Progress } from './progress.ts'

/**
 * Ids for the calls of the next answer. The model's own where this run has not seen it; otherwise made from the place in the
 * conversation, so that another process, which has the history alone, comes to the same (design.md 8.9, 8.10).
 */
export function newIds(progress: Progress): NewId {
  const taken = new Set<string>()
  for (const step of progress.steps) if (step.type === 'code_execution_call' || step.type === 'function_call') taken.add(step.id)
  const counts = { call: 0, code: 0 }
  return (kind, given) => {
    const made = madeId(kind, progress.contents.length, counts[kind]++)
    const id = given !== undefined && given !== '' && !taken.has(given) ? given : free(made, taken)
    taken.add(id)
    return id
  }
}

function madeId(kind: 'call' | 'code', contentIndex: number, ordinal: number): string {
  return `${kind}_${contentIndex}_${ordinal}`
}

function free(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id
  for (let n = 2; ; n++) if (!taken.has(`${id}_${n}`)) return `${id}_${n}`
}

/** A function call at the end of a conversation that has no response yet. */
export interface OpenCall {
  readonly id: string
  readonly modelId?: string
  readonly name: string
}

/** The calls of the last turn of the model that nobody answered. Responses without ids are taken in the order of the calls. */
export function openCalls(contents: readonly Content[]): readonly OpenCall[] {
  const at = contents.findLastIndex(({ role }) => role === 'model')
  const calls = (contents[at]?.parts ?? []).flatMap((part) => part.functionCall ?? [])
  const responses = contents.slice(at + 1).flatMap(({ parts = [] }) => parts.flatMap((part) => part.functionResponse ?? []))
  return calls.flatMap((call, ordinal): OpenCall[] => {
    const answered = responses.findIndex((response) => response.name === call.name && response.id === call.id)
    if (answered !== -1) {
      responses.splice(answered, 1)
      return []
    }
    return [{ id: call.id || madeId('call', at, ordinal), ...(call.id !== undefined && { modelId: call.id }), name: call.name ?? '' }]
  })
}

/** Responses for calls that end unanswered, so that a history is always valid to send (design.md 8.2). They join a turn that has begun to answer. */
export function answerOpen(contents: readonly Content[], calls: readonly OpenCall[], error: string): readonly Content[] {
  if (calls.length === 0) return contents
  const parts = calls.map(({ modelId, name }) => ({
    functionResponse: { ...(modelId !== undefined && { id: modelId }), name, response: { error } },
  }))
  return joinAnswers(contents, parts)
}

/** Adds responses to the user's turn that answers the model's last one, or begins it. */
export function joinAnswers(contents: readonly Content[], parts: NonNullable<Content['parts']>): readonly Content[] {
  const last = contents.at(-1)
  const begun = last?.role === 'user' && last.parts?.some((part) => part.functionResponse)
  if (!begun) return [...contents, { role: 'user', parts }]
  return [...contents.slice(0, -1), { ...last, parts: [...(last.parts ?? []), ...parts] }]
}
