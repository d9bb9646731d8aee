import { RUN_PYTHON } from './function.ts'

/**
 * The program in the finish message of a malformed call, where all of it is there: `Malformed function call:
 * print(default_api.run_python(code="…"))`. The string must close and the call must close after it; a cut-off one is not
 * salvaged. Line ends inside an ordinary string are taken as they stand, because that is what makes such calls malformed.
 */
export function salvage(finishMessage: string): string | undefined {
  const called = new RegExp(`\\b${RUN_PYTHON}\\s*\\(\\s*(?:code\\s*[=:]\\s*)?`).exec(finishMessage)
  if (!called) return undefined
  const literal = readString(finishMessage, called.index + called[0].length)
  return literal && /^\s*,?\s*\)/.test(finishMessage.slice(literal.end)) ? literal.value : undefined
}

const QUOTES = ['"""', "'''", '"', "'"] as const

/** A Python string literal at a place of a text; none where it does not close, or has a prefix that changes its meaning. */
function readString(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const raw = text[start] === 'r' || text[start] === 'R'
  const from = raw ? start + 1 : start
  const quote = QUOTES.find((mark) => text.startsWith(mark, from))
  if (!quote) return undefined
  let value = ''
  for (let at = from + quote.length; at < text.length; ) {
    if (text.startsWith(quote, at)) return { value, end: at + quote.length }
    if (text[at] !== '\\') {
      value += text[at]
      at += 1
    } else if (raw) {
      value += text.slice(at, at + 2)
      at += 2
    } else {
      const escaped = readEscape(text, at)
      value += escaped.value
      at = escaped.end
    }
  }
  return undefined
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

function readEscape(text: string, at: number): { readonly value: string; readonly end: number } {
  const next = text[at + 1] ?? ''
  const plain = ESCAPES[next]
  if (plain !== undefined) return { value: plain, end: at + 2 }
  const coded = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/.exec(text.slice(at, at + 10))
  const digits = coded?.[1] ?? coded?.[2] ?? coded?.[3]
  const point = digits !== undefined ? Number.parseInt(digits, 16) : coded?.[4] !== undefined ? Number.parseInt(coded[4], 8) : undefined
  if (coded && point !== undefined && point <= 0x10ffff) return { value: String.fromCodePoint(point), end: at + coded[0].length }
  return { value: `\\${next}`, end: at + 2 } // Python keeps an escape that it does not know
}
