import type { FileInput } from './executor.ts'
import { listed } from './listed.ts'
import { bareType, mediaTypeOf } from './media-type.ts'

/** A file whose type is known. */
export type NamedFile = FileInput & { readonly mimeType: string }

/** What Gemini takes inline beside text: its list for code execution (gemini-wire.md 3.4), the other image types of its vision, and PDF. */
const TAKEN = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif', 'application/pdf'])

/** Design.md 6. */
const TEXT_BYTES = 2 * 1024 * 1024
const INLINE_BYTES = 15 * 1024 * 1024

/** Whether the model is sent a file too, given what it is sent already with the same input. */
export function modelTakes(mimeType: string, bytes: number, inlineBytes: number): boolean {
  const type = bareType(mimeType)
  if (inlineBytes + bytes > INLINE_BYTES) return false
  return type.startsWith('text/') || type === 'application/xml' || type === 'application/javascript' ? bytes <= TEXT_BYTES : TAKEN.has(type)
}

/** What the model is told about the files of the working folder: name, type, size, columns. */
export function briefing(files: readonly NamedFile[]): string {
  const lines = files.map((file) => {
    const type = file.mimeType || mediaTypeOf(file.path)
    const also = file.aliases?.length ? `, also as ${listed(file.aliases)}` : ''
    const columns = columnsOf(file, type)
    return `- ${listed([file.path])}${also} (${type}, ${sizeText(file)}${columns ? `, columns: ${listed(columns, COLUMNS_CHARS)}` : ''})`
  })
  return `Files in the working folder of the Python interpreter:\n${lines.join('\n')}`
}

function sizeText({ content }: FileInput): string {
  return typeof content === 'string' ? `${content.length} characters` : `${content.length} bytes`
}

const HEADER_CHARS = 10_000
const COLUMNS_CHARS = 1_500

/** The names in the first line of a table, as far as it is one. */
function columnsOf({ content }: FileInput, type: string): readonly string[] | undefined {
  if (!/csv|tab-separated/.test(type)) return undefined
  const head = typeof content === 'string' ? content.slice(0, HEADER_CHARS) : new TextDecoder().decode(content.subarray(0, HEADER_CHARS))
  const line = head.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? ''
  const separator = ['\t', ';', ','].find((one) => line.includes(one)) ?? ','
  return line.trim() === '' ? undefined : cells(line, separator)
}

/** One line of a table; a quoted cell may hold the separator. */
function cells(line: string, separator: string): readonly string[] {
  const found: string[] = []
  let cell = ''
  let quoted = false
  for (const char of line) {
    if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      found.push(cell.trim())
      cell = ''
    } else cell += char
  }
  return [...found, cell.trim()]
}
