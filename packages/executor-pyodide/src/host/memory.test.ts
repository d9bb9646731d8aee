import { expect, test } from 'vitest'
import { GuestMemory } from './memory.ts'

test('memory that has grown since the last call is read and written in its new place, whatever is asked first', () => {
  const calls: readonly ((memory: GuestMemory) => unknown)[] = [
    (memory) => memory.setInt64(8, 7n),
    (memory) => memory.setInt32(8, 7),
    (memory) => memory.setInt16(8, 7),
    (memory) => memory.setUint8(8, 7),
    (memory) => memory.int64(8),
    (memory) => memory.int32(8),
    (memory) => memory.uint32(8),
    (memory) => memory.int16(8),
    (memory) => memory.uint8(8),
    (memory) => memory.slice(8, 1),
  ]
  for (const call of calls) {
    const webAssembly = new WebAssembly.Memory({ initial: 1, maximum: 2 })
    const memory = new GuestMemory()
    memory.attach(webAssembly)
    memory.setUint8(1, 1)
    webAssembly.grow(1)
    call(memory)
    expect(memory.uint8(1)).toBe(1)
  }
})
