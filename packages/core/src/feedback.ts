import type { Display, ExecutionResult, MoveCause, Moved } from './executor.ts'
import { listed } from './listed.ts'
import type { Part } from './model.ts'

/** How much of a result is shown, and how. */
export interface Shown {
  /** Characters of each stream, head and tail; what is left out is counted. */
  readonly chars: number
  /** The value of the last expression is shown. */
  readonly value: boolean
  /** Stands in the lines around output, which the output cannot forge because it cannot know it. */
  readonly word?: string | undefined
  /** The program, for the line that failed. */
  readonly code?: string | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
  /** After a loss of the interpreter: files that are still there. */
  readonly files?: readonly string[] | undefined
  /** After a move: what programs run in now. */
  readonly runtime?: string | undefined
}

/** Of a failure, in characters: with the lines around them and the hint at most about 800 tokens (design.md 8.5). */
const FAILED = { traceback: 1_200, stdout: 500, stderr: 300, line: 150, values: 180 } as const

/** Of a success: what its value and its displays may take together. */
const VALUES_CHARS = 20_000

/** What the model is told about an execution (design.md 8.5, 8.6). */
export function feedbackText(result: ExecutionResult, shown: Shown): string {
  const ok = result.outcome === 'OUTCOME_OK'
  const lines: string[] = [ok ? result.outcome : `${result.outcome}: ${howItEnded(result)}`]
  const block = (label: string, text: string): void => {
    const word = shown.word ? ` ${shown.word}` : ''
    lines.push(`--- ${label}${word}\n${text}${text.endsWith('\n') ? '' : '\n'}--- end${word}`)
  }
  if (result.stdout)
    block('stdout', headAndTail(result.stdout, ok ? shown.chars : Math.min(shown.chars, FAILED.stdout), ok, result.dropped?.stdoutBytes))
  if (result.stderr)
    block('stderr', headAndTail(result.stderr, ok ? shown.chars : Math.min(shown.chars, FAILED.stderr), ok, result.dropped?.stderrBytes))
  let left: number = ok ? VALUES_CHARS : FAILED.values
  let leftOut = 0
  for (const [label, text] of valuesOf(result, shown.value)) {
    if (left > 0) block(label, headAndTail(text, left, true))
    else leftOut += 1
    left -= text.length
  }
  if (leftOut > 0) lines.push(`[${leftOut} displays left out]`)
  if (result.error) {
    const { traceback, name, value } = result.error
    block('error', headAndTail(traceback || `${name}: ${value}`, FAILED.traceback, false))
    const line = result.error.line !== undefined ? shown.code?.split('\n')[result.error.line - 1] : undefined
    if (line !== undefined) lines.push(`Line ${result.error.line} of the program: ${whole(line.trim().slice(0, FAILED.line))}`)
  }
  if (shown.hint) lines.push(shown.hint)
  if (result.moved) lines.push(movedText(result, result.moved, shown))
  else if (result.state === 'lost') lines.push(lostText(shown.files))
  else if (result.state === 'restored') lines.push('All variables are as they were before this program.')
  return lines.join('\n')
}

/** What a result looks like to the loop's model: for tools of other frameworks. `chars`: of each stream, 20 000 unless said. Each text has lines around output that the output cannot forge. */
export function resultText(result: ExecutionResult, options: { readonly chars?: number | undefined } = {}): string {
  return feedbackText(result, { chars: options.chars ?? 20_000, value: true, word: crypto.randomUUID().slice(-12) })
}

function howItEnded({ reason, exitCode, error }: ExecutionResult): string {
  switch (reason) {
    case 'completed':
    case 'exception':
      return error ? 'the program raised an exception.' : 'the program failed.'
    case 'syntax_error':
      return 'the program could not be read, and nothing of it ran.'
    case 'exit':
      return `the program ended itself with the exit code ${exitCode ?? 'unknown'}.`
    case 'deadline':
      return 'the program took too long and was stopped.'
    case 'memory':
      return 'the program needed more memory than it may have.'
    case 'output_limit':
      return 'the program wrote more than it may, and was stopped.'
    case 'crashed':
      return 'the interpreter died while the program ran.'
    case 'violation':
      return 'the program asked for something that it may not have, and was stopped.'
    case 'aborted':
      return 'the program was stopped.'
  }
}

