/** Bytes of a page of WebAssembly. */
export const PAGE_BYTES = 65_536

/**
 * A copy of a module whose memory can grow to `maxBytes` and no page further, which the engine holds by itself. Whole pages, rounded down.
 * Throws `RangeError` where the module wants more from the start, or has no maximum that could be lowered.
 */
export function limitMemory(binary: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const limited = Uint8Array.from(binary)
  limitMemoryInPlace(limited, maxBytes)
  return limited
}

/** The same without a copy, for a module that nobody else has. */
export function limitMemoryInPlace(limited: Uint8Array, maxBytes: number): void {
  const pages = Math.floor(maxBytes / PAGE_BYTES)
  const { minimum, maximumStart, maximumEnd } = memorySection(limited)
  if (minimum > pages) throw new RangeError(`the interpreter needs ${minimum * PAGE_BYTES} bytes of memory, the limit is ${maxBytes}`)
  writePadded(limited, maximumStart, maximumEnd, pages)
}

/** Where the limits of the only memory stand. */
function memorySection(binary: Uint8Array): { minimum: number; maximumStart: number; maximumEnd: number } {
  let position = HEADER_BYTES
  while (position < binary.length) {
    const id = binary[position]
    const size = readNumber(binary, position + 1)
    if (id !== MEMORY_SECTION) {
      position = size.end + size.value
      continue
    }
    const count = readNumber(binary, size.end)
    const flags = readNumber(binary, count.end)
    const minimum = readNumber(binary, flags.end)
    if ((flags.value & HAS_MAXIMUM) === 0) break
    return { minimum: minimum.value, maximumStart: minimum.end, maximumEnd: readNumber(binary, minimum.end).end }
  }
  throw new RangeError('the module has no memory with a maximum')
}

/** An unsigned LEB128 number. */
function readNumber(binary: Uint8Array, start: number): { value: number; end: number } {
  let value = 0
  let end = start
  for (let scale = 1; ; scale *= 128) {
    const byte = binary[end] ?? 0
    end += 1
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, end }
  }
}

/** Writes it in as many bytes as the number before had, so that nothing moves. */
function writePadded(binary: Uint8Array, start: number, end: number, value: number): void {
  let rest = value
  for (let position = start; position < end; position += 1) {
    const isLast = position === end - 1
    binary[position] = (rest % 128) | (isLast ? 0 : 0x80)
    rest = Math.floor(rest / 128)
  }
  if (rest > 0) throw new RangeError(`a memory of ${value} pages is more than the module can have`)
}

const HEADER_BYTES = 8
const MEMORY_SECTION = 5
const HAS_MAXIMUM = 1
