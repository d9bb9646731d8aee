import { describe, expect, it } from 'vitest'
import { encodeHeap, openHeap } from './heap-image.ts'
import { ImageError } from './image-error.ts'
import { partReader } from './part-reader.ts'

const MEMORY_BYTES = 4 * 65_536

function memoryWith(bytes: Readonly<Record<number, number>>): Uint8Array {
  const memory = new Uint8Array(MEMORY_BYTES)
  for (const [place, byte] of Object.entries(bytes)) memory[Number(place)] = byte
  return memory
}

const encoded = (memory: Uint8Array) => encodeHeap({ memory, memoryBytes: memory.length, tableLength: 12, stackPointer: 4_096 })
const opened = (bytes: Uint8Array) => openHeap(partReader(bytes, { offset: 0, size: bytes.length }))

/** A heap with this header, and so many bytes of runs. */
function withHeader(header: unknown, runBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(4 + text.length + runBytes)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, 4)
  return bytes
}

describe('a heap', () => {
  it('comes back as it was, and what was zero was not kept', () => {
    const memory = memoryWith({ 0: 1, 40960: 2, 70000: 3, [MEMORY_BYTES - 1]: 4 })
    const bytes = encoded(memory)
    const { runs, read, ...shape } = opened(bytes)
    expect(shape).toEqual({ memoryBytes: MEMORY_BYTES, tableLength: 12, stackPointer: 4_096 })
    // 69,632 is the page of 70,000; from 45,056 on there are more zeros than 16 KiB.
    expect(runs).toEqual([
      { offset: 0, length: 4_096 },
      { offset: 40_960, length: 4_096 },
      { offset: 69_632, length: 4_096 },
      { offset: MEMORY_BYTES - 4_096, length: 4_096 },
    ])
    const restored = new Uint8Array(MEMORY_BYTES)
    let position = 0
    for (const { offset, length } of runs) {
      read(restored.subarray(offset, offset + length), position)
      position += length
    }
    expect(restored).toEqual(memory)
  })

  it('is one run where no more than 16 KiB of zeros are between two pages', () => {
    expect(opened(encoded(memoryWith({ 0: 1, 20480: 1 }))).runs).toEqual([{ offset: 0, length: 24_576 }])
    expect(opened(encoded(memoryWith({ 0: 1, 24576: 1 }))).runs).toHaveLength(2)
  })

  it('may be empty', () => {
    expect(opened(encoded(memoryWith({}))).runs).toEqual([])
  })

  const right = { memoryBytes: 65_536, tableLength: 1, stackPointer: 0, runs: [{ offset: 0, length: 8 }] }
  it.each([
    ['no JSON', '{', 0],
    ['null', null, 0],
    ['no memory', { ...right, memoryBytes: undefined }, 8],
    ['half a page', { ...right, memoryBytes: 32_768 }, 8],
    ['more memory than 32 bits can say', { ...right, memoryBytes: 2 ** 32 + 65_536 }, 8],
    ['a negative table', { ...right, tableLength: -1 }, 8],
    ['a stack outside of memory', { ...right, stackPointer: 65_537 }, 8],
    ['no runs', { ...right, runs: {} }, 8],
    ['a run without a place', { ...right, runs: [null] }, 8],
    ['a negative run', { ...right, runs: [{ offset: 8, length: -8 }] }, 0],
    ['a run beyond memory', { ...right, runs: [{ offset: 65_532, length: 8 }] }, 8],
    ['a run that begins at infinity', '{"memoryBytes":65536,"tableLength":1,"stackPointer":0,"runs":[{"offset":1e999,"length":8}]}', 8],
    [
      'runs one over another',
      {
        ...right,
        runs: [
          { offset: 0, length: 8 },
          { offset: 4, length: 8 },
        ],
      },
      16,
    ],
    [
      'runs out of order',
      {
        ...right,
        runs: [
          { offset: 16, length: 8 },
          { offset: 0, length: 8 },
        ],
      },
      16,
    ],
    ['fewer bytes than its runs', right, 7],
    ['more bytes than its runs', right, 9],
  ])('is refused where its header says %s', (_, header, runBytes) => {
    expect(() => opened(withHeader(right, 8))).not.toThrow()
    expect(() => opened(withHeader(header, runBytes))).toThrow(ImageError)
  })

  it('is refused wherever it was cut off', () => {
    const bytes = encoded(memoryWith({ 0: 1 }))
    for (let length = 0; length < bytes.length; length += 1) expect(() => opened(bytes.subarray(0, length))).toThrow(ImageError)
  })

  it('is refused where its header would be longer than any', () => {
    expect(() => opened(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7b))).toThrow(ImageError)
  })
})
