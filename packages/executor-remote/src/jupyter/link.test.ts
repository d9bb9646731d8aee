import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ExecutorError } from '@interloop/core/executor'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { decodeLegacy, decodeV1, encodeV1, type Message, V1 } from './frames.ts'
import { type Link, openLink } from './link.ts'
import { checkOptions } from './options.ts'
import { openSocket, type Patience } from './socket.ts'

/** A kernel's end of the line: a real WebSocket server, without a kernel. */
interface Place {
  readonly link: Link
  /** In the order in which they came. */
  readonly lines: WebSocket[]
  /** What each line was asked for with: path and query, and the token. */
  readonly asked: string[]
  readonly heard: Message[]
  readonly told: string[]
  /** Answers the next upgrades with a status instead. */
  refuse(status: number): void
  /** Resolves once the condition holds; it is looked at whenever something happens. */
  until(condition: () => boolean): Promise<void>
}

async function open(
  options: { readonly subprotocol?: boolean; readonly patience?: Patience; readonly maxDownMs?: number } = {},
): Promise<Place> {
  const lines: WebSocket[] = []
  const asked: string[] = []
  const heard: Message[] = []
  const told: string[] = []
  const waiting = new Set<() => void>()
  let refusal: number | undefined
  const happened = () => {
    for (const look of [...waiting]) look()
  }

  const http = createServer()
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => (options.subprotocol === false ? false : V1),
    autoPong: options.patience === undefined,
  })
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    asked.push(`${request.url} ${request.headers.authorization}`)
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`)
      happened()
      return
    }
    sockets.handleUpgrade(request, socket, head, (line) => {
      lines.push(line)
      line.on('pong', () => {
        told.push('pong')
        happened()
      })
      line.on('message', (data: Buffer, isBinary) => {
        const { header } = isBinary ? decodeV1(data) : decodeLegacy(data.toString())
        told.push(`${isBinary ? 'binary' : 'text'} ${header.msg_type}`)
        happened()
      })
      happened()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const base = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/base`)
  const settings = checkOptions({ endpoint: base })
  const link = await openLink({
    maxDownMs: options.maxDownMs ?? 60_000,
    connect: (handlers, patience) =>
      openSocket({
        settings,
        base,
        kernelId: 'kernel-1',
        sessionId: 'session-1',
        headers: { authorization: 'token secret' },
        patience: options.patience ?? patience,
        ...handlers,
      }),
    onMessage(message) {
      heard.push(message)
      happened()
    },
    onUp() {
      told.push('up')
      happened()
    },
    onDown() {
      told.push('down')
      happened()
    },
    onRefused(error) {
      told.push(`refused ${error.code}`)
      happened()
    },
  })
  onTestFinished(() => {
    link.close()
    for (const line of lines) line.terminate()
    sockets.close()
    http.close()
  })
  return {
    link,
    lines,
    asked,
    heard,
    told,
    refuse(status) {
      refusal = status
    },
    until(condition) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => {
        if (condition()) resolve()
      }
      waiting.add(look)
      look()
      return promise.finally(() => waiting.delete(look))
    },
  }
}

/** Its pings are not answered, and it waits for that longer than any test takes. */
const SILENT_SERVER = { handshakeMs: 60_000, pingMs: 60_000, silenceMs: 600_000 } as const

const REQUEST = { channel: 'shell', type: 'execute_request', id: 'message-1', content: { code: '' } } as const

test('asks for the channels with the session in the URL and the token in a header', async () => {
  const { asked } = await open()
  expect(asked).toEqual(['/base/api/kernels/kernel-1/channels?session_id=session-1 token secret'])
})

test('answers the answer to its ping with a pong at once, for the server not to wait with what follows', async () => {
  const place = await open()
  await place.until(() => place.told.includes('pong'))
  expect(place.told).not.toContain('binary execute_request')
})

test('answers each frame with a pong at once', async () => {
  const place = await open({ patience: SILENT_SERVER })
  place.lines[0]?.send(encodeV1(REQUEST, 'of the kernel'))
  await place.until(() => place.told.includes('pong'))
  expect(place.heard.map(({ header, content }) => [header.msg_type, content])).toEqual([['execute_request', { code: '' }]])
})

