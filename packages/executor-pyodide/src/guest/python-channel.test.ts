import { expect, test } from 'vitest'
import { ChannelBroken, createPythonChannel } from './python-channel.ts'

function open(wait: (ms: number) => void = () => {}) {
  const heard: unknown[] = []
  const channel = createPythonChannel((message) => heard.push(message), wait)
  return { heard, channel, device: channel.device as Required<typeof channel.device> }
}

function frame(json: string): Uint8Array {
  const text = Buffer.from(json)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  return Buffer.concat([length, text])
}

test('hears what Python writes, however it is cut', () => {
  const { heard, device } = open()
  const bytes = Buffer.concat([frame('{"a":"ä"}'), frame('{"b":1}')])
  for (const byte of bytes) device.write(Uint8Array.from([byte]))
  device.write(bytes)
  expect(heard).toEqual([{ a: 'ä' }, { b: 1 }, { a: 'ä' }, { b: 1 }])
})

test('what was laid is read in pieces, and nothing is there after it', () => {
  const { channel, device } = open()
  channel.lay({ a: 'ä' })
  channel.lay({ b: 1 })
  const read: number[] = []
  const piece = new Uint8Array(5)
  for (let count = device.read(piece); count > 0; count = device.read(piece)) read.push(...piece.subarray(0, count))
  expect(Buffer.from(read).equals(Buffer.concat([frame('{"a":"ä"}'), frame('{"b":1}')]))).toBe(true)
  expect([channel.isReadable, device.waitReadable(0)]).toEqual([false, false])
})

test('waits only where nothing is there, and says whether something came', () => {
  const waits: number[] = []
  const { channel, device } = open((ms) => {
    waits.push(ms)
    if (ms === 7) channel.lay({})
  })
  expect([device.waitReadable(5), device.waitReadable(7), device.waitReadable(9), waits]).toEqual([false, true, true, [5, 7]])
})

test.each([
  ['no JSON', frame('nonsense')],
  ['no object', frame('"text"')],
  ['too long', Buffer.from('nonsense')],
])('what is %s breaks it', (_what, bytes) => {
  expect(() => open().device.write(bytes)).toThrow(ChannelBroken)
})

test('forgets all for a fresh interpreter', () => {
  const { heard, channel, device } = open()
  channel.lay({})
  device.write(frame('{"a":1}').subarray(0, 6))
  channel.clear()
  device.write(frame('{"b":1}'))
  expect([channel.isReadable, heard]).toEqual([false, [{ b: 1 }]])
})
