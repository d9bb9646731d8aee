// TLS with real servers: what is trusted by an option works for REST and channels, and what is not is refused in a sentence.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { type Certificate, missingOpenssl, selfSigned } from './servers/certificates.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run } from './started.ts'

const missing = missingOpenssl() ?? (await missingServer('new'))

describe.skipIf(missing)(`a server with TLS${missing ? ` (${missing})` : ''}`, () => {
  let certificate: Certificate
  let server: ServerProcess
  beforeAll(async () => {
    certificate = selfSigned('IP:127.0.0.1')
    server = await jupyterServer({ generation: 'new', certificate })
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    certificate?.[Symbol.dispose]()
  })

  test('runs programs where its authority is said as tls.ca', async () => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, tls: { ca: certificate.cert } })
    const session = await executor.createSession({ files: [{ path: 'in.txt', content: '42' }] })
    expect(await run(session, `int(open('in.txt').read())`)).toMatchObject({ value: { data: { 'text/plain': '42' } } })
  })

  test('is refused where nothing says that it can be trusted, and hears no token', async () => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    const error: unknown = await executor.createSession().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'ExecutorError', code: 'unavailable', retryable: false, started: 'no' })
    expect(String(error)).toMatch(/certificate of the Jupyter server is not trusted .*DEPTH_ZERO_SELF_SIGNED_CERT.*option tls\.ca/)
    expect(JSON.stringify([String(error), Object(error).stack, String(Object(error).cause)])).not.toContain(server.token)
  })

  test('is reached through the agent that was given, which goes by a proxy', async () => {
    await using proxy = await connectProxy()
    const agent = new Agent({ proxyEnv: { HTTPS_PROXY: proxy.url } })
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, tls: { ca: certificate.cert }, agent })
    const session = await executor.createSession()
    expect(await run(session, '6 * 7')).toMatchObject({ value: { data: { 'text/plain': '42' } } })
    const { host } = new URL(server.url)
    // One for REST, one for the channels.
    expect(proxy.tunnels.slice(0, 2)).toEqual([host, host])
    await session[Symbol.asyncDispose]()
    agent.destroy()
  })
})

describe.skipIf(missing)(`a server that wants a certificate of its clients${missing ? ` (${missing})` : ''}`, () => {
  let certificate: Certificate
  let server: ServerProcess
  beforeAll(async () => {
    certificate = selfSigned('DNS:jupyter.example')
    server = await jupyterServer({ generation: 'new', certificate, wantsCertificate: true })
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    certificate?.[Symbol.dispose]()
  })

  const failure = async (tls: object): Promise<unknown> => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, tls })
    return await executor.createSession().catch((error: unknown) => error)
  }

  test('runs programs with tls.cert and tls.key, under the name of tls.servername', async () => {
    const { cert, key } = certificate
    const tls = { ca: cert, cert, key, servername: 'jupyter.example' }
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, tls })
    const session = await executor.createSession()
    expect(await run(session, '6 * 7')).toMatchObject({ value: { data: { 'text/plain': '42' } } })
  })

  test('is unavailable without them', async () => {
    const error = await failure({ ca: certificate.cert, servername: 'jupyter.example' })
    expect(error).toMatchObject({ name: 'ExecutorError', code: 'unavailable', started: 'no' })
  })

  test('is refused under another name', async () => {
    const { cert, key } = certificate
    const error = await failure({ ca: cert, cert, key })
    expect(error).toMatchObject({ name: 'ExecutorError', code: 'unavailable', retryable: false, started: 'no' })
    expect(String(error)).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
  })
})

/** A proxy for HTTPS, as companies have it. */
async function connectProxy(): Promise<AsyncDisposable & { readonly url: string; readonly tunnels: readonly string[] }> {
  const tunnels: string[] = []
  const server = createServer().on('connect', (request, client, head) => {
    tunnels.push(request.url ?? '')
    const { hostname, port } = new URL(`http://${request.url}`)
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.write(head)
      target.pipe(client).pipe(target)
    })
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    tunnels,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