/** Without the pongs, which come as the line likes. */
function requestsOf(told: readonly string[]): readonly string[] {
  return told.filter((what) => what !== 'pong')
}

test('speaks the binary form where the server knows it, otherwise text', async () => {
  const binary = await open()
  const text = await open({ subprotocol: false })
  for (const place of [binary, text]) {
    expect(place.link.send(REQUEST)).toBe(true)
    await place.until(() => requestsOf(place.told).length > 0)
  }
  expect([binary.told, text.told].map(requestsOf)).toEqual([['binary execute_request'], ['text execute_request']])
  expect([binary.asked.length, text.asked.length]).toEqual([1, 1])
})

test('opens a line that was cut again, with the same session', async () => {
  const place = await open()
  place.lines[0]?.terminate()
  await place.until(() => place.told.includes('up'))
  expect([place.told, place.link.isUp, place.link.downSince]).toEqual([['down', 'up'], true, undefined])
  expect(new Set(place.asked).size).toBe(1)
})

test('says that nothing was written while it is down', async () => {
  const place = await open()
  place.refuse(503)
  place.lines[0]?.terminate()
  await place.until(() => place.told.includes('down'))
  expect([place.link.send(REQUEST), place.link.isUp]).toEqual([false, false])
})

test('takes a line on which nothing is heard for dead', async () => {
  const place = await open({ patience: { handshakeMs: 5_000, pingMs: 20, silenceMs: 60 } })
  await place.until(() => place.told.includes('up'))
  expect(place.told.slice(0, 2)).toEqual(['down', 'up'])
})

test('finds it dead when that time is over, however seldom it asks', async () => {
  const place = await open({ patience: { handshakeMs: 5_000, pingMs: 3_600_000, silenceMs: 60 } })
  await place.until(() => place.told.includes('up'))
  expect(place.told.slice(0, 2)).toEqual(['down', 'up'])
})

test('watches a line more closely while something is awaited', async () => {
  const watched: number[] = []
  const link = await openLink({
    maxDownMs: 1_000,
    connect: (_handlers, patience) => {
      watched.push(patience.silenceMs)
      return Promise.resolve({
        send() {},
        hold() {},
        end() {},
        watch: ({ silenceMs }) => void watched.push(silenceMs),
      })
    },
    onMessage() {},
    onUp() {},
    onDown() {},
    onRefused() {},
  })
  const releases = [link.hold(), link.hold()]
  for (const release of releases) release()
  link.close()
  expect(watched).toEqual([10_000, 6_000, 10_000])
})

test('ends a line on which something comes that is no frame', async () => {
  const place = await open()
  place.lines[0]?.send(Buffer.from('no frame'))
  await place.until(() => place.told.includes('down'))
  expect(place.heard).toEqual([])
})

test.each([
  [404, 'refused not_found'],
  [403, 'refused unauthorized'],
])('makes no further attempt where the server says %d', async (status, told) => {
  const place = await open()
  place.refuse(status)
  place.lines[0]?.terminate()
  await place.until(() => place.told.length > 1)
  expect([place.told, place.asked.length]).toEqual([['down', told], 2])
})

test('tries again while the server is not there, but no longer than a line may be down', async () => {
  const place = await open({ maxDownMs: 400 })
  place.refuse(503)
  place.lines[0]?.terminate()
  await place.until(() => place.told.length > 1)
  expect(place.told).toEqual(['down', 'refused unavailable'])
  expect(place.asked.length).toBeGreaterThan(2)
})

test('rejects where the line cannot be opened at first', async () => {
  const settings = checkOptions({ endpoint: 'http://127.0.0.1:1' })
  const opening = openLink({
    maxDownMs: 1_000,
    connect: (handlers, patience) =>
      openSocket({ settings, base: settings.endpoint, kernelId: 'kernel-1', sessionId: 'session-1', headers: {}, patience, ...handlers }),
    onMessage() {},
    onUp() {},
    onDown() {},
    onRefused() {},
  })
  const error: unknown = await opening.catch((thrown: unknown) => thrown)
  expect([ExecutorError.is(error) && error.code, ExecutorError.is(error) && error.started]).toEqual(['unavailable', 'no'])
})