/** What a loss means for the next program (design.md 8.7). */
export function lostText(files: readonly string[] = []): string {
  return `The interpreter was lost and is a fresh one now: all variables, functions and imports are gone. ${filesText(files)} Write a whole program.`
}

function filesText(files: readonly string[] = []): string {
  return files.length > 0 ? `Files that are there: ${listed(files)}.` : 'There are no files.'
}

const WHY_MOVED: Readonly<Record<MoveCause, string>> = {
  missing_package: 'the package is there',
  memory: 'there may be more memory',
  limit: 'programs may write more',
  unavailable: 'the interpreter before cannot be reached',
}

/** Where programs run after a move, and what became of variables (remote.md 9). */
function movedText({ state }: ExecutionResult, { to, cause, ran }: Moved, { runtime, files }: Shown): string {
  const again = ran === 'first' ? ', and this program was not run again there' : ''
  const where = `From now on programs run in ${runtime ?? to}, because ${WHY_MOVED[cause]}`
  if (state === 'lost') return `${where}: all variables, functions and imports are gone${again}. ${filesText(files)}`
  return `${where}: variables and files are there as they were ${ran === 'first' ? 'before this program' : 'before'}${again}.`
}

/** The text of what a program displayed; a figure is shown as an image instead. */
function* valuesOf(
  { value, displays }: ExecutionResult,
  withValue: boolean,
): Iterable<readonly [label: 'value' | 'display', text: string]> {
  if (withValue && value) yield ['value', plainText(value)]
  for (const display of displays) {
    const text = imageType(display) ? '' : plainText(display)
    if (text) yield ['display', text]
  }
}

function plainText({ data }: Display): string {
  return data['text/plain'] ?? data['text/markdown'] ?? data['application/json'] ?? data['text/html'] ?? ''
}

/** Head and tail of a text, or the tail alone, and how much is left out: by us, and by the executor before. */
function headAndTail(text: string, chars: number, withHead: boolean, droppedBytes = 0): string {
  const before = droppedBytes > 0 ? `[the output was longer: ${droppedBytes} bytes of it were not kept]\n` : ''
  if (text.length <= chars) return before + text
  const head = withHead ? Math.floor(chars / 2) : 0
  const left = text.length - chars
  return `${before}${whole(text.slice(0, head))}${head > 0 ? '\n' : ''}[${left} characters left out]\n${whole(text.slice(text.length - (chars - head)))}`
}

/** Without half a surrogate pair at an end. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
}

const IMAGES = ['image/png', 'image/jpeg', 'image/webp'] as const

/** The image type of a display that the model can take. */
function imageType({ data }: Display): (typeof IMAGES)[number] | undefined {
  return IMAGES.find((type) => data[type])
}

/** Images go back to the model, each once: at most eight of a program, and 7 MB of base64. */
const MAX_IMAGES = 8
const MAX_IMAGE_CHARS = 7_000_000

/** The figures of a program as parts for the model. */
export function imagesOf({ displays, value }: ExecutionResult): readonly Part[] {
  const seen = new Set<string>()
  let chars = 0
  const parts: Part[] = []
  for (const display of value ? [...displays, value] : displays) {
    const mimeType = imageType(display)
    const data = mimeType && display.data[mimeType]?.replace(/\s/g, '')
    if (!mimeType || !data || seen.has(data) || parts.length >= MAX_IMAGES || chars + data.length > MAX_IMAGE_CHARS) continue
    seen.add(data)
    chars += data.length
    parts.push({ inlineData: { mimeType, data } })
  }
  return parts
}
