import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createCredentials } from './credentials.ts'
import { checkOptions, type JupyterOptions } from './options.ts'
import { createRest, type Rest } from './rest.ts'

/** A server that answers each request with the next of its answers; what it was asked is kept. */
async function serve(
  answers: readonly ((response: ServerResponse) => void)[],
  token?: JupyterOptions['token'],
): Promise<{ readonly rest: Rest; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request: IncomingMessage, response) => {
    const answer = answers[asked.length]
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`)
    if (answer === undefined) response.writeHead(500).end('asked for more than the test knows')
    else answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = checkOptions({ endpoint: `${endpoint}/base/`, token })
  return { rest: createRest(settings, createCredentials(settings)), asked }
}

const WHAT = { what: 'look' }
const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const cut = (response: ServerResponse) => response.destroy()

test('asks below the path of the endpoint, with the token in a header', async () => {
  const { rest, asked } = await serve([json(200, { version: '2.15.0' })], 'secret')
  expect(await rest.ask('GET', '/api', WHAT)).toEqual({ version: '2.15.0' })
  expect(asked).toEqual(['GET /base/api token secret'])
})

test('asks a function for another token where the first is refused, once', async () => {
  const tokens = ['old', 'new']
  const { rest, asked } = await serve(
    [json(403, { message: 'Forbidden' }), json(200, 1), json(403, {}), json(200, 3)],
    () => tokens.shift() ?? 'newest',
  )
  expect(await rest.ask('GET', '/api', WHAT)).toBe(1)
  expect(await rest.ask('GET', '/api', WHAT)).toBe(3)
  expect(asked.map((line) => line.split(' ').slice(2).join(' '))).toEqual(['token old', 'token new', 'token new', 'token newest'])
})

test('does not ask twice with a token that is a value, or the same again', async () => {
  const value = await serve([json(401, {})], 'secret')
  await expect(value.rest.ask('GET', '/api', WHAT)).rejects.toMatchObject({ code: 'unauthorized' })
  const same = await serve([json(401, {})], () => 'secret')
  await expect(same.rest.ask('GET', '/api', WHAT)).rejects.toMatchObject({ code: 'unauthorized' })
  expect([value.asked.length, same.asked.length]).toEqual([1, 1])
})

test('does not take a quota for a refused token', async () => {
  const { rest, asked } = await serve([json(403, { message: 'Resource Limit' })], () => crypto.randomUUID())
  await expect(rest.ask('POST', '/api/kernels', WHAT)).rejects.toMatchObject({ code: 'overloaded', retryable: true })
  expect(asked.length).toBe(1)
})

test('asks again what does no harm twice: GET, DELETE, and sessions', async () => {
  for (const [method, options] of [
    ['GET', WHAT],
    ['DELETE', WHAT],
    ['POST', { ...WHAT, isRepeatable: true }],
  ] as const) {
    const { rest, asked } = await serve([cut, json(503, {}), json(200, 'there')])
    expect(await rest.ask(method, '/api/sessions', options)).toBe('there')
    expect(asked.length).toBe(3)
  }
})

test('does not ask again what may have been done', async () => {
  const broken = await serve([cut])
  await expect(broken.rest.ask('POST', '/api/kernels', WHAT)).rejects.toMatchObject({ code: 'unavailable' })
  const busy = await serve([json(503, {})])
  await expect(busy.rest.ask('PUT', '/api/contents/a', WHAT)).rejects.toMatchObject({ code: 'unavailable' })
  expect([broken.asked.length, busy.asked.length]).toEqual([1, 1])
})

test('does not follow a redirect, which would carry the token elsewhere', async () => {
  const { rest, asked } = await serve([(response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()], 'secret')
  await expect(rest.ask('GET', '/api', WHAT)).rejects.toMatchObject({ code: 'protocol' })
  expect(asked.length).toBe(1)
})

test('says that a page is no Jupyter, and takes an empty answer as nothing', async () => {
  const { rest } = await serve([(response) => response.end('<html>'), (response) => response.writeHead(204).end()])
  await expect(rest.ask('GET', '/api', WHAT)).rejects.toMatchObject({ code: 'protocol', message: expect.stringContaining('no Jupyter') })
  expect(await rest.ask('DELETE', '/api/kernels/1', WHAT)).toBeUndefined()
})

test('gives up as soon as the signal aborts', async () => {
  const controller = new AbortController()
  const { rest } = await serve([() => controller.abort()])
  await expect(rest.ask('GET', '/api', { ...WHAT, signal: controller.signal })).rejects.toMatchObject({ code: 'unavailable' })
})

test('says that a token could not be had', async () => {
  const { rest } = await serve([], () => Promise.reject(new Error('vault is shut')))
  const error: unknown = await rest.ask('GET', '/api', WHAT).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'unauthorized', started: 'no' })
})
