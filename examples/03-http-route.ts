// Streams runs over HTTP, to the page beside this file and to curl. A client that leaves stops its run; Ctrl-C ends the server.
//   curl -si http://127.0.0.1:3000/runs -d 'What is 2 ** 100?'    starts a run and says where it is: location: /runs/…
//   curl -N http://127.0.0.1:3000/runs/…                          streams it
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createLoop, type Run } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { sendResponse } from '@interloop/core/node'
import { toResponse } from '@interloop/core/web'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })
const runs = new Map<string, Run>()

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/', headers } = request
  const run = runs.get(url)
  if (method === 'GET' && run) {
    await sendResponse(toResponse(run, { request }), response) // an EventSource whose line broke says in a header where it was
  } else if (method === 'POST' && url === '/runs' && isLocal(headers.origin)) {
    response.writeHead(201, { location: start(await text(request)) }).end()
  } else if (method === 'GET' && url === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(await readFile(new URL('./03-page.html', import.meta.url)))
  } else response.writeHead(404).end()
}

/** Starts a run, and keeps it for a minute after its end, for those who come back for the rest. */
function start(question: string): string {
  const run = loop.run(question)
  const path = `/runs/${run.id}`
  runs.set(path, run)
  void run.summary.then(({ status }) => {
    console.log(`${path} ${status}`)
    setTimeout(() => runs.delete(path), 60_000).unref()
  })
  return path
}

/** Pages of other sites can send requests to this machine too. */
function isLocal(origin: string | undefined): boolean {
  return origin === undefined || /^http:\/\/(localhost|127\.0\.0\.1):\d+$/.test(origin)
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: Error) => {
    if (response.headersSent) response.destroy()
    else response.writeHead(400).end(error.message)
  })
})
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log('listening', server.address()))
process.once('SIGINT', () => {
  for (const run of runs.values()) run.abort('The server ends.')
  server.close()
})
