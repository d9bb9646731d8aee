import { expect, test } from 'vitest'
import { encodeFrame, type Frame, FrameError, MOST_CONTENT_BYTES, MOST_HEADER_BYTES, NONCE_BYTES, readFrames } from './frames.ts'

const NONCE = Uint8Array.from({ length: NONCE_BYTES }, (_, index) => index)

function bytesOf(header: object, content: Uint8Array = new Uint8Array(), nonce: Uint8Array = NONCE): Uint8Array {
  return Buffer.concat([encodeFrame(nonce, header, content.length), content])
}

/** What is read of these bytes, given in pieces of that size. */
function read(bytes: Uint8Array, size: number = bytes.length): readonly Frame[] {
  const frames: Frame[] = []
  const feed = readFrames(NONCE, (frame) => frames.push({ header: frame.header, content: Uint8Array.from(frame.content) }))
  for (let start = 0; start < bytes.length; start += size) feed(bytes.subarray(start, start + size))
  return frames
}

/** The bytes of a header that were not made by us. */
function forged(json: string): Uint8Array {
  const text = Buffer.from(json)
  const prefix = Buffer.alloc(24)
  prefix.writeUInt32LE(text.length, 0)
  prefix.set(NONCE, 8)
  return Buffer.concat([prefix, text])
}

test('reads frames whole, however they were cut', () => {
  const bytes = Buffer.concat([bytesOf({ type: 'a', text: 'ä€😀\u2028' }), bytesOf({ type: 'b' }, Uint8Array.from([1, 2, 3])), bytesOf({})])
  const frames = [
    { header: { type: 'a', text: 'ä€😀\u2028' }, content: new Uint8Array() },
    { header: { type: 'b' }, content: Uint8Array.from([1, 2, 3]) },
    { header: {}, content: new Uint8Array() },
  ]
  for (const size of [1, 2, 7, 24, 25, bytes.length]) expect(read(bytes, size)).toEqual(frames)
})

test('takes the largest content, and no larger one', () => {
  expect(read(bytesOf({}, new Uint8Array(MOST_CONTENT_BYTES)))[0]?.content.length).toBe(MOST_CONTENT_BYTES)
  expect(() => encodeFrame(NONCE, {}, MOST_CONTENT_BYTES + 1)).toThrow(FrameError)
})

test('ends at a frame that says it is too large, before its bytes have come', () => {
  for (const [offset, bytes] of [
    [0, MOST_HEADER_BYTES + 1],
    [4, MOST_CONTENT_BYTES + 1],
    [0, 0xff_ff_ff_ff],
  ] as const) {
    const prefix = Buffer.alloc(24)
    prefix.writeUInt32LE(bytes, offset)
    expect(() => read(prefix)).toThrow(FrameError)
  }
})

test('ends at a frame with the nonce of another guest', () => {
  expect(() => read(bytesOf({ type: 'a' }, undefined, new Uint8Array(NONCE_BYTES)))).toThrow('nonce')
})

test.each(['', 'nonsense', '{', '[]', '"text"', 'null', '1', '{"a":1}{"b":2}'])('ends at a header that is %j', (json) => {
  expect(() => read(forged(json))).toThrow(FrameError)
})

test('ends at a header that is nested too deep, and not at one that only has many brackets in its texts', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  expect(read(forged(nested(80)))).toHaveLength(1)
  expect(() => read(forged(nested(81)))).toThrow('nested')
  expect(() => read(forged(`{"a":${'['.repeat(2 ** 20)}`))).toThrow('nested')
  const text = `\\"${'[{'.repeat(500)}\\\\`
  expect(read(forged(`{"a":"${text}","b":"\\\\"}`))[0]?.header).toEqual({ a: `"${'[{'.repeat(500)}\\`, b: '\\' })
})

test('a header can bring no other prototype', () => {
  const [frame] = read(forged('{"__proto__":{"type":"ended"}}'))
  expect([frame?.header['type'], Object.keys(frame?.header ?? {})]).toEqual([undefined, ['__proto__']])
})
