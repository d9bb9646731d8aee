// What the options of the executor change, on a real server.
import { randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JupyterOptions, jupyterExecutor } from '../src/index.ts'
import { faultyProxy } from './chaos/proxy.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import { until } from './servers/processes.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run } from './started.ts'

const missing = await missingServer('new')

describe.skipIf(missing)(`options${missing ? ` (${missing})` : ''}`, () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await jupyterServer({ generation: 'new' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const executorWith = (options: Partial<JupyterOptions>) => jupyterExecutor({ endpoint: server.url, token: server.token, ...options })

  test('pool keeps kernels warm, with imports done, each for one session, and ends them', async () => {
    const executor = executorWith({ pool: 2, imports: ['colorsys', 'no_such_module'] })
    await executor.prepare?.()
    await until('two warm kernels', async () => (await server.kernels()).size === 2)
    expect(executor.capabilities.notes?.at(-1)).toBe('Modules of the option imports that are not there: no_such_module.')
    const session = await executor.createSession()
    expect((await run(session, `import sys\nprint('colorsys' in sys.modules, 'colorsys' in globals())`)).stdout).toBe('True False\n')
    await until('another warm kernel', async () => (await server.kernels()).size === 3)
    await executor[Symbol.asyncDispose]()
    expect((await server.kernels()).size).toBe(0)
  })

  test('prepare learns the version of Python and what is installed', async () => {
    await using executor = executorWith({})
    expect(executor.capabilities.runtime).toBe('unknown (Jupyter)')
    await executor.prepare?.()
    expect(executor.capabilities.runtime).toMatch(/^CPython 3\.\d+\.\d+ \(Jupyter\)$/)
    expect(executor.capabilities.packages).toContainEqual({
      name: 'ipykernel',
      version: expect.any(String),
      imports: expect.arrayContaining(['ipykernel']),
    })
  })

  test.each(['kernel', 'contents'] as const)('files by %s carry 60 MiB both ways, and no more', async (files) => {
    await using executor = executorWith({ files })
    const session = await executor.createSession()
    const content = randomBytes(60 * 2 ** 20)
    await session.files.put({ path: 'data/large.bin', content, aliases: ['input_file_0.bin'] })
    expect(await run(session, `import os\n[os.path.getsize(name) for name in ('data/large.bin', 'input_file_0.bin')]`)).toMatchObject({
      value: { data: { 'text/plain': '[62914560, 62914560]' } },
      files: [],
    })
    expect(Buffer.compare(await session.files.read('data/large.bin'), content)).toBe(0)
    const larger = new Uint8Array(60 * 2 ** 20 + 1)
    await expect(session.files.put({ path: 'larger.bin', content: larger })).rejects.toMatchObject({ code: 'too_large', started: 'no' })
  })

  test('a file whose folder is swapped for a link is not read, and what is put does not follow it', async () => {
    await using executor = executorWith({})
    const session = await executor.createSession()
    const folder = (await run(session, 'import os\nprint(os.getcwd())')).stdout.trim()
    writeFileSync(join(server.folder, 'secret.txt'), 'secret')
    symlinkSync(server.folder, join(folder, 'outside'))
    symlinkSync(join(server.folder, 'secret.txt'), join(folder, 'link.txt'))
    await expect(session.files.read('outside/secret.txt')).rejects.toMatchObject({ code: 'not_found' })
    await expect(session.files.put({ path: 'outside/secret.txt', content: 'overwritten' })).rejects.toMatchObject({ name: 'ExecutorError' })
    await session.files.put({ path: 'link.txt', content: 'mine' })
    expect(await run(session, `print(open('link.txt').read(), open('outside/secret.txt').read())`)).toMatchObject({
      stdout: 'mine secret\n',
    })
    expect(await session.files.list()).toEqual([{ path: 'link.txt', size: 4 }])
  })

  test('folder is where the folders of sessions are made, and they go with them', async () => {
    await using executor = executorWith({})
    const session = await executor.createSession()
    const folder = (await run(session, 'import os\nprint(os.getcwd())')).stdout.trim()
    await session[Symbol.asyncDispose]()
    const other = await executor.createSession()
    expect((await run(other, `import os\nprint(os.path.exists(${JSON.stringify(folder)}))`)).stdout).toBe('False\n')
  })

  test('orphanMs empties a kernel whose owner is silent for so long', async () => {
    await using proxy = await faultyProxy(server.url)
    await using executor = jupyterExecutor({ endpoint: proxy.url, token: server.token, orphanMs: 800 })
    const session = await executor.createSession()
    const one = await run(session, 'import os, time\nx = os.getpid()\ntime.sleep(2)\nx')
    // Its owner was heard meanwhile, so it is the same one.
    expect(await run(session, 'x == os.getpid()')).toMatchObject({ value: { data: { 'text/plain': 'True' } }, generation: 1 })
    await proxy.refuse()
    proxy.cut()
    const process = Number(one.value?.data['text/plain'])
    await until('the end of the kernel process', async () => ![...(await server.kernels()).values()].includes(process))
    await proxy.accept()
    await expect(run(session, 'x')).rejects.toMatchObject({ code: 'session_lost', started: 'no' })
  })
})
