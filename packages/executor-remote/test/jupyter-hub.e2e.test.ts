import type { PrepareProgress } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { HUB_USER, jupyterHub } from './servers/jupyter-hub.ts'
import { missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = await missingServer('hub')

describe.skipIf(missing)(`a named server of a Hub${missing ? ` (${missing})` : ''}`, () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await jupyterHub()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('is started, runs programs with a token of its own, and is stopped with the executor', async () => {
    const stops = { user: HUB_USER, server: 'run-1', stop: true }
    const executor = jupyterExecutor({ endpoint: server.url, token: server.token, hub: stops })
    const session = await executor.createSession({ files: [{ path: 'in.txt', content: '42' }] })
    expect(await run(session, `int(open('in.txt').read())`)).toMatchObject({ value: { data: { 'text/plain': '42' } } })
    // The same server again: it runs.
    const other = jupyterExecutor({ endpoint: server.url, token: server.token, hub: { ...stops, stop: false } })
    expect(await run(await other.createSession(), '1 + 1')).toMatchObject({ value: { data: { 'text/plain': '2' } } })
    await other[Symbol.asyncDispose]()
    await executor[Symbol.asyncDispose]()
    await expect(run(session, '1')).rejects.toMatchObject({ code: 'closed', started: 'no' })
  })

  test('its start is told by prepare, as the Hub tells it', async () => {
    await using executor = jupyterExecutor({
      endpoint: server.url,
      token: server.token,
      hub: { user: HUB_USER, server: 'told', stop: true },
    })
    const told: PrepareProgress[] = []
    await executor.prepare?.({ onProgress: (progress) => void told.push(progress) })
    expect(told[0]).toEqual({ phase: 'starting a kernel' })
    const ofTheHub = told.slice(1)
    expect(ofTheHub.length).toBeGreaterThan(0)
    expect(ofTheHub.map(({ phase }) => phase)).toEqual(ofTheHub.map(() => 'starting a server of the Hub'))
    expect(ofTheHub.at(-1)).toMatchObject({ fraction: expect.any(Number), detail: expect.stringMatching(/./) })
  })

  test('one more than the Hub allows is overloaded', async () => {
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, hub: { user: HUB_USER, server: 'third' } })
    await expect(executor.createSession()).rejects.toMatchObject({ code: 'overloaded', retryable: true, started: 'no' })
  })

  test('one that the Hub stopped has lost its sessions, and is started again for the next program', async () => {
    const hub = { user: HUB_USER, server: 'run-1', stop: true }
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token, hub })
    const session = await executor.createSession()
    const started = start(session, `print('begun', flush=True)\nimport time\ntime.sleep(60)`)
    await started.told('begun')
    const api = `/hub/api/users/${HUB_USER}/servers/run-1`
    expect((await server.rest('DELETE', api)).status).toBeOneOf([202, 204])
    await expect(started.result).rejects.toMatchObject({ code: 'session_lost', stateLost: true, started: 'yes' })
    expect(await run(session, '6 * 7')).toMatchObject({ reason: 'completed', value: { data: { 'text/plain': '42' } }, generation: 2 })
  })
})
