import { expect, test } from 'vitest'
import { limitMemory } from './memory-limit.ts'

const PAGE = 65_536

test('memory grows to the last whole page of the limit, and not one further', () => {
  const memory = memoryOf(limitMemory(moduleWith([0x01, 0x01, 0x01, 0x80, 0x80, 0x04]), 5 * PAGE + 65_535))
  expect([memory.grow(4), memory.buffer.byteLength]).toEqual([1, 5 * PAGE])
  expect(() => memory.grow(1)).toThrow(RangeError)
})

test('the binary that was handed in stays as it was', () => {
  const binary = moduleWith([0x01, 0x01, 0x01, 0x80, 0x80, 0x04])
  const before = Uint8Array.from(binary)
  limitMemory(binary, 3 * PAGE)
  expect(binary).toEqual(before)
})

test('the whole address space can be allowed', () => {
  const memory = memoryOf(limitMemory(moduleWith([0x01, 0x01, 0x01, 0x80, 0x80, 0x04]), 2 ** 32))
  expect(memory.grow(1)).toBe(1)
})

test.each([
  [
    'less than the interpreter begins with',
    [0x01, 0x01, 0x02, 0x80, 0x80, 0x04],
    PAGE,
    'the interpreter needs 131072 bytes of memory, the limit is 65536',
  ],
  ['more than the module has room to say', [0x01, 0x01, 0x01, 0x04], 128 * PAGE, 'a memory of 128 pages is more than the module can have'],
  ['a memory without a maximum', [0x01, 0x00, 0x01], PAGE, 'the module has no memory with a maximum'],
])('%s cannot be', (_, section, maxBytes, message) => {
  expect(() => limitMemory(moduleWith(section), maxBytes)).toThrow(new RangeError(message))
})

test.each([
  ['no memory', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]],
  ['nothing at all', []],
  ['an end in the middle', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5]],
])('a module with %s is an error, and not an endless search', (_, bytes) => {
  expect(() => limitMemory(Uint8Array.from(bytes), PAGE)).toThrow(RangeError)
})

/** A module that has a custom section, this memory section, and exports the memory as `m`. */
function moduleWith(section: readonly number[]): Uint8Array {
  const custom = [0x00, 0x03, 0x02, 0x68, 0x69]
  const exported = [0x07, 0x05, 0x01, 0x01, 0x6d, 0x02, 0x00]
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...custom, 0x05, section.length, ...section, ...exported])
}

function memoryOf(binary: Uint8Array<ArrayBuffer>): WebAssembly.Memory {
  return new WebAssembly.Instance(new WebAssembly.Module(binary)).exports['m'] as WebAssembly.Memory // as the module says
}
