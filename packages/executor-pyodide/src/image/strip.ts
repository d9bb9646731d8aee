import { joined } from '../joined.ts'
import { ImageError } from './image-error.ts'
import { encodedNumber, readSections, type Section, WasmReader, writeSections } from './wasm-sections.ts'

const CUSTOM = 0
const EXPORTS = 7
const DATA = 11
const DATA_COUNT = 12

/**
 * The module without what the heap of an image already holds (its data), without names for debuggers, and with no more exports than
 * those named, in their order: a smaller file, and a quicker start (pyodide.md 2.1, 2.2). The memory section is left as it is: how much memory a
 * session has is decided when it starts. Throws `ImageError` where the module is damaged or lacks one of the exports.
 */
export function strip(module: Uint8Array, exports: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const kept = readSections(module).filter(({ id }) => id !== CUSTOM && id !== DATA && id !== DATA_COUNT)
  if (!kept.some(({ id }) => id === EXPORTS)) throw new ImageError('the WebAssembly module exports nothing')
  return writeSections(kept.map((section) => (section.id === EXPORTS ? onlyThese(section, exports) : section)))
}

/** The module with as many of its exports as come first: each of the others costs time at the start. Throws `ImageError` where it has fewer. */
export function withFirstExports(module: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  return writeSections(readSections(module).map((section) => (section.id === EXPORTS ? onlyFirst(section, count) : section)))
}

function onlyThese({ id, body }: Section, exports: ReadonlySet<string>): Section {
  const reader = new WasmReader(body)
  const found = new Map<string, Uint8Array>()
  for (let left = reader.number(); left > 0; left -= 1) {
    const start = reader.position
    const name = reader.text()
    passWhat(reader)
    found.set(name, body.subarray(start, reader.position))
  }
  if (!reader.isAtEnd) throw new ImageError('the exports of the WebAssembly module are followed by something else')
  const missing = [...exports].filter((name) => !found.has(name))
  if (missing.length > 0) throw new ImageError(`the WebAssembly module does not export ${missing.join(', ')}`)
  return { id, body: joined([encodedNumber(exports.size), ...[...exports].flatMap((name) => found.get(name) ?? [])]) }
}

function onlyFirst({ id, body }: Section, count: number): Section {
  const reader = new WasmReader(body)
  if (reader.number() < count) throw new ImageError(`the WebAssembly module has fewer than ${count} exports`)
  const start = reader.position
  for (let left = count; left > 0; left -= 1) {
    reader.bytes(reader.number()) // its name
    passWhat(reader)
  }
  return { id, body: joined([encodedNumber(count), body.subarray(start, reader.position)]) }
}

/** Passes what an export is (a function, a table, a memory, a global, a tag), and which one. */
function passWhat(reader: WasmReader): void {
  reader.byte()
  reader.number()
}
