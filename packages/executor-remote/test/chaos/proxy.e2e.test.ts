import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { faultyProxy } from './proxy.ts'

test('what both ends send comes through unchanged, also much of it, and so do their ends', async () => {
  await using ends = await connected()
  const megabytes = Buffer.alloc(4_000_000, 'interloop')
  ends.client.end(megabytes)
  expect((await everything(ends.server)).equals(megabytes)).toBe(true)
  ends.server.end('answer')
  expect((await everything(ends.client)).toString()).toBe('answer')
})

test('a cut resets both ends', async () => {
  await using ends = await connected()
  ends.proxy.cut()
  expect(await Promise.all([endOf(ends.client), endOf(ends.server)])).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(ends.proxy.open).toBe(0)
})

test('a forgotten line ends for the client alone', async () => {
  await using ends = await connected()
  ends.proxy.forget()
  expect(await endOf(ends.client)).toBe('ECONNRESET')
  expect(await told(ends.server, 'still here')).toBe(true)
  expect(ends.proxy.open).toBe(1)
})

test('a torn line brings the client so many bytes more', async () => {
  await using ends = await connected()
  ends.proxy.tear(7)
  const received: (string | Buffer)[] = []
  ends.client.on('data', (bytes) => received.push(bytes))
  ends.server.write('0123456789')
  expect(await endOf(ends.client)).toBe('ECONNRESET')
  expect(received.join('')).toBe('0123456')
})

test('a swallowed line stays open at both ends, and neither hears of the other again; a new line works', async () => {
  await using ends = await connected()
  expect(ends.proxy.swallow()).toBe(1)
  expect(ends.proxy.cut()).toBe(0)
  let heard = ''
  for (const socket of [ends.client, ends.server]) socket.on('data', (bytes) => (heard += bytes)).on('end', () => (heard += 'end'))
  expect(await told(ends.client, 'one')).toBe(true)
  expect(await told(ends.server, 'two')).toBe(true)
  ends.client.destroy()
  await once(ends.client, 'close')

  const second = await ends.connect()
  second.client.end('three')
  expect((await everything(second.server)).toString()).toBe('three')
  expect(heard).toBe('')
  expect(ends.server.destroyed).toBe(false)
})

test('a half-closed line goes on in the other direction', async () => {
  await using ends = await connected()
  ends.proxy.halfClose('server')
  expect((await everything(ends.server)).toString()).toBe('')
  ends.server.write('more')
  const [bytes] = await once(ends.client, 'data')
  expect(String(bytes)).toBe('more')
})

test('a refused client hears so at once, open lines go on, and later ones are accepted on the same port', async () => {
  await using ends = await connected()
  await ends.proxy.refuse()
  const refused = connect(Number(new URL(ends.proxy.url).port), '127.0.0.1')
  await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  ends.server.write('more')
  expect(String((await once(ends.client, 'data'))[0])).toBe('more')

  await ends.proxy.accept()
  const second = await ends.connect()
  second.client.end('again')
  expect((await everything(second.server)).toString()).toBe('again')
  expect(ends.proxy.total).toBe(2)
})

test('a slow line keeps the order', async () => {
  await using ends = await connected()
  ends.proxy.slow(60)
  const start = performance.now()
  ends.client.write('first ')
  ends.client.end('second')
  expect((await everything(ends.server)).toString()).toBe('first second')
  expect(performance.now() - start).toBeGreaterThan(50)
})

interface Ends extends AsyncDisposable {
  readonly proxy: Awaited<ReturnType<typeof faultyProxy>>
  readonly client: Socket
  readonly server: Socket
  connect(): Promise<{ readonly client: Socket; readonly server: Socket }>
}

/** Two ends of one line through a proxy. */
async function connected(): Promise<Ends> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const proxy = await faultyProxy(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  const sockets: Socket[] = []
  async function line() {
    const accepted = once(listener, 'connection')
    const client = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true })
    const [server]: Socket[] = await accepted
    if (!server) throw new Error('no connection')
    sockets.push(client, server)
    for (const socket of [client, server]) socket.on('error', () => {})
    return { client, server }
  }
  return {
    proxy,
    connect: line,
    ...(await line()),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      for (const socket of sockets) socket.destroy()
      listener.close()
    },
  }
}

async function everything(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) pieces.push(bytes)
  return Buffer.concat(pieces)
}

/** The code of the error with which a socket closes. */
function endOf(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  socket.once('end', () => resolve('end'))
  socket.resume()
  return promise
}

/** Whether the system took the bytes: the socket is open. */
function told(socket: Socket, text: string): Promise<boolean> {
  return new Promise((resolve) => socket.write(text, (error) => resolve(!error)))
}
