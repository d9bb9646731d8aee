import { describe, expect, test } from 'vitest'
import { encodeFrame, MOST_CONTENT_BYTES, NONCE_BYTES } from '../guest/frames.ts'
import type { Message, Request } from '../guest/messages.ts'
import { startConversation } from './conversation.ts'

const NONCE = new Uint8Array(NONCE_BYTES).fill(7)

function open() {
  const sent: Request[] = []
  const broken: string[] = []
  const heard: Message[] = []
  const conversation = startConversation(
    NONCE,
    (request) => sent.push(request),
    (detail) => broken.push(detail),
  )
  conversation.listen((message) => heard.push(message))
  return { conversation, sent, broken, heard }
}

function frame(header: object, nonce: Uint8Array = NONCE): Uint8Array {
  return encodeFrame(nonce, header, 0)
}

test('is ready when the guest says so, and not when it ends before', async () => {
  const { conversation, heard } = open()
  conversation.feed(frame({ type: 'ready', memoryBytes: 1 }))
  await conversation.ready
  expect(heard).toEqual([{ type: 'ready', memoryBytes: 1 }])
  const other = open().conversation
  other.end('it ended with code 1')
  await expect(other.ready).rejects.toMatchObject({ code: 'unavailable', started: 'no', message: expect.stringContaining('with code 1') })
  expect([await other.ended, other.isAlive]).toEqual([{ detail: 'it ended with code 1' }, false])
})

describe('a guest is broken that tells', () => {
  const tooLarge = Buffer.alloc(24)
  tooLarge.writeUInt32LE(MOST_CONTENT_BYTES + 1, 4)
  test.each([
    ['bytes that are no frame', Buffer.from('nonsense '.repeat(10))],
    ['a frame that is too large', tooLarge],
    ['with the nonce of another', frame({ type: 'done', ask: 1 }, new Uint8Array(NONCE_BYTES))],
    ['no message of ours', frame({ type: 'eval' })],
    ['a message that lacks something', frame({ type: 'stdout', number: 1 })],
    ['what its listener refuses', frame({ type: 'done', ask: 7 })],
  ])('%s', (_what, bytes) => {
    const { conversation, broken, heard } = open()
    conversation.listen((message) => {
      if (message.type === 'done') throw new Error('nobody asked')
      heard.push(message)
    })
    conversation.feed(bytes)
    conversation.feed(frame({ type: 'stdout', number: 1, text: 'after' }))
    expect([broken.length, heard]).toEqual([1, []])
  })
})

test('ends waits of the guest, the last that it asked for alone, and listens to none of them', async () => {
  const { conversation, sent, heard } = open()
  for (let id = 1; id <= 1_000; id += 1) conversation.feed(frame({ type: 'wake', id, ms: 0 }))
  await expect.poll(() => sent).toEqual([{ type: 'woken', id: 1_000 }])
  expect(heard).toEqual([])
})
