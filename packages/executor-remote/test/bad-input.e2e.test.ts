// What a caller sees who got an address, a token or a kernel wrong, or asks for too much.
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Executor } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { jupyterServer, kernelGateway, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run } from './started.ts'

const missing = await missingServer('new', 'old', 'gateway')

test.each([
  ['http://192.0.2.1:8888', 'endpoint'],
  ['https://192.0.2.1:8888', 'token'],
  ['ftp://127.0.0.1', 'endpoint'],
  ['http://127.0.0.1:8888/?token=secret', 'endpoint'],
  ['nonsense', 'endpoint'],
])('the endpoint %s without TLS and token is refused when the executor is made', (endpoint, option) => {
  expect(() => jupyterExecutor({ endpoint })).toThrow(expect.objectContaining({ name: 'OptionsError', option }))
})

test('nobody at the address is unavailable, and may be there later', async () => {
  const port = await listening(
    (_request, response) => response.end(),
    async (url) => new URL(url).port,
  )
  expect(await failure(jupyterExecutor({ endpoint: `http://127.0.0.1:${port}`, token: 'secret' }))).toEqual({
    code: 'unavailable',
    retryable: true,
    started: 'no',
    stateLost: false,
  })
})

test.each([
  ['an HTML page', 200, 'text/html', '<!doctype html><title>Sign in</title>', 'protocol'],
  ['JSON of something else', 200, 'application/json', '{"hello": "world"}', 'protocol'],
  ['nothing under these paths', 404, 'text/plain', 'not found', 'not_found'],
])('a server that is no Jupyter and answers with %s is told as such', async (_what, status, type, body, code) => {
  await listening(
    (_request, response) => response.writeHead(status, { 'content-type': type }).end(body),
    async (endpoint) => {
      expect(await failure(jupyterExecutor({ endpoint, token: 'secret' }))).toMatchObject({
        code,
        retryable: false,
        started: 'no',
      })
    },
  )
})

test('a redirect is not followed, and the token goes nowhere else', async () => {
  const seen: (string | undefined)[] = []
  await listening(
    (request, response) => {
      seen.push(request.headers.authorization)
      response.end('{}')
    },
    async (elsewhere) => {
      await listening(
        (_request, response) => response.writeHead(302, { location: elsewhere }).end(),
        async (endpoint) => {
          expect(await failure(jupyterExecutor({ endpoint, token: 'secret' }))).toMatchObject({ started: 'no' })
        },
      )
    },
  )
  expect(seen).toEqual([])
})

// The words of Kernel Gateway, Enterprise Gateway and JupyterHub (remote.md 1.1).
test.each([
  [403, 'Resource Limit'],
  [403, 'Exceeded max kernels per user'],
  [429, 'Active user limit exceeded'],
])('a quota (%d %s) is overloaded, not a matter of rights', async (status, message) => {
  await listening(
    (_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message })),
    async (endpoint) => {
      const overloaded = { code: 'overloaded', retryable: true, started: 'no', stateLost: false }
      expect(await failure(jupyterExecutor({ endpoint, token: 'secret' }))).toEqual(overloaded)
    },
  )
})

test.each([
  [503, 'unavailable'],
  [502, 'unavailable'],
  [429, 'overloaded'],
] as const)('an answer with status %d is %s, and may be asked again', async (status, code) => {
  await listening(
    (_request, response) => response.writeHead(status, { 'retry-after': '7' }).end('busy'),
    async (endpoint) => {
      expect(await failure(jupyterExecutor({ endpoint, token: 'secret' }))).toMatchObject({ code, retryable: true, started: 'no' })
    },
  )
})

describe.skipIf(missing).each(['new', 'old'] as const)(`a real server (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await jupyterServer({ generation })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('a wrong token is unauthorized, and stands in no message', async () => {
    const executor = jupyterExecutor({ endpoint: server.url, token: 'wrong-secret' })
    await using _ = executor
    const error = await executor.createSession().catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'unauthorized', retryable: false, started: 'no' })
    expect(JSON.stringify([String(error), error, Object(error).stack])).not.toContain('wrong-secret')
  })

  test('a kernel that does not exist is not found', async () => {
    expect(await failure(jupyterExecutor({ endpoint: server.url, token: server.token, kernel: 'no-such-kernel' }))).toMatchObject({
      code: 'not_found',
      retryable: false,
      started: 'no',
    })
    expect(await server.kernels()).toEqual(new Map())
  })

  test('a kernel that dies each time it starts is told as soon as the server gives it up', async () => {
    await using place = await jupyterServer({ generation, settings: ['--KernelRestarter.time_to_dead=0.3'] })
    const startup = join(place.folder, '../ipython/profile_default/startup')
    mkdirSync(startup, { recursive: true })
    writeFileSync(join(startup, 'dies.py'), 'import os\nos._exit(1)')
    await using executor = jupyterExecutor({ endpoint: place.url, token: place.token })
    const error: unknown = await executor.createSession().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'ExecutorError', code: 'unavailable', retryable: false, started: 'no' })
    expect(String(error)).toContain('the kernel "python3" ended before it was ready')
  })

  test.each([9, 11])('a program of %d MiB is too large, and the session goes on', async (mebibytes) => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    await using session = await executor.createSession()
    const code = `x = '${'y'.repeat(mebibytes << 20)}'`
    await expect(run(session, code)).rejects.toMatchObject({ code: 'too_large', retryable: false, started: 'no', stateLost: false })
    expect(await run(session, '6 * 7')).toMatchObject({ value: { data: { 'text/plain': '42' } }, generation: 1 })
  })

  test('a program of 7 MiB runs', async () => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    await using session = await executor.createSession()
    expect(await run(session, `x = '${'y'.repeat(7 << 20)}'\nlen(x)`)).toMatchObject({ value: { data: { 'text/plain': '7340032' } } })
  })

  test('a token that a function brings is asked for, and a function that fails is told', async () => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: async () => server.token })
    await using session = await executor.createSession()
    expect(await run(session, '6 * 7')).toMatchObject({ reason: 'completed' })
    const broken = jupyterExecutor({ endpoint: server.url, token: () => Promise.reject(new Error('vault is sealed')) })
    expect(await failure(broken)).toMatchObject({ started: 'no' })
  })
})

describe.skipIf(missing)(`a Kernel Gateway${missing ? ` (${missing})` : ''}`, () => {
  test('a wrong token is unauthorized', async () => {
    await using gateway = await kernelGateway()
    expect(await failure(jupyterExecutor({ endpoint: gateway.url, token: 'wrong' }))).toMatchObject({ code: 'unauthorized', started: 'no' })
  })
})

/** With what no session was made. */
async function failure(executor: Executor): Promise<unknown> {
  await using owned = executor
  const error = await owned.createSession().then(
    () => new Error('a session was made'),
    (error: unknown) => error,
  )
  expect(error).toMatchObject({ name: 'ExecutorError', message: expect.stringMatching(/^(?!.*secret).{20,}/s) })
  const { code, retryable, started, stateLost } = Object(error)
  return { code, retryable, started, stateLost }
}

/** A server of the test, as long as something is done with its address. */
async function listening<Value>(answer: Parameters<typeof createServer>[1] & object, use: (url: string) => Promise<Value>): Promise<Value> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    return await use(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}
