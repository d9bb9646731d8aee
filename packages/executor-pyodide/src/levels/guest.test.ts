import { describe, expect, test } from 'vitest'
import type { Message, ProgramLimits, Request } from '../guest/messages.ts'
import { speakWith } from './guest.ts'
import type { GuestEnd, GuestHandle } from './guest-handle.ts'

const LIMITS: ProgramLimits = {
  wallMs: 1,
  memoryBytes: 1,
  outputBytes: 1,
  outputHardBytes: 1,
  displayBytes: 1,
  toolCalls: 1,
}

/** A guest whose words are the test's. `tell` throws where its parent would end it. */
function open(fileBytes = 100) {
  const requests: Request[] = []
  const ended = Promise.withResolvers<GuestEnd>()
  let listener: (message: Message, content: Uint8Array) => void = () => {}
  let isAlive = true
  const handle: GuestHandle = {
    ready: Promise.resolve(),
    send: (request) => requests.push(request),
    listen(next) {
      listener = next
    },
    stop: () => true,
    kill: async () => {},
    ended: ended.promise,
    get isAlive() {
      return isAlive
    },
    cpuMs: () => undefined,
  }
  const guest = speakWith(handle, { memoryBytes: 1, fileBytes, files: 1 })
  const told: string[] = []
  const execute = (number: number) =>
    guest.execute(
      { number, code: '', limits: LIMITS },
      { onProgress: ({ type }) => told.push(type), onCall: ({ id }) => told.push(id), onWaiting: () => told.push('waiting') },
    )
  return {
    guest,
    requests,
    told,
    execute,
    tell: (message: Message, content = new Uint8Array()) => listener(message, content),
    end(detail: string) {
      isAlive = false
      ended.resolve({ detail })
    },
  }
}

test('tells what a program told, and what became of it', async () => {
  const { execute, tell, told, guest } = open()
  const running = execute(1)
  tell({ type: 'stdout', number: 1, text: 'a' })
  tell({ type: 'call', number: 1, id: 'c', name: 'n', arguments: '{}' })
  tell({ type: 'waiting', number: 1, isWaiting: true })
  tell({ type: 'files', number: 1, files: [{ path: 'a', change: 'created', size: 1 }] })
  tell({ type: 'files', number: 1, files: [{ path: 'b', change: 'deleted', size: 0 }] })
  tell({ type: 'ended', number: 1, ran: { reason: 'completed', usage: { peakMemoryBytes: 7 } } })
  expect(await running).toEqual({
    ran: { reason: 'completed', usage: { peakMemoryBytes: 7 } },
    files: [
      { path: 'a', change: 'created', size: 1 },
      { path: 'b', change: 'deleted', size: 0 },
    ],
  })
  expect([told, guest.memoryBytes]).toEqual([['stdout', 'c', 'waiting'], 7])
})

test('sends a file in pieces, and puts one together from pieces', async () => {
  const { guest, requests, tell } = open(2 ** 22)
  const putting = guest.put(['a', 'b'], new Uint8Array(2 ** 20 + 1))
  expect(requests).toEqual([
    { type: 'put', ask: 1, paths: ['a', 'b'], size: 2 ** 20 + 1 },
    { type: 'piece', ask: 1 },
    { type: 'piece', ask: 1 },
  ])
  tell({ type: 'done', ask: 1 })
  await putting
  const reading = guest.read('a')
  tell({ type: 'piece', ask: 2 }, Uint8Array.from([1, 2]))
  tell({ type: 'piece', ask: 2 }, Uint8Array.from([3]))
  tell({ type: 'done', ask: 2 })
  expect(await reading).toEqual(Uint8Array.from([1, 2, 3]))
})

test('a file operation that failed is an error with its code', async () => {
  const { guest, tell } = open()
  const reading = guest.read('a')
  tell({ type: 'failed', ask: 1, code: 'not_found', message: 'there is no file "a"' })
  await expect(reading).rejects.toMatchObject({ name: 'ExecutorError', code: 'not_found', started: 'no' })
})

test('what is asked when the guest ends is answered by that', async () => {
  const { guest, execute, end } = open()
  const running = execute(1)
  const listing = guest.list()
  end('it was ended by SIGKILL')
  expect(await running).toBe(undefined)
  await expect(listing).rejects.toMatchObject({ code: 'session_lost', message: expect.stringContaining('SIGKILL') })
  await expect(guest.remove('a')).rejects.toMatchObject({ code: 'session_lost' })
  expect(await execute(2)).toBe(undefined)
})

describe('a guest is not listened to any more that tells', () => {
  test.each<[string, Message]>([
    ['of a program that does not run', { type: 'stdout', number: 2, text: '' }],
    ['the end of another program', { type: 'ended', number: 2, ran: {} }],
    ['what nobody asked', { type: 'done', ask: 1 }],
    ['a piece that nobody asked for', { type: 'piece', ask: 1 }],
  ])('%s', (_what, message) => {
    const { execute, tell } = open()
    void execute(1)
    expect(() => tell(message)).toThrow()
  })

  test('the end of a program twice', () => {
    const { execute, tell } = open()
    void execute(1)
    tell({ type: 'ended', number: 1, ran: {} })
    expect(() => tell({ type: 'ended', number: 1, ran: {} })).toThrow('does not run')
  })

  test('a file that is larger than all files may be', () => {
    const { guest, tell } = open(3)
    void guest.read('a')
    tell({ type: 'piece', ask: 1 }, new Uint8Array(3))
    expect(() => tell({ type: 'piece', ask: 1 }, new Uint8Array(1))).toThrow('larger')
  })

  test('more files than there can be', () => {
    const { guest, execute, tell } = open()
    void guest.list()
    void execute(1)
    const many = Array.from({ length: 20_001 }, (_, index) => ({ path: String(index), size: 0 }))
    expect(() => tell({ type: 'listed', ask: 1, files: many })).toThrow('more files')
    expect(() => tell({ type: 'files', number: 1, files: many.map((file) => ({ ...file, change: 'created' })) })).toThrow('more changed')
  })
})
