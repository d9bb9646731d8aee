import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { HUB_USER, jupyterHub } from './jupyter-hub.ts'
import { jupyterServer, kernelGateway, missingServer } from './jupyter-server.ts'
import { until } from './processes.ts'

const missing = await missingServer('new', 'old', 'gateway', 'hub')

describe.skipIf(missing)(`real servers${missing ? ` (${missing})` : ''}`, () => {
  test.each([
    ['new', /^2\.21\./],
    ['old', /^1\.23\.6$/],
  ] as const)('a Jupyter Server (%s) answers with its token alone, and is ended with its kernels', async (generation, version) => {
    const server = await jupyterServer({ generation })
    await using _ = server
    expect(await (await server.rest('GET', '/api')).json()).toEqual({ version: expect.stringMatching(version) })
    expect((await fetch(`${server.url}/api/kernels`)).status).toBe(403)
    const made = await server.rest('POST', '/api/kernels', { name: 'python3', path: '' })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { readonly id: string }
    expect([...(await server.kernels()).keys()]).toEqual([id])

    await server[Symbol.asyncDispose]()
    expect(server.pid).toBe(undefined)
    expect(await server.kernels()).toEqual(new Map())
    expect(existsSync(server.folder)).toBe(false)
  })

  test('a server that was killed is there again on the same address, without the kernels it had', async () => {
    await using server = await jupyterServer({ generation: 'new' })
    const { id } = (await (await server.rest('POST', '/api/kernels', { name: 'python3', path: '' })).json()) as { readonly id: string }
    await server.kill()
    expect(server.pid).toBe(undefined)
    await expect(server.rest('GET', '/api')).rejects.toThrow('fetch failed')
    await until('the end of the orphan', async () => !(await server.kernels()).has(id))
    await server.restart()
    expect((await server.rest('GET', `/api/kernels/${id}`)).status).toBe(404)
  })

  test('a Kernel Gateway wants its token and lists no kernels', async () => {
    await using gateway = await kernelGateway()
    expect((await fetch(`${gateway.url}/api`)).status).toBe(401)
    expect((await gateway.rest('POST', '/api/kernels', { name: 'python3' })).status).toBe(201)
    expect((await gateway.rest('GET', '/api/kernels')).status).toBe(403)
    expect((await gateway.kernels()).size).toBe(1)
  })

  test('a JupyterHub starts and stops named servers of its user, and is ended with them', async () => {
    const hub = await jupyterHub()
    await using _ = hub
    const server = `/hub/api/users/${HUB_USER}/servers/one`
    expect((await hub.rest('POST', server)).status).toBeOneOf([201, 202])
    await until('a named server', async () => (await hub.rest('GET', `/user/${HUB_USER}/one/api/status`)).ok)
    expect((await hub.rest('POST', `/user/${HUB_USER}/one/api/kernels`, { name: 'python3' })).status).toBe(201)
    expect((await hub.rest('POST', '/hub/api/users/somebody/servers/one')).status).toBe(404)
    expect((await hub.kernels()).size).toBe(1)
    await hub[Symbol.asyncDispose]()
    expect(await hub.kernels()).toEqual(new Map())
    await expect(hub.rest('GET', '/hub/api')).rejects.toThrow('fetch failed')
  })
})
