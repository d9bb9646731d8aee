import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/**
 * Sends a web `Response` through Node's own HTTP server, and through what is built on it (Express, Fastify with `reply.hijack()`).
 * Settles when all was sent. A client that leaves cancels the body, which for `toResponse` stops the run (`onDisconnect`); that is
 * no error here. Other failures reject.
 */
export async function sendResponse(response: Response, to: ServerResponse): Promise<void> {
  to.statusCode = response.status
  if (response.statusText) to.statusMessage = response.statusText
  for (const [name, value] of response.headers) if (name !== 'set-cookie') to.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) to.setHeader('set-cookie', cookies)
  if (!response.body) {
    to.end()
    return
  }
  // An EventSource is open when the head has come; the first event may take a while.
  to.flushHeaders()
  try {
    // One interface, declared twice: by the web's types and by Node's.
    await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), to)
  } catch (error) {
    if (!hasLeft(error)) throw error
  }
}

function hasLeft(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'EPIPE')
  )
}
