import type { Display } from '../executor.ts'
import type { StepContent, StepOf } from '../steps.ts'
import type { Summary } from '../summary.ts'
import { type Block, blocksOf, type Program, tracebackOf, whyNotRun } from './blocks.ts'
import { fenced, quoted } from './markdown.ts'

/** A Jupyter notebook (nbformat 4.5), to be written as JSON into an `.ipynb` file. */
export interface Notebook {
  readonly nbformat: 4
  readonly nbformat_minor: 5
  readonly metadata: {
    readonly kernelspec: { readonly name: 'python3'; readonly display_name: 'Python 3'; readonly language: 'python' }
    readonly language_info: { readonly name: 'python'; readonly version?: string }
  }
  readonly cells: readonly NotebookCell[]
}

/** A text, or a program with what it put out. `attachments`: pictures of the text, MIME bundles by name. */
export type NotebookCell =
  | {
      readonly cell_type: 'markdown'
      readonly id: string
      readonly metadata: object
      readonly source: string
      readonly attachments?: Readonly<Record<string, Readonly<Record<string, string>>>>
    }
  | {
      readonly cell_type: 'code'
      readonly id: string
      readonly metadata: object
      readonly source: string
      readonly execution_count: number | null
      readonly outputs: readonly NotebookOutput[]
    }

/** What a program put out. */
export type NotebookOutput =
  | { readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly output_type: 'display_data'; readonly data: MimeBundle; readonly metadata: object }
  | {
      readonly output_type: 'execute_result'
      readonly execution_count: number | null
      readonly data: MimeBundle
      readonly metadata: object
    }
  | { readonly output_type: 'error'; readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] }

/** JSON types are values in a notebook, all others text or base64. */
export type MimeBundle = Readonly<Record<string, unknown>>

/**
 * A run as a Jupyter notebook: texts as Markdown cells (the user's quoted), programs as code cells with their output, also those that
 * failed. Code is what ran, also where it was edited. A program that did not run stands in a Markdown cell, so that running the
 * notebook does not run it. Thoughts and the caller's own functions are left out.
 */
export function toNotebook(summary: Summary): Notebook {
  const version = /\d+(\.\d+)+/.exec(summary.environment.runtime)?.[0]
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
      language_info: { name: 'python', ...(version && { version }) },
    },
    cells: blocksOf(summary.steps)
      .flatMap((block) => cellOf(block) ?? [])
      .map((cell, position) => ({ ...cell, id: `cell-${position + 1}` })),
  }
}

type Cell = NotebookCell extends infer Kind ? (Kind extends NotebookCell ? Omit<Kind, 'id'> : never) : never

function cellOf(block: Block): Cell | undefined {
  switch (block.kind) {
    case 'user': {
      const cell = textCell(block.step.content)
      return cell && { ...cell, source: quoted(cell.source) }
    }
    case 'said':
      return textCell(block.step.content)
    case 'program': {
      const left = whyNotRun(block)
      return left ? markdown(`${left.result}\n\n${fenced(block.code, 'python')}`) : codeCell(block)
    }
    case 'thought':
    case 'function':
      return undefined
  }
}

function markdown(source: string): Cell & { readonly cell_type: 'markdown' } {
  return { cell_type: 'markdown', metadata: {}, source }
}

function textCell(content: readonly StepContent[]): (Cell & { readonly cell_type: 'markdown' }) | undefined {
  const attachments: Record<string, Record<string, string>> = {}
  const source = content.map((part, position) => {
    if (part.type === 'text') return part.text
    if (part.type !== 'image' || part.data === undefined) return part.uri ? `[${part.name ?? part.uri}](${part.uri})` : (part.name ?? '')
    attachments[`image-${position}`] = { [part.mime_type]: part.data }
    return `![${part.name ?? 'image'}](attachment:image-${position})`
  })
  const cell = markdown(source.filter(Boolean).join('\n\n'))
  if (!cell.source.trim()) return undefined
  return Object.keys(attachments).length > 0 ? { ...cell, attachments } : cell
}

function codeCell({ code, results }: Program): Cell {
  const count = results.find((result) => result.execution)?.execution?.index ?? null
  return {
    cell_type: 'code',
    metadata: {},
    source: code,
    execution_count: count,
    outputs: results.flatMap((result) => outputsOf(result, count)),
  }
}

function outputsOf(result: StepOf<'code_execution_result'>, count: number | null): readonly NotebookOutput[] {
  const { output, is_error } = result
  if (!output) return stream(is_error ? 'stderr' : 'stdout', result.result)
  return [
    ...stream('stdout', output.stdout),
    ...stream('stderr', output.stderr),
    ...output.displays.map((display): NotebookOutput => ({ output_type: 'display_data', ...bundleOf(display) })),
    ...(output.value ? [{ output_type: 'execute_result' as const, execution_count: count, ...bundleOf(output.value) }] : []),
    ...(is_error ? [errorOf(result)] : []),
  ]
}

function stream(name: 'stdout' | 'stderr', text: string): readonly NotebookOutput[] {
  return text ? [{ output_type: 'stream', name, text }] : []
}

function bundleOf({ data, metadata }: Display): { readonly data: MimeBundle; readonly metadata: object } {
  const bundle = Object.entries(data).map(([type, value]) => [type, isJson(type) ? parsed(value) : value] as const)
  return { data: Object.fromEntries(bundle), metadata: metadata ?? {} }
}

/** Of nbformat's schema: `application/json` and what ends in `+json`. */
function isJson(type: string): boolean {
  return /^application\/(.*\+)?json$/.test(type)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // what a program calls JSON
  }
}

/** A program that was stopped raised nothing: it is told by its outcome and reason. */
function errorOf(result: StepOf<'code_execution_result'>): NotebookOutput {
  const { execution, outcome = 'OUTCOME_FAILED' } = result
  const error = execution?.error ?? { name: outcome, value: execution?.reason ?? '' }
  const traceback = tracebackOf(result).trimEnd() || `${error.name}: ${error.value}`
  return { output_type: 'error', ename: error.name, evalue: error.value, traceback: traceback.split('\n') }
}
