import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeLegacy, decodeV1, encodeLegacy, encodeV1, type Outgoing, recordOf } from './frames.ts'

interface RecordedFrame {
  readonly base64: string
  readonly channel: string
  readonly type: string
  readonly content: object
}

const recorded: readonly RecordedFrame[] = fixture('v1-frames.json')
const legacy: readonly { readonly header: { readonly msg_type: string }; readonly content: object }[] = fixture('legacy-frames.json')

const MESSAGE: Outgoing = {
  channel: 'shell',
  type: 'execute_request',
  id: 'message-1',
  content: { code: 'print("ä€😀")' },
  metadata: { interloop: { key: 'run/call/1' } },
}

test.each(recorded)('reads a recorded binary frame: $type', ({ base64, channel, type, content }) => {
  const message = decodeV1(Buffer.from(base64, 'base64'))
  expect([message.channel, message.header.msg_type, message.content]).toEqual([channel, type, content])
})

test.each(legacy)('reads a recorded text frame: $header.msg_type', (message) => {
  const read = decodeLegacy(JSON.stringify(message))
  expect([read.header.msg_type, read.content]).toEqual([message.header.msg_type, message.content])
})

test('writes frames that it reads the same, in both forms', () => {
  const expected = {
    channel: 'shell',
    header: { msg_type: 'execute_request', msg_id: 'message-1' },
    parent: {},
    metadata: MESSAGE.metadata,
    content: MESSAGE.content,
  }
  expect(decodeV1(encodeV1(MESSAGE, 'session-1'))).toEqual(expected)
  expect(decodeLegacy(encodeLegacy(MESSAGE, 'session-1'))).toEqual(expected)
})

test('reads a frame that stands inside a larger buffer', () => {
  const frame = encodeV1(MESSAGE, 'session-1')
  const larger = new Uint8Array(frame.length + 7)
  larger.set(frame, 5)
  expect(decodeV1(larger.subarray(5, 5 + frame.length)).content).toEqual(MESSAGE.content)
})

test.each([
  ['nothing', new Uint8Array()],
  ['a text', new TextEncoder().encode('{"channel": "shell", "header": {}}')],
  ['a count without offsets', Uint8Array.from([6, 0, 0, 0, 0, 0, 0, 0])],
  ['half a frame', encodeV1(MESSAGE, 'session-1').subarray(0, 90)],
])('refuses %s', (_, frame) => {
  expect(() => decodeV1(frame)).toThrow()
})

test('refuses a message without a type', () => {
  expect(() => decodeLegacy('{"channel": "shell", "header": {}}')).toThrow('no type')
  expect(() => decodeLegacy('no JSON')).toThrow()
})

test('takes only objects as records', () => {
  expect([recordOf({ one: 1 }), recordOf([1]), recordOf(null), recordOf('text')]).toEqual([{ one: 1 }, {}, {}, {}])
})

function fixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'))
}
