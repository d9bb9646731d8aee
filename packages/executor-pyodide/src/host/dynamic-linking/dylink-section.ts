import { LibraryError } from './library-error.ts'

/** What a library says of itself in its section `dylink.0` (WebAssembly tool conventions, DynamicLinking.md). */
export interface DylinkSection {
  /** Bytes that its data needs, and a power of two at which it begins. */
  readonly memorySize: number
  readonly memoryAlignment: number
  /** Slots of the table that its functions need, and a power of two. */
  readonly tableSize: number
  readonly tableAlignment: number
  /** File names of the libraries that have to be there before. */
  readonly needed: readonly string[]
  /** Imports that may be missing: their address is 0 then. */
  readonly weak: ReadonlySet<string>
  /** Folders in which the needed ones are looked for; `$ORIGIN` is the library's own. */
  readonly runtimePaths: readonly string[]
}

/** Reads it. Throws `LibraryError` where a module does not begin with it, or where it is cut off: it is no library then. */
export function readDylinkSection(library: Uint8Array): DylinkSection {
  if (!PREAMBLE.every((byte, index) => library[index] === byte)) throw new LibraryError('it is no WebAssembly library')
  const module = new Reader(library.subarray(PREAMBLE.length))
  if (module.byte() !== CUSTOM_SECTION) throw new LibraryError('it is no WebAssembly library')
  const section = module.part()
  if (section.text() !== SECTION_NAME) throw new LibraryError('it is no WebAssembly library')
  const read = { memorySize: 0, memoryAlignment: 1, tableSize: 0, tableAlignment: 1 }
  const lists = { needed: [] as string[], weak: new Set<string>(), runtimePaths: [] as string[] }
  while (!section.isAtEnd) {
    const type = section.byte()
    const part = section.part()
    if (type === MEMORY_INFO) {
      read.memorySize = part.number()
      read.memoryAlignment = 2 ** part.number()
      read.tableSize = part.number()
      read.tableAlignment = 2 ** part.number()
    } else if (type === NEEDED) part.each(() => lists.needed.push(part.text()))
    else if (type === IMPORT_INFO) {
      part.each(() => {
        part.text() // of which module
        const name = part.text()
        if ((part.number() & BINDING) === WEAK) lists.weak.add(name)
      })
    } else if (type === RUNTIME_PATH) part.each(() => lists.runtimePaths.push(part.text()))
  }
  return { ...read, ...lists }
}

/** Reads forward in the binary format. */
class Reader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length
  }

  byte(): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) throw new LibraryError('it is cut off')
    this.#position += 1
    return byte
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new LibraryError('it has a number of more than 32 bits')
  }

  /** What follows its own length. */
  part(): Reader {
    return new Reader(this.#take(this.number()))
  }

  text(): string {
    return new TextDecoder().decode(this.#take(this.number()))
  }

  /** Calls once for each member of a list that begins with their count. */
  each(read: () => void): void {
    for (let left = this.number(); left > 0; left -= 1) read()
  }

  #take(length: number): Uint8Array {
    const end = this.#position + length
    if (end > this.#bytes.length) throw new LibraryError('it is cut off')
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }
}

const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)
const CUSTOM_SECTION = 0
const SECTION_NAME = 'dylink.0'
const MEMORY_INFO = 1
const NEEDED = 2
const IMPORT_INFO = 4
const RUNTIME_PATH = 5
const BINDING = 3
const WEAK = 1
