import { describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { HUB_USER, jupyterHub } from './servers/jupyter-hub.ts'
import { missingServer } from './servers/jupyter-server.ts'
import { run } from './started.ts'

const missing = await missingServer('hub')

describe.skipIf(missing)(`a named server of a Hub${missing ? ` (${missing})` : ''}`, () => {
  test('is started, runs programs with a token of its own, and is stopped with the executor', async () => {
    await using server = await jupyterHub()
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
})
