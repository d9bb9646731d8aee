import type { Content, ModelChunk } from '../model.ts'

type Part = NonNullable<Content['parts']>[number]
type Candidate = NonNullable<ModelChunk['candidates']>[number]

/**
 * The chunks of a stream as the one response that the same answer is without streaming: parts in order, text that follows plain text of the same kind joined, of every other
 * field the last value (usage of a stream is cumulative, gemini-wire.md 3.6). Only the first candidate is kept.
 */
export function mergeChunks(chunks: readonly ModelChunk[]): ModelChunk {
  const parts: Part[] = []
  let candidate: Candidate | undefined
  for (const chunk of chunks) {
    const next = chunk.candidates?.[0]
    if (next === undefined) continue
    for (const part of next.content?.parts ?? []) append(parts, part)
    candidate = { ...candidate, ...next }
  }
  const merged: ModelChunk = Object.assign({}, ...chunks)
  if (candidate === undefined) return merged
  // A candidate without parts stays as it came: `{}`, `{role}` or nothing at all.
  return {
    ...merged,
    candidates: [parts.length === 0 ? candidate : { ...candidate, content: { role: 'model', ...candidate.content, parts } }],
  }
}

/** Empty text is what a stream is filled up with: it stays only where it carries something. */
function append(parts: Part[], part: Part): void {
  const last = parts.at(-1)
  if (!isPlainText(part)) parts.push(part)
  else if (last !== undefined && isPlainText(last) && last.thought === part.thought)
    parts[parts.length - 1] = { ...last, text: `${last.text}${part.text}` }
  else if (part.text !== '') parts.push(part)
}

function isPlainText(part: Part): boolean {
  return Object.keys(part).every((key) => key === 'text' || key === 'thought') && part.text !== undefined
}
