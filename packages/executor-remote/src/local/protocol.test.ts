import { expect, test } from 'vitest'
import { encodeMessage, type Message, readMessages } from './protocol.ts'

const MESSAGES: readonly (readonly [Message, string])[] = [
  [{ type: 'ready', version: '3.12.4', implementation: 'CPython' }, ''],
  [{ type: 'stdout', text: 'a\u2028b\n' }, ''],
  [{ type: 'piece', ask: 1 }, 'line\nline\n{}'],
  [{ type: 'piece', ask: 1 }, ''],
  [{ type: 'done', ask: 1 }, ''],
]

const BYTES = Buffer.concat(
  MESSAGES.map(([message, content]) => {
    const line = content === '' ? message : { ...message, bytes: Buffer.byteLength(content) }
    return Buffer.from(`${JSON.stringify(line)}\n${content}`)
  }),
)

test.each([1, 2, 7, 64, BYTES.length])('messages and their contents are read whole from chunks of %s bytes', (size) => {
  const told: unknown[] = []
  const feed = readMessages(({ ...message }, content) => {
    Reflect.deleteProperty(message, 'bytes')
    told.push([message, Buffer.from(content).toString()])
  })
  for (let start = 0; start < BYTES.length; start += size) feed(BYTES.subarray(start, start + size))
  expect(told).toEqual(MESSAGES)
})

test('what is no message is refused', () => {
  expect(() => readMessages(() => {})(Buffer.from('nonsense\n'))).toThrow(SyntaxError)
})

test('a content follows its line, which says how long it is', () => {
  const bytes = encodeMessage({ type: 'put', paths: ['a'], ask: 3 }, Buffer.from('ä\n'))
  expect(Buffer.from(bytes).toString()).toBe('{"type":"put","paths":["a"],"ask":3,"bytes":3}\nä\n')
})

test('without a content, a line says nothing of it', () => {
  expect(Buffer.from(encodeMessage({ type: 'stop', number: 2 })).toString()).toBe('{"type":"stop","number":2}\n')
})
