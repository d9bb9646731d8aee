import { joined } from '../joined.ts'
import { ImageError } from './image-error.ts'

/** A section of a WebAssembly module, by its number in the binary format: 0 custom, 2 imports, 5 memory, 7 exports, 11 data, 12 data count. */
export interface Section {
  readonly id: number
  readonly body: Uint8Array
}

/** What each module begins with: its magic number, and version 1 of the format. */
const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

/** The sections of a module, in order, as views into its bytes. Throws `ImageError` where they are cut off, or are none. */
export function readSections(module: Uint8Array): readonly Section[] {
  if (!PREAMBLE.every((byte, index) => module[index] === byte)) throw new ImageError('this is no WebAssembly module of version 1')
  const reader = new WasmReader(module.subarray(PREAMBLE.length))
  const sections: Section[] = []
  while (!reader.isAtEnd) {
    const id = reader.byte()
    sections.push({ id, body: reader.bytes(reader.number()) })
  }
  return sections
}

/** A module of these sections. */
export function writeSections(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  return joined([PREAMBLE, ...sections.flatMap(({ id, body }) => [Uint8Array.of(id), encodedNumber(body.length), body])])
}

/** Reads the binary format from its beginning. Every method throws `ImageError` where the bytes end too early. */
export class WasmReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get position(): number {
    return this.#position
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  byte(): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) throw new ImageError('a WebAssembly module ends too early')
    this.#position += 1
    return byte
  }

  bytes(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#position) throw new ImageError('a WebAssembly module ends too early')
    this.#position += count
    return this.#bytes.subarray(this.#position - count, this.#position)
  }

  /** An unsigned number of 32 bits, as LEB128. */
  number(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break
        return value
      }
    }
    throw new ImageError('a number in a WebAssembly module has more than 32 bits')
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.number()))
  }
}

/** An unsigned number of 32 bits as LEB128, in as few bytes as can be. */
export function encodedNumber(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low + 128 : low)
  } while (rest > 0)
  return Uint8Array.from(bytes)
}
