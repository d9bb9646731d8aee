import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { toldRun } from '../../test/told-run.ts'
import { fromResponse } from '../web/from-response.ts'
import { toResponse } from '../web/to-response.ts'
import { sendResponse } from './send-response.ts'

async function serve(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    // A server that listens on a port has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const opened = (url: string): Promise<IncomingMessage> => new Promise((resolve, reject) => get(url, resolve).on('error', reject))

describe('sendResponse', () => {
  test('sends status, headers, several cookies and the body', async () => {
    await using server = await serve((_, response) => {
      const headers = new Headers({ 'x-run': '1' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      void sendResponse(new Response('hello', { status: 201, statusText: 'Made', headers }), response)
    })
    const response = await fetch(server.url)
    expect([response.status, response.statusText, response.headers.get('x-run'), response.headers.getSetCookie()]).toEqual([
      201,
      'Made',
      '1',
      ['a=1', 'b=2'],
    ])
    expect(await response.text()).toBe('hello')
  })

  test('sends an answer without a body', async () => {
    await using server = await serve((_, response) => void sendResponse(new Response(null, { status: 204 }), response))
    expect((await fetch(server.url)).status).toBe(204)
  })

  test('sends its head before the first event, and each event when it is told', async () => {
    const { run, tell, end } = toldRun()
    await using server = await serve((_, response) => void sendResponse(toResponse(run), response))
    const response = await fetch(server.url)
    const events = fromResponse(response)
    tell({ event_type: 'interaction.status_update', status: 'in_progress' })
    expect((await events.next()).value).toMatchObject({ seq: 0 })
    end()
    expect((await events.next()).value).toMatchObject({ seq: 1, event_type: 'interaction.completed' })
    expect((await events.next()).done).toBe(true)
  })

  test('a client that leaves stops the run, and that is no error', async () => {
    const stopped = Promise.withResolvers<unknown>()
    const sent = Promise.withResolvers<void>()
    const { run } = toldRun()
    await using server = await serve((_, response) => {
      sendResponse(toResponse({ ...run, abort: stopped.resolve }), response).then(sent.resolve, sent.reject)
    })
    const incoming = await opened(server.url)
    incoming.destroy()
    expect(await stopped.promise).toBe('The client has left.')
    await sent.promise
  })

  test('rejects where the body itself fails', async () => {
    const sent = Promise.withResolvers<void>()
    const rejected = expect(sent.promise).rejects.toThrow('no more')
    const failing = new ReadableStream({ pull: (controller) => controller.error(new Error('no more')) })
    await using server = await serve((_, response) => {
      sendResponse(new Response(failing), response).then(sent.resolve, sent.reject)
    })
    const incoming = await opened(server.url)
    incoming.on('error', () => undefined).resume()
    await rejected
  })
})
