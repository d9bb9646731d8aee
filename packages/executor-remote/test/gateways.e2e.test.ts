// Kernels behind a second server: an Enterprise Gateway, and a Jupyter Server whose kernels are those of a Kernel Gateway (gateway mode).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { type FaultyProxy, faultyProxy } from './chaos/proxy.ts'
import { enterpriseGateway, type Generation, jupyterServer, kernelGateway, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missingEnterprise = await missingServer('enterprise')
/** The older one too where time is no matter. */
const OUTER: readonly Generation[] = process.env['INTERLOOP_LONG'] === undefined ? ['new'] : ['new', 'old']
const missing = await missingServer(...OUTER, 'gateway')

/** A server looks after its kernels this often, seconds, instead of each three. */
const SOON = '--KernelRestarter.time_to_dead=0.3'

/** Ticks as long as anybody waits, and leaves what it did in a file. */
const TICKS = `
import time
open('ran', 'a').write('x')
for tick in range(20):
    print('tick', tick, flush=True)
    time.sleep(0.1)
'done'`
const ALL_TICKS = Array.from({ length: 20 }, (_, tick) => `tick ${tick}\n`).join('')

describe.skipIf(missingEnterprise)(`an Enterprise Gateway${missingEnterprise ? ` (${missingEnterprise})` : ''}`, () => {
  suite(() => enterpriseGateway({ settings: [SOON] }))

  test('its limit on the kernels of a user is overloaded', async () => {
    await using gateway = await enterpriseGateway({ settings: ['--EnterpriseGatewayApp.max_kernels_per_user=1'] })
    await using executor = jupyterExecutor({ endpoint: gateway.url, token: gateway.token })
    const first = await executor.createSession()
    await expect(executor.createSession()).rejects.toMatchObject({ code: 'overloaded', retryable: true, started: 'no' })
    await first[Symbol.asyncDispose]()
    const second = await executor.createSession()
    expect(await run(second, '6 * 7')).toMatchObject({ reason: 'completed' })
  })

  test('a user whom it starts no kernels for is unauthorized, though it says 500', async () => {
    await using gateway = await enterpriseGateway({ settings: ['--EnterpriseGatewayApp.authorized_users=nobody-at-all'] })
    await using executor = jupyterExecutor({ endpoint: gateway.url, token: gateway.token })
    await expect(executor.createSession()).rejects.toMatchObject({ code: 'unauthorized', retryable: false, started: 'no' })
  })
})

describe.skipIf(missing).each(OUTER)(`a Jupyter Server in gateway mode (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  let gateway: ServerProcess | undefined
  afterAll(() => gateway?.[Symbol.asyncDispose]())
  suite(async () => {
    gateway = await kernelGateway({ settings: [SOON] })
    return jupyterServer({ generation, gateway })
  })
})

/** What a session can do, through two servers as through one. */
function suite(open: () => Promise<ServerProcess>): void {
  let server: ServerProcess
  let proxy: FaultyProxy
  beforeAll(async () => {
    server = await open()
    proxy = await faultyProxy(server.url)
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const executorOf = () => jupyterExecutor({ endpoint: proxy.url, token: server.token })

  test('programs run, with their variables, output and figures of failure', async () => {
    await using executor = executorOf()
    const session = await executor.createSession()
    expect(await run(session, 'x = 41\nprint("kept")')).toMatchObject({ reason: 'completed', stdout: 'kept\n' })
    expect(await run(session, 'x + 1')).toMatchObject({ value: { data: { 'text/plain': '42' } }, state: 'kept', generation: 1 })
    expect(await run(session, '1 / 0')).toMatchObject({ reason: 'exception', error: { name: 'ZeroDivisionError', line: 1 } })
  })

  test('files go both ways', async () => {
    await using executor = executorOf()
    const session = await executor.createSession({ files: [{ path: 'in/data.txt', content: '42' }] })
    const result = await run(session, `open('out.txt', 'w').write(open('in/data.txt').read() * 2)`)
    expect(result).toMatchObject({ reason: 'completed', files: [{ path: 'out.txt', size: 4 }] })
    expect(new TextDecoder().decode(await session.files.read('out.txt'))).toBe('4242')
  })

  test('a program is stopped at its deadline and when it is aborted, and keeps its variables', async () => {
    await using executor = executorOf()
    const session = await executor.createSession()
    const spins = `x = 1\nprint('begun', flush=True)\nwhile True: pass`
    expect(await run(session, spins, { limits: { wallMs: 500 } })).toMatchObject({ reason: 'deadline', state: 'kept' })
    const started = start(session, spins)
    await started.told('begun')
    started.abort()
    expect(await started.result).toMatchObject({ reason: 'aborted', state: 'kept' })
    expect(await run(session, 'x')).toMatchObject({ value: { data: { 'text/plain': '1' } }, generation: 1 })
  })

  test.each(['cut', 'forget'] as const)('a line that breaks (%s) while a program runs costs neither it nor its output', async (fault) => {
    await using executor = executorOf()
    const session = await executor.createSession()
    const folder = (await run(session, 'import os\nprint(os.getcwd())')).stdout.trim()
    const started = start(session, TICKS)
    await started.told('tick 3\n')
    expect(proxy[fault]()).toBeGreaterThan(0)
    expect(await started.result).toMatchObject({ reason: 'completed', stdout: ALL_TICKS, state: 'kept', generation: 1 })
    expect(started.stdout).toBe(ALL_TICKS)
    expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('x')
  })

  test('a kernel that dies is a crash, and the session goes on with another one', async () => {
    await using executor = executorOf()
    const session = await executor.createSession()
    expect(await run(session, `import os\nos.kill(os.getpid(), 9)`)).toMatchObject({ reason: 'crashed', state: 'lost', generation: 2 })
    expect(await run(session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('a kernel ends with its session', async () => {
    const executor = executorOf()
    const session = await executor.createSession()
    const pid = Number((await run(session, 'import os\nprint(os.getpid())')).stdout)
    expect(process.kill(pid, 0)).toBe(true)
    await executor[Symbol.asyncDispose]()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
}
