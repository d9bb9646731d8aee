import type { StepContent } from '../steps.ts'
import type { OutputItem, Summary } from '../summary.ts'
import { type Block, blocksOf, type Program } from './blocks.ts'

/**
 * A run as Markdown: text, code and output in order, what `response.text` of Google's first SDK was. Code is what ran, also where it
 * was edited; what a program made is linked by the names under which `saveOutputs` writes it. The user's input, thoughts and the
 * caller's own functions are left out.
 */
export function toMarkdown(summary: Summary): string {
  const texts = blocksOf(summary.steps).flatMap((block) => textsOf(block, summary.outputs))
  return texts.length > 0 ? `${texts.join('\n\n')}\n` : ''
}

function textsOf(block: Block, outputs: readonly OutputItem[]): readonly string[] {
  switch (block.kind) {
    case 'said': {
      const text = block.step.content.map(saidText).join('').trim()
      return text ? [text] : []
    }
    case 'program':
      return [fenced(block.code, 'python'), ...resultTexts(block), ...linksOf(block, outputs)]
    case 'user':
    case 'thought':
    case 'function':
      return []
  }
}

/** An image that the model made has no name of its own: it stands in the text. */
function saidText(part: StepContent): string {
  if (part.type === 'text') return part.text
  const address = part.uri ?? (part.data && `data:${part.mime_type};base64,${part.data}`)
  return address ? `\n\n${part.type === 'image' ? '!' : ''}[${part.name ?? part.type}](${address})\n\n` : ''
}

/** A failure is marked, with Google's word for it: `failed`, `deadline_exceeded`. */
function resultTexts({ results }: Program): readonly string[] {
  return results.flatMap(({ not_run, result, outcome, is_error }) => {
    if (not_run) return [quoted(result)]
    const mark = is_error ? (outcome ?? 'OUTCOME_FAILED').replace('OUTCOME_', '').toLowerCase() : ''
    return result || is_error ? [fenced(result, mark)] : []
  })
}

function linksOf({ call }: Program, outputs: readonly OutputItem[]): readonly string[] {
  return outputs
    .filter(({ call_id }) => call_id === call.id)
    .map(
      ({ type, path }) =>
        `${type === 'image' ? '!' : ''}[${path.replaceAll(/[[\]\\]/g, '\\$&')}](${encodeURI(path).replaceAll(/[()?#]/g, percentEncoded)})`,
    )
}

/** These mean something in a link, and `encodeURI` leaves them. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}

/** A block of code whose fence the code cannot close. */
export function fenced(text: string, label: string): string {
  let fence = '```'
  while (text.includes(fence)) fence += '`'
  return `${fence}${label}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${fence}`
}

/** A block quote. */
export function quoted(text: string): string {
  return text.replaceAll(/^/gm, '> ')
}
