/** The functions that a module imports, by name, with their types as `src/host/import-lock.ts` writes them: read from the binary itself. */
export function importTypes(binary: Uint8Array): Map<string, string> {
  const reader = new Reader(binary, 8)
  let types: string[] = []
  for (;;) {
    const id = reader.byte()
    const size = reader.number()
    if (id === 1) types = reader.list(() => functionType(reader))
    else if (id === 2) return new Map(reader.list(() => importType(reader, types)).filter((entry) => entry !== undefined))
    else reader.position += size
  }
}

function functionType(reader: Reader): string {
  reader.byte()
  const parameters = reader.list(() => valueType(reader))
  return `${parameters.join('')}:${reader.list(() => valueType(reader)).join('')}`
}

function valueType(reader: Reader): string {
  const byte = reader.byte()
  return { 127: 'i', 126: 'j', 125: 'f', 124: 'd', 111: 'e' }[byte] ?? `?${byte}`
}

function importType(reader: Reader, types: readonly string[]): [string, string] | undefined {
  reader.text()
  const name = reader.text()
  const kind = reader.byte()
  if (kind === 0) return [name, types[reader.number()] ?? '']
  if (kind === 3) reader.position += 2
  else throw new TypeError(`an import of kind ${kind}, which no build has had`)
  return undefined
}

class Reader {
  position: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes
    this.position = position
  }

  byte(): number {
    const byte = this.#bytes[this.position]
    if (byte === undefined) throw new RangeError('the module ends too early')
    this.position += 1
    return byte
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  text(): string {
    const length = this.number()
    this.position += length
    return new TextDecoder().decode(this.#bytes.subarray(this.position - length, this.position))
  }

  list<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.number() }, read)
  }
}
