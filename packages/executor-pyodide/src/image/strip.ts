import { ImageError } from './image-error.ts'
import { encodedNumber, joined, readSections, type Section, WasmReader, writeSections } from './wasm-sections.ts'

const CUSTOM = 0
const EXPORTS = 7
const DATA = 11
const DATA_COUNT = 12

/**
 * The module without what the heap of an image already holds (its data), without names for debuggers, and with no more exports than
 * those named: a smaller file, and a quicker start (pyodide.md 2.1, 2.2). The memory section is left as it is: how much memory a
 * session has is decided when it starts. Throws `ImageError` where the module is damaged or lacks one of the exports.
 */
export function strip(module: Uint8Array, exports: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const kept = readSections(module).filter(({ id }) => id !== CUSTOM && id !== DATA && id !== DATA_COUNT)
  if (!kept.some(({ id }) => id === EXPORTS)) throw new ImageError('the WebAssembly module exports nothing')
  return writeSections(kept.map((section) => (section.id === EXPORTS ? onlyThese(section, exports) : section)))
}

function onlyThese({ id, body }: Section, exports: ReadonlySet<string>): Section {
  const reader = new WasmReader(body)
  const missing = new Set(exports)
  const kept: Uint8Array[] = []
  for (let left = reader.number(); left > 0; left -= 1) {
    const start = reader.position
    const name = reader.text()
    reader.byte() // what it is: a function, a table, a memory, a global, a tag
    reader.number() // which one
    if (missing.delete(name)) kept.push(body.subarray(start, reader.position))
  }
  if (!reader.isAtEnd) throw new ImageError('the exports of the WebAssembly module are followed by something else')
  if (missing.size > 0) throw new ImageError(`the WebAssembly module does not export ${[...missing].join(', ')}`)
  return { id, body: joined([encodedNumber(kept.length), ...kept]) }
}
