import { fromBase64 } from './base64.ts'
import { ExecutorError, OptionsError } from './errors.ts'
import { pathFault } from './executor/file-path.ts'
import type { ExecutionResult, FileChange, Session } from './executor.ts'
import { sha256 } from './hash.ts'
import type { JobOutputs } from './job.ts'
import { endingFor, mediaTypeOf } from './media-type.ts'
import type { OutputItem } from './summary.ts'

/** What is kept of a run's outputs, so that they are there when the session is gone (design.md 6). */
const KEPT_BYTES = 32 * 1024 * 1024

/** The bytes of what a run's programs made. */
export interface Outputs extends JobOutputs {
  /** Throws `OptionsError` where there is no such output, `ExecutorError` `too_large` where its bytes were not kept. */
  bytes(id: string): Uint8Array
}

/** The outputs of one run. @param keptBytes Of all of them together. */
export function createOutputs(keptBytes: number = KEPT_BYTES): Outputs {
  const kept = new Map<string, Uint8Array>()
  /** Ids of what is listed. */
  const listed = new Set<string>()
  /** Ids of images that were displayed, and not saved. */
  const figures = new Set<string>()
  let size = 0
  let made = 0

  function keep(id: string, bytes: Uint8Array): boolean {
    forget(id)
    if (size + bytes.length > keptBytes) return false
    kept.set(id, bytes)
    size += bytes.length
    return true
  }
  function forget(id: string): void {
    size -= kept.get(id)?.length ?? 0
    kept.delete(id)
  }
  /** What a file of this path frees when it is kept; a figure stays beside it. */
  function replacedBytes(item: OutputItem | undefined): number {
    return item && !figures.has(item.id) ? (kept.get(item.id)?.length ?? 0) : 0
  }
  function newId(): string {
    const id = `output_${++made}`
    listed.add(id)
    return id
  }
  function remove(items: OutputItem[], at: number): void {
    for (const { id } of items.splice(at, 1)) {
      forget(id)
      listed.delete(id)
      figures.delete(id)
    }
  }
  /** Where a file stands in the list: at its path, or where its image was displayed, so that both are one. A figure makes room for a file. */
  function placeFor(items: OutputItem[], path: string, hash: string, files: readonly FileChange[]): number {
    const at = items.findIndex((item) => item.path === path)
    const displayed = items.findIndex((item) => figures.has(item.id) && item.sha256 === hash)
    const there = items[at]
    if (!there || at === displayed) return displayed
    if (figures.has(there.id)) {
      const [name = '', ending = ''] = path.split(/\.(?=[^.]*$)/)
      items[at] = { ...there, path: freePath(items, files, name, ending) }
      return displayed
    }
    if (displayed !== -1) remove(items, displayed)
    return items.indexOf(there)
  }
  return {
    async collect(before, result, session, callId) {
      const warnings: string[] = []
      const items = [...before]
      for (const { mimeType, bytes } of figuresOf(result, warnings)) {
        const hash = await sha256(bytes)
        if (items.some((item) => item.sha256 === hash)) continue
        const id = newId()
        figures.add(id)
        const path = freePath(items, result.files, `figure_${made}`, endingFor(mimeType))
        items.push({ id, type: 'image', path, mime_type: mimeType, size: bytes.length, sha256: hash, call_id: callId })
        if (!keep(id, bytes)) warnings.push(notKept(path, bytes.length, keptBytes))
      }
      for (const file of result.files) {
        const at = items.findIndex((item) => item.path === file.path)
        if (file.change === 'deleted') {
          if (at !== -1) remove(items, at)
          continue
        }
        const fault = pathFault(file.path)
        if (fault !== undefined) {
          warnings.push(`A program made a file whose path must ${fault}: ${JSON.stringify(file.path)}. It is left out.`)
          continue
        }
        const bytes = await bytesOf(file, session, size - replacedBytes(items[at]), keptBytes, warnings)
        const hash = bytes ? await sha256(bytes) : (file.sha256 ?? '')
        const place = placeFor(items, file.path, hash, result.files)
        const id = items[place]?.id ?? newId()
        figures.delete(id)
        const mimeType = file.mimeType ?? mediaTypeOf(file.path)
        const item: OutputItem = {
          id,
          type: mimeType.startsWith('image/') ? 'image' : 'file',
          path: file.path,
          mime_type: mimeType,
          size: bytes?.length ?? file.size,
          sha256: hash,
          call_id: callId,
        }
        if (place === -1) items.push(item)
        else items[place] = item
        if (!bytes) forget(id)
        else if (!keep(id, bytes)) warnings.push(notKept(file.path, bytes.length, keptBytes))
      }
      return { outputs: items, warnings }
    },
    bytes(id) {
      const found = kept.get(id)
      if (found) return found
      if (listed.has(id))
        throw new ExecutorError('too_large', `The bytes of ${id} were not kept: a run keeps ${keptBytes} bytes of its outputs.`)
      throw new OptionsError('id', `There is no output ${JSON.stringify(id)} in this run; summary.outputs lists them.`)
    },
  }
}

const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const

function* figuresOf(
  { displays, value }: ExecutionResult,
  warnings: string[],
): Iterable<{ readonly mimeType: string; readonly bytes: Uint8Array }> {
  for (const { data } of value ? [...displays, value] : displays) {
    const mimeType = IMAGES.find((type) => data[type])
    const text = mimeType && data[mimeType]
    if (!text) continue
    try {
      yield { mimeType, bytes: fromBase64(text) }
    } catch {
      warnings.push(`A display says that it is ${mimeType}, and is no base64. It is left out.`)
    }
  }
}

async function bytesOf(
  file: FileChange,
  session: Session,
  size: number,
  keptBytes: number,
  warnings: string[],
): Promise<Uint8Array | undefined> {
  if (size + file.size > keptBytes) {
    warnings.push(notKept(file.path, file.size, keptBytes))
    return undefined
  }
  try {
    return await session.files.read(file.path)
  } catch (error) {
    warnings.push(`The file ${file.path} could not be read: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function notKept(path: string, size: number, keptBytes: number): string {
  return `${path} (${size} bytes) is listed, but not kept: a run keeps ${keptBytes} bytes of its outputs.`
}

function freePath(items: readonly OutputItem[], files: readonly FileChange[], name: string, ending: string): string {
  const taken = new Set([...items, ...files].map(({ path }) => path))
  let path = `${name}.${ending}`
  for (let n = 2; taken.has(path); n++) path = `${name}_${n}.${ending}`
  return path
}
