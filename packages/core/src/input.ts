import { fromBase64, toBase64 } from './base64.ts'
import { isObject, object } from './checks.ts'
import { OptionsError } from './errors.ts'
import { checkFiles } from './executor/file-path.ts'
import type { FileInput } from './executor.ts'
import { briefing, modelTakes, type NamedFile } from './files-in.ts'
import { endingFor } from './media-type.ts'
import type { Part } from './model.ts'
import { shown } from './shown.ts'
import type { StepContent } from './steps.ts'

/** A part of what is asked. */
export type InputPart =
  | { readonly text: string }
  /** A file of the session; the model sees it too where it can take it. Text or bytes. */
  | { readonly content: Uint8Array | string; readonly mimeType: string; readonly name?: string | undefined }
  /** The same, as Gemini writes it: base64. */
  | { readonly inlineData: { readonly mimeType: string; readonly data: string; readonly displayName?: string | undefined } }
  /** The model's alone: a file that was uploaded to Gemini. */
  | { readonly fileData: { readonly fileUri: string; readonly mimeType?: string | undefined } }
  /** What a function answered that an earlier run of the chat waits for. */
  | { readonly callId: string; readonly result: unknown; readonly isError?: boolean | undefined }

/** What is asked: text, or parts. */
export type Input = string | readonly InputPart[]

/** An input, sorted by who gets what. */
export interface ReadInput {
  /** For the model. */
  readonly parts: readonly Part[]
  /** As it is told in the `user_input` step; bytes stay out of the events. */
  readonly content: readonly StepContent[]
  /** For the session. */
  readonly files: readonly FileInput[]
  /** Answers of functions. */
  readonly results: readonly Extract<InputPart, { readonly callId: string }>[]
}

/**
 * Sorts an input. `numbered`: how many files the conversation had before, for the names `input_file_0.csv`, … that Gemini expects
 * (gemini-wire.md 0.17). `always`: files that are there anyway, told with these. `code`: whether there is a session at all.
 */
export function readInput(
  input: Input,
  options: { readonly numbered: number; readonly always: readonly FileInput[]; readonly code: boolean },
): ReadInput {
  const given = partsOf(input)
  const parts: Part[] = []
  const content: StepContent[] = []
  const named: NamedFile[] = options.always.map((file) => ({ ...file, mimeType: file.mimeType ?? '' }))
  const results: Extract<InputPart, { readonly callId: string }>[] = []
  let inlineBytes = 0

  for (const part of given) {
    if ('text' in part) {
      parts.push({ text: textOf(part.text) })
      content.push({ type: 'text', text: part.text })
    } else if ('callId' in part) {
      if (typeof part.callId !== 'string')
        throw new OptionsError('input', `The callId of a result must be a string, got ${shown(part.callId)}`)
      results.push(part)
    } else if ('fileData' in part) {
      const { fileUri, mimeType } = object('input', part.fileData, 'fileData')
      if (typeof fileUri !== 'string') throw new OptionsError('input', `The fileUri of fileData must be a string, got ${shown(fileUri)}`)
      parts.push(part)
      content.push({ type: kindOf(mimeType ?? ''), mime_type: mimeType ?? 'application/octet-stream', uri: fileUri })
    } else {
      const file = fileOf(part, options.numbered + named.length - options.always.length)
      const bytes = sizeOf(file)
      if (modelTakes(file.mimeType, bytes, inlineBytes)) {
        inlineBytes += bytes
        parts.push('inlineData' in part ? part : { inlineData: { mimeType: file.mimeType, data: base64Of(file) } })
      } else if (!options.code)
        throw new OptionsError(
          'input',
          `The model cannot take the file ${file.path} (${file.mimeType}, ${bytes} bytes), and there is no interpreter in this run that could read it`,
        )
      content.push({ type: kindOf(file.mimeType), mime_type: file.mimeType, name: file.path })
      named.push(file)
    }
  }
  checkFiles(named)
  checkNames(named)
  if (options.code && named.length > 0) parts.push({ text: briefing(named) })
  return { parts, content, files: named.slice(options.always.length), results }
}

const KINDS = ['text', 'content', 'inlineData', 'fileData', 'callId']

function partsOf(input: Input): readonly InputPart[] {
  const given: readonly InputPart[] = typeof input === 'string' ? [{ text: input }] : input
  if (!Array.isArray(given)) throw new OptionsError('input', 'The input must be a text, or at least one part')
  for (const part of given)
    if (!isObject(part) || !KINDS.some((kind) => kind in part))
      throw new OptionsError('input', `A part of the input must have text, content, inlineData, fileData or callId, got ${shown(part)}`)
  if (given.every((part) => 'text' in part && part.text === ''))
    throw new OptionsError('input', 'The input must be a text, or at least one part')
  return given
}

function textOf(text: unknown): string {
  if (typeof text === 'string') return text
  throw new OptionsError('input', `The text of an input part must be a string, got ${shown(text)}`)
}

type FilePart = Extract<InputPart, { readonly content: unknown } | { readonly inlineData: unknown }>

function fileOf(part: FilePart, number: number): NamedFile {
  const { mimeType, name, content } = 'content' in part ? part : inlineFile(object('input', part.inlineData, 'inlineData'))
  if (name !== undefined && typeof name !== 'string')
    throw new OptionsError('input', `The name of a file must be a string, got ${shown(name)}`)
  if (typeof mimeType !== 'string' || mimeType === '')
    throw new OptionsError('input', `The file ${name ?? number} must have a mimeType, such as 'text/csv'`)
  if (typeof content !== 'string' && !(content instanceof Uint8Array))
    throw new OptionsError('input', `The content of the file ${name ?? number} must be a string or a Uint8Array`)
  const numbered = `input_file_${number}.${endingFor(mimeType)}`
  const path = name ?? numbered
  return { path, content, mimeType, ...(path !== numbered && { aliases: [numbered] }) }
}

function inlineFile({ mimeType, data, displayName }: Extract<InputPart, { readonly inlineData: unknown }>['inlineData']): {
  readonly mimeType: string
  readonly name: string | undefined
  readonly content: Uint8Array
} {
  return { mimeType, name: displayName, content: bytesOf(data) }
}

function bytesOf(data: string): Uint8Array {
  if (typeof data !== 'string') throw new OptionsError('input', `The data of inlineData must be base64, got ${shown(data)}`)
  try {
    return fromBase64(data)
  } catch (cause) {
    throw new OptionsError('input', `The data of inlineData must be base64: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

function sizeOf({ content }: FileInput): number {
  return typeof content === 'string' ? new TextEncoder().encode(content).length : content.length
}

function base64Of({ content }: FileInput): string {
  return toBase64(typeof content === 'string' ? new TextEncoder().encode(content) : content)
}

function kindOf(mimeType: string): 'image' | 'audio' | 'video' | 'document' {
  const [kind] = mimeType.split('/')
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

function checkNames(files: readonly FileInput[]): void {
  const seen = new Set<string>()
  for (const { path, aliases = [] } of files)
    for (const name of [path, ...aliases]) {
      if (seen.has(name)) throw new OptionsError('input', `Two files have the name ${JSON.stringify(name)}`)
      seen.add(name)
    }
}
