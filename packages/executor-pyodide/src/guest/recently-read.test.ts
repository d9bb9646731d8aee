import { expect, test } from 'vitest'
import { recentlyRead } from './recently-read.ts'

test('what was read last is kept, up to so many bytes, and the last one always', () => {
  const reads: number[] = []
  const read = recentlyRead<number>(10, (size) => {
    reads.push(size)
    return new Uint8Array(size)
  })
  const lengths = [4, 5, 4, 6, 4, 5, 20, 20, 4].map((size) => read(size).length)
  expect(lengths).toEqual([4, 5, 4, 6, 4, 5, 20, 20, 4])
  // 6 pushes 5 out, for 4 was read after it; 5 pushes 6 out; 20 pushes all out, and stays while it is the last.
  expect(reads).toEqual([4, 5, 6, 5, 20, 4])
})
