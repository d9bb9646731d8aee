import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readLines } from './protocol.ts'

test('reads lines whole, however they were cut, and ends them at a line feed only', async () => {
  const bytes = Buffer.from('{"a":"ä€😀"}\n\u2028\r\n\nno end')
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
    const stream = Readable.from(chunks, { objectMode: false })
    const lines: string[] = []
    readLines(stream, (line) => lines.push(line))
    await new Promise((resolve) => stream.once('end', resolve))
    expect(lines).toEqual(['{"a":"ä€😀"}', '\u2028\r', ''])
  }
})
