import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Link, openLink } from './link.ts'
import { checkOptions } from './options.ts'
import { openSocket } from './socket.ts'

/** Longer than the first pause of a link, so that nobody has it where each comes back at once. */
const ENOUGH_MS = 300

test('two processes that take one line from each other leave it to one of them for a while', async () => {
  const survived = Promise.withResolvers<void>()
  const lives: number[] = []
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => false })
  let current: WebSocket | undefined
  server.on('connection', (line) => {
    current?.terminate()
    current = line
    const began = performance.now()
    const living = setTimeout(survived.resolve, ENOUGH_MS)
    line.on('close', () => {
      clearTimeout(living)
      lives.push(performance.now() - began)
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const settings = checkOptions({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const open = (): Promise<Link> =>
    openLink({
      maxDownMs: 60_000,
      connect: (handlers, patience) =>
        openSocket({ settings, base: settings.endpoint, kernelId: 'kernel-1', sessionId: 'session-1', headers: {}, patience, ...handlers }),
      onMessage() {},
      onUp() {},
      onDown() {},
      onRefused() {},
    })
  const links = [await open(), await open()]
  onTestFinished(() => {
    for (const link of links) link.close()
    for (const line of server.clients) line.terminate()
    server.close()
  })
  await survived.promise
  // They did fight.
  expect(lives.length).toBeGreaterThan(1)
})
