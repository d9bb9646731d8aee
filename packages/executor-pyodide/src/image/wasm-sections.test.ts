import { describe, expect, it } from 'vitest'
import { ImageError } from './image-error.ts'
import { encodedNumber, readSections, WasmReader, writeSections } from './wasm-sections.ts'

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

describe('the sections of a WebAssembly module', () => {
  it('are read and written without a change', () => {
    const module = Uint8Array.from([...PREAMBLE, 1, 4, 1, 0x60, 0, 0, 0, 3, 2, 0x68, 0x69, 5, 3, 1, 0, 1])
    const sections = readSections(module)
    expect(sections.map(({ id, body }) => [id, [...body]])).toEqual([
      [1, [1, 0x60, 0, 0]],
      [0, [2, 0x68, 0x69]],
      [5, [1, 0, 1]],
    ])
    expect(writeSections(sections)).toEqual(module)
  })

  it.each([
    ['nothing', []],
    ['another file', [0x50, 0x4b, 3, 4, 0, 0, 0, 0]],
    ['another version', [...PREAMBLE.slice(0, 4), 2, 0, 0, 0]],
    ['a section without a length', [...PREAMBLE, 1]],
    ['a section that is longer than the file', [...PREAMBLE, 1, 5, 0, 0]],
    ['a length of 4 GiB', [...PREAMBLE, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]],
    ['a length of more than 32 bits', [...PREAMBLE, 1, 0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['a length that never ends', [...PREAMBLE, 1, ...Array(20).fill(0x80)]],
  ])('are refused where there is %s', (_, bytes) => {
    expect(() => readSections(Uint8Array.from(bytes))).toThrow(ImageError)
  })
})

describe('numbers of a WebAssembly module', () => {
  it.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])('%i comes back', (value) => {
    expect(new WasmReader(encodedNumber(value)).number()).toBe(value)
  })

  it('are read where a linker has left room in them', () => {
    expect(new WasmReader(Uint8Array.of(0x83, 0x80, 0x80, 0x80, 0x00)).number()).toBe(3)
  })
})
