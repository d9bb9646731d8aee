// Speaks the wire of Gemini's generateContent and streamGenerateContent, in a process of its own, so that its CPU is nobody's. It tells its parent its address, and ends with it.
import { createServer } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { answerTo, type ConversationName, conversations } from './conversation.ts'

/** Frames of a stream that are written at once; then the network has its turn. */
const FRAMES_AT_ONCE = 10

const server = createServer(async (request, response) => {
  const [, name = '', method = ''] = /\/models\/([^:]+):(\w+)/.exec(request.url ?? '') ?? []
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  // Not parsed: the shorter an answer takes, the shorter the benchmark.
  const results = Buffer.concat(pieces).toString('latin1').split('"functionResponse":').length - 1
  const frames = framesOf(name as ConversationName, results)
  if (method === 'streamGenerateContent') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-disposition': 'attachment' })
    for (const [index, frame] of frames.entries()) {
      response.write(`data: ${frame}\r\n\r\n`)
      if (index % FRAMES_AT_ONCE === FRAMES_AT_ONCE - 1) await setImmediate()
    }
    response.end()
  } else {
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' })
    response.end(frames[0])
  }
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(`http://127.0.0.1:${address.port}`)
})
process.once('disconnect', () => process.exit())

const known = new Map<string, readonly string[]>()

function framesOf(name: ConversationName, results: number): readonly string[] {
  const key = `${name} ${results}`
  const frames = known.get(key) ?? answerTo(conversations[name], results).map((chunk) => JSON.stringify(chunk))
  known.set(key, frames)
  return frames
}
