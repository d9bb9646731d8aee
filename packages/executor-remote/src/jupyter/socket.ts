import type { Socket } from 'node:net'
import WebSocket from 'ws'
import { decodeLegacy, decodeV1, encodeLegacy, encodeV1, type Message, type Outgoing, V1 } from './frames.ts'
import type { Settings } from './options.ts'
import { connectionOf } from './rest.ts'
import { noAnswer, restError } from './rest-error.ts'

/** An open WebSocket to a kernel. */
export interface KernelSocket {
  send(message: Outgoing): void
  /** Whether it keeps the process alive. */
  hold(isHeld: boolean): void
  /** How long it may be silent from now on. */
  watch(patience: Patience): void
  /** Ends it at once. */
  end(): void
}

/** What a socket is opened with. */
export interface SocketOptions {
  readonly settings: Settings
  /** Of the server or of a Hub's named server. */
  readonly base: URL
  readonly kernelId: string
  /** The same through all reconnects: with another one the reply of a running program never comes (remote.md 1.5, row 4). */
  readonly sessionId: string
  readonly headers: Readonly<Record<string, string>>
  onMessage(message: Message): void
  /** Called once, after it was open. */
  onClose(wasSilent: boolean): void
  readonly patience: Patience
  /** Gives the attempt up. */
  readonly signal?: AbortSignal | undefined
}

/** How long a line may be silent, milliseconds. */
export interface Patience {
  /** For the answer to the upgrade. */
  readonly handshakeMs: number
  /** How often we ask for a sign of life. */
  readonly pingMs: number
  /** Without anything heard the line counts as dead. */
  readonly silenceMs: number
}

/** Of one message, bytes: a result of 64 MiB with what JSON adds. */
const MESSAGE_BYTES = 160 * 2 ** 20

/** Opens a socket. Rejects with `ExecutorError`: `not_found` where the kernel is gone, `unauthorized`, `unavailable`. */
export async function openSocket(options: SocketOptions): Promise<KernelSocket> {
  const { base, kernelId, sessionId, settings, headers, patience } = options
  const url = `${base.href.replace(/^http/, 'ws').replace(/\/+$/, '')}/api/kernels/${kernelId}/channels?session_id=${sessionId}`
  const socket = new WebSocket(url, [V1], {
    headers: { ...headers },
    perMessageDeflate: false,
    handshakeTimeout: patience.handshakeMs,
    maxPayload: MESSAGE_BYTES,
    followRedirects: false,
    ...connectionOf(settings),
  })
  let isBinary = true
  let connection: Socket | undefined
  let heard = performance.now()
  socket.on('upgrade', (response) => {
    connection = response.socket
    connection.setNoDelay(true)
    // `ws` wants the subprotocol that it offered; a server in gateway mode, or an old one, answers with none (remote.md 1.2). To ask again without
    // would open two lines under one session id, which a gateway takes for a stale one and its replacement.
    isBinary = response.headers['sec-websocket-protocol'] !== undefined
    response.headers['sec-websocket-protocol'] ??= V1
  })
  /** An answer to each frame, that to our ping too, at once: without it the server waits for a delayed ACK, 47 ms an execution instead of 8 (remote.md 0.4). */
  function acknowledge(): void {
    if (socket.readyState === WebSocket.OPEN) socket.pong()
  }

  socket.on('pong', () => {
    heard = performance.now()
    acknowledge()
  })
  socket.on('ping', () => {
    heard = performance.now()
  })
  socket.on('message', (data: Buffer, frameIsBinary: boolean) => {
    heard = performance.now()
    acknowledge()
    const message = decoded(data, frameIsBinary)
    if (message === undefined) socket.terminate()
    else options.onMessage(message)
  })
  await opened(socket, options.signal)
  let wasSilent = false
  let asking: NodeJS.Timeout | undefined
  let giving: NodeJS.Timeout | undefined

  function ask(): void {
    if (socket.readyState === WebSocket.OPEN) socket.ping()
  }

  /** Asks at once, so that a line that was quiet for a while has its time to answer. */
  function watch({ pingMs, silenceMs }: Patience): void {
    heard = performance.now()
    clearInterval(asking)
    clearTimeout(giving)
    ask()
    asking = setInterval(ask, pingMs).unref()
    giveUpIfSilent(silenceMs)
  }

  function giveUpIfSilent(silenceMs: number): void {
    const left = heard + silenceMs - performance.now()
    wasSilent = left <= 0
    if (wasSilent) socket.terminate()
    else giving = setTimeout(giveUpIfSilent, left, silenceMs).unref()
  }

  watch(patience)
  socket.on('close', () => {
    clearInterval(asking)
    clearTimeout(giving)
    options.onClose(wasSilent)
  })
  if (socket.readyState !== WebSocket.OPEN) socket.terminate()
  return {
    watch,
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(isBinary ? encodeV1(message, sessionId) : encodeLegacy(message, sessionId))
    },
    hold(isHeld) {
      if (isHeld) connection?.ref()
      else connection?.unref()
    },
    end() {
      socket.terminate()
    },
  }
}

/** Resolves once it is open; rejects with what the server answered instead. */
function opened(socket: WebSocket, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = () => socket.terminate()
  signal?.addEventListener('abort', giveUp)
  const what = 'open the channels of a kernel'
  socket.on('open', resolve)
  socket.on('unexpected-response', (_request, response) => {
    const text: Buffer[] = []
    response.on('data', (chunk: Buffer) => text.push(chunk))
    response.on('error', (error) => reject(noAnswer(what, error)))
    response.on('end', () => {
      const { location, 'retry-after': retryAfter } = response.headers
      const answer = {
        status: response.statusCode ?? 0,
        headers: { location, 'retry-after': retryAfter },
        text: Buffer.concat(text).toString(),
      }
      reject(restError(what, answer))
      socket.terminate()
    })
  })
  socket.on('error', (error) => reject(noAnswer(what, error)))
  socket.on('close', () => reject(noAnswer(what, new Error('the line was cut'))))
  if (signal?.aborted) giveUp()
  return promise.finally(() => signal?.removeEventListener('abort', giveUp))
}

/** Undefined for a frame that is none: whoever sends it is not to be trusted with the next one. */
function decoded(data: Buffer, isBinary: boolean): Message | undefined {
  try {
    return isBinary ? decodeV1(data) : decodeLegacy(data.toString('utf8'))
  } catch {
    return undefined
  }
}
