import type { Found, NewId } from './found.ts'

/** Reads fenced blocks in text that arrives in pieces. */
export interface Fences {
  read(text: string): Iterable<Found>
  /** The text is over: a line without its end counts as whole, and an open program is told as `unclosed`. The next text begins anew. */
  end(): Iterable<Found>
}

/** Labels that mean a program (design.md 5); a fence with any other label, or none, is text. */
const LABELS = new Set(['python', 'py', 'python3', 'tool_code'])

const OPENING = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/
const MAY_BE_FENCE = /^[ \t]*(?:`{0,2}$|`{3}|~{0,2}$|~{3})/

interface Fence {
  readonly indent: string
  readonly mark: string
  /** Set where it holds a program. */
  readonly id?: string
}

/**
 * A machine over lines: text and code are told at once, but for the beginning of a line that may still become a fence. A fence
 * inside another one is that one's text, as CommonMark has it; the indentation of a fence is taken off its lines.
 */
export function fences(newId: NewId): Fences {
  let inside: Fence | undefined
  let code = ''
  let rest = ''
  /** The line in `rest` began earlier, and what came of it was told. */
  let lineBegun = false

  function* tell(text: string): Iterable<Found> {
    if (text === '') return
    if (inside?.id === undefined) {
      yield { kind: 'text', text }
      return
    }
    code += text
    yield { kind: 'code', text }
  }
  function* wholeLine(line: string, lineEnd: string): Iterable<Found> {
    const begun = lineBegun
    lineBegun = false
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line
    if (!begun && inside && closes(bare, inside)) {
      if (inside.id === undefined) yield* tell(line + lineEnd)
      else yield* close(inside.id)
      inside = undefined
    } else if (!begun && !inside) {
      const opening = OPENING.exec(bare)
      if (opening) inside = opened(opening[1] ?? '', opening[2] ?? '', opening[3] ?? '', newId)
      if (inside?.id === undefined) yield* tell(line + lineEnd)
      else yield { kind: 'code_start', id: inside.id }
    } else yield* tell((begun ? line : dedented(line)) + lineEnd)
  }
  function dedented(line: string): string {
    return inside?.id !== undefined && inside.indent !== '' && line.startsWith(inside.indent) ? line.slice(inside.indent.length) : line
  }
  function* close(id: string, unclosed?: true): Iterable<Found> {
    const call = { kind: 'code', form: 'fenced', id, code, language: 'python', host: 'executor' } as const
    code = ''
    yield { kind: 'call', call, streamed: true, ...(unclosed && { unclosed }) }
  }
  return {
    *read(text) {
      rest += text
      let from = 0
      for (let at = rest.indexOf('\n', from); at !== -1; at = rest.indexOf('\n', from)) {
        yield* wholeLine(rest.slice(from, at), '\n')
        from = at + 1
      }
      rest = rest.slice(from)
      const waits = !lineBegun && (MAY_BE_FENCE.test(rest) || (inside?.id !== undefined && rest.length < inside.indent.length))
      if (rest === '' || waits) return
      yield* tell(lineBegun ? rest : dedented(rest))
      lineBegun = true
      rest = ''
    },
    *end() {
      if (rest !== '') yield* wholeLine(rest, '')
      rest = ''
      lineBegun = false
      if (inside?.id !== undefined) yield* close(inside.id, true)
      inside = undefined
    },
  }
}

function opened(indent: string, mark: string, label: string, newId: NewId): Fence {
  return { indent, mark, ...(LABELS.has(label.toLowerCase()) && { id: newId('code') }) }
}

function closes(line: string, { mark }: Fence): boolean {
  const trimmed = line.trim()
  return trimmed.length >= mark.length && trimmed === (mark[0] ?? '`').repeat(trimmed.length)
}
