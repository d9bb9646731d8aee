import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A TCP proxy on 127.0.0.1 that harms what goes through it: HTTP and WebSockets alike, between any two bytes. Each fault
 * strikes the lines that are whole now, and answers how many they were; `refuse` and `slow` concern those to come too.
 */
export interface FaultyProxy extends AsyncDisposable {
  /** Where a client connects instead of the server. */
  readonly url: string
  /** How many lines are open, swallowed ones included. */
  readonly open: number
  /** How many lines there have been. */
  readonly total: number
  /** Both ends see a reset. */
  cut(): number
  /** The client sees the end of the line, the server does not. */
  forget(): number
  /** So many bytes still reach the client, then both ends see a reset: a frame is torn. */
  tear(bytes: number): number
  /** A black hole: the lines stay open at both ends, and nothing comes through any more, an end neither. */
  swallow(): number
  /** One end is told that the other will send no more; the other direction goes on. */
  halfClose(toldEnd: 'client' | 'server'): number
  /** New lines are refused (ECONNREFUSED) until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** Each piece of data waits so long, milliseconds; 0 ends it. */
  slow(pieceMs: number): void
}

/** Starts a proxy before a server on this machine. */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const { port: targetPort } = new URL(target)
  const lines = new Set<Line>()
  let total = 0
  let pieceMs = 0
  const pieceDelay = () => pieceMs
  // Half-open lines are one of the faults; Node would otherwise finish them by itself.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const line = openLine(client, Number(targetPort), pieceDelay, () => lines.delete(line))
    lines.add(line)
    total++
  })
  const port = await listen(server, 0)
  const strike = (fault: (line: Line) => void): number => {
    const whole = [...lines].filter(({ isWhole }) => isWhole)
    for (const line of whole) fault(line)
    return whole.length
  }
  return {
    url: `http://127.0.0.1:${port}`,
    get open() {
      return lines.size
    },
    get total() {
      return total
    },
    cut: () => strike((line) => line.cut()),
    forget: () => strike((line) => line.forget()),
    tear: (bytes) => strike((line) => line.tear(bytes)),
    swallow: () => strike((line) => line.swallow()),
    halfClose: (toldEnd) => strike((line) => line.halfClose(toldEnd)),
    async refuse() {
      if (server.listening) server.close()
    },
    async accept() {
      if (!server.listening) await listen(server, port)
    },
    slow(delayMs) {
      pieceMs = delayMs
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const line of [...lines]) line.cut()
    },
  }
}

interface Line {
  /** No fault has struck it yet: what nothing comes through any more is not mended by a cut. */
  readonly isWhole: boolean
  cut(): void
  forget(): void
  tear(bytes: number): void
  swallow(): void
  halfClose(toldEnd: 'client' | 'server'): void
}

function openLine(client: Socket, targetPort: number, pieceDelay: () => number, onGone: () => void): Line {
  const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
  let isWhole = true
  let swallowed = false
  let bytesLeft = Number.POSITIVE_INFINITY

  function cut(): void {
    isWhole = false
    client.resetAndDestroy()
    server.resetAndDestroy()
  }

  async function pump(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const data of from.iterator({ destroyOnReturn: false })) {
        const bytes: Buffer = data
        if (pieceDelay() > 0) await delay(pieceDelay())
        if (swallowed) continue
        const passed = to === client ? bytes.subarray(0, bytesLeft) : bytes
        await new Promise((resolve) => to.write(passed, resolve))
        if (to !== client) continue
        bytesLeft -= passed.length
        if (bytesLeft <= 0) cut()
      }
      if (!swallowed) to.end()
    } catch {
      // One end reset the line; the other is told, unless nothing comes through.
      if (!swallowed) to.resetAndDestroy()
    }
  }

  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    // What went wrong is told to the other end by `pump`.
    socket.on('error', () => {})
    socket.on('close', () => {
      if (client.destroyed && server.destroyed) onGone()
    })
  }
  void pump(client, server)
  void pump(server, client)
  return {
    get isWhole() {
      return isWhole && !client.destroyed
    },
    cut,
    forget() {
      isWhole = false
      swallowed = true
      client.resetAndDestroy()
    },
    tear(bytes) {
      isWhole = false
      bytesLeft = bytes
    },
    swallow() {
      isWhole = false
      swallowed = true
    },
    halfClose(toldEnd) {
      isWhole = false
      ;(toldEnd === 'client' ? client : server).end()
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port on 127.0.0.1')
  return address.port
}
