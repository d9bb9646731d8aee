// remote.md 1.5, row 9: a kernel to which its server counts less than no line.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run } from './started.ts'

const missing = await missingServer('new')

describe.skipIf(missing)(`a kernel with a wrong count of lines${missing ? ` (${missing})` : ''}`, () => {
  test('is replaced before anything runs in it, and ended', async () => {
    await using server = await jupyterServer({ generation: 'new' })
    await using proxy = await miscounting(server)
    await using executor = jupyterExecutor({ endpoint: proxy.url, token: server.token })
    const session = await executor.createSession()
    expect(await run(session, '6 * 7')).toMatchObject({ value: { data: { 'text/plain': '42' } }, generation: 1 })
    const [first] = proxy.told
    expect((await server.rest('GET', `/api/kernels/${first}`)).status).toBe(404)
    expect((await server.kernels()).size).toBe(1)
  })
})

/** Before a server: of the kernel that is asked for first it tells the count as servers were seen to have it wrong. */
async function miscounting(server: ServerProcess): Promise<AsyncDisposable & { readonly url: string; readonly told: ReadonlySet<string> }> {
  const told = new Set<string>()
  const { hostname, port } = new URL(server.url)
  const proxy = createServer(async (request, response) => {
    const sent = await buffer(request)
    const { method = 'GET', url = '/' } = request
    const answer = await server.rest(method, url, sent.length === 0 ? undefined : JSON.parse(sent.toString()))
    const text = await answer.text()
    const id = method === 'GET' ? /^\/api\/kernels\/([^/]+)$/.exec(url)?.[1] : undefined
    if (id !== undefined && (told.size === 0 || told.has(id)) && answer.ok) {
      told.add(id)
      response.end(JSON.stringify({ ...JSON.parse(text), connections: -1 }))
    } else {
      response.writeHead(answer.status).end(text)
    }
  })
  proxy.on('upgrade', (request, client, head) => {
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`)
    const target = connect(Number(port), hostname, () => {
      target.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
      target.write(head)
      target.pipe(client).pipe(target)
    })
    client.on('error', () => target.destroy()).on('close', () => target.destroy())
    target.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    told,
    async [Symbol.asyncDispose]() {
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}
