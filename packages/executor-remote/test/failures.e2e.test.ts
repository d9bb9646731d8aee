// Every row of remote.md 1.5, as its section 9 mends it: what a caller of the executor sees when real servers fail.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Executor, Session } from '@interloop/core/executor'
import { describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { jupyterExecutor } from '../src/index.ts'
import { faultyProxy } from './chaos/proxy.ts'
import { GENERATIONS, type Generation, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import { killProcess, until } from './servers/processes.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = await missingServer(...GENERATIONS)

/** Ticks as long as anybody waits, and leaves what it did in a file of its server. */
const TICKS = `
import time
open('ran', 'a').write('x')
print('begun', flush=True)
for tick in range(30):
    print('tick', tick, flush=True)
    time.sleep(0.1)
'done'`
const ALL_TICKS = `begun\n${Array.from({ length: 30 }, (_, tick) => `tick ${tick}\n`).join('')}`

/** Runs until it is stopped, in the interpreter. */
const SPINS = `print('begun', flush=True)\nwhile True: pass`

/** A server looks after its kernels this often, seconds, instead of each three. */
const DIES_SOON = '--KernelRestarter.time_to_dead=0.3'

const CRASHED = { outcome: 'OUTCOME_FAILED', reason: 'crashed', state: 'lost', generation: 2 }
const LOST = { name: 'ExecutorError', code: 'session_lost', stateLost: true }

describe.skipIf(missing).each(GENERATIONS)(`failures of a server (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  test('row 1: a kernel that is killed while a program runs is a crash, and the session goes on with a fresh one', async () => {
    await using place = await opened(generation)
    const started = start(place.session, SPINS)
    await started.told('begun')
    killProcess(await place.kernelProcess())
    expect(await started.result).toMatchObject({ ...CRASHED, stdout: 'begun\n' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', value: { data: { 'text/plain': '42' } }, generation: 2 })
  })

  test('row 1: a program that ends its interpreter is a crash, with all of its output', async () => {
    await using place = await opened(generation)
    const crash = await run(place.session, "import os\nprint('before', flush=True)\nos._exit(3)")
    expect(crash).toMatchObject({ ...CRASHED, stdout: 'before\n' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('row 1: a segmentation fault is a crash of the program, which may take its last output along', async () => {
    await using place = await opened(generation)
    const crash = await run(place.session, "import ctypes\nprint('before', flush=True)\nctypes.string_at(0)")
    expect(crash).toMatchObject({ ...CRASHED, stdout: expect.toBeOneOf(['', 'before\n']) })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('row 1: a kernel that died while nothing ran is told before the next program starts, which can be asked again', async () => {
    await using place = await opened(generation)
    await run(place.session, 'x = 1')
    const before = await place.kernelProcess()
    killProcess(before)
    await until('another kernel process', async () => [...(await place.server.kernels()).values()].some((pid) => pid !== before))
    await expect(run(place.session, 'x')).rejects.toMatchObject({ ...LOST, started: 'no' })
    expect(await run(place.session, "'x' in globals()")).toMatchObject({ value: { data: { 'text/plain': 'False' } }, generation: 2 })
  })

  test('row 2: a session outlives six deaths, one after another', async () => {
    await using place = await opened(generation, { settings: [DIES_SOON] })
    for (let death = 1; death <= 6; death++) {
      expect(await run(place.session, 'import os\nos.kill(os.getpid(), 9)')).toMatchObject({ reason: 'crashed', generation: death + 1 })
    }
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 7 })
  })

  test('row 2: a kernel that died six times, so that its server gives it up, is one loss for its session', async () => {
    await using place = await opened(generation, { settings: [DIES_SOON] })
    const id = await place.kernelId()
    let pid = await place.kernelProcess()
    for (let death = 1; death <= 6; death++) {
      killProcess(pid)
      if (death === 6) break
      const next = async () => {
        const found = (await place.server.kernels()).get(id)
        return found !== pid && found
      }
      pid = await until(`kernel ${death + 1}`, next)
    }
    await until('the end of the kernel', async () => (await place.server.rest('GET', `/api/kernels/${id}`)).status === 404)
    await expect(run(place.session, 'x')).rejects.toMatchObject({ ...LOST, started: 'no' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test.each(['cut', 'forget', 'swallow'] as const)(
    'rows 3, 4 and 6: a line that is %s while a program runs costs neither the program nor its output',
    async (fault) => {
      await using place = await opened(generation)
      const started = start(place.session, TICKS)
      await started.told('tick 3\n')
      expect(place.proxy[fault]()).toBeGreaterThan(0)
      expect(await started.result).toMatchObject({ reason: 'completed', stdout: ALL_TICKS, state: 'kept', generation: 1 })
      expect(started.stdout).toBe(ALL_TICKS)
      expect(place.timesRan()).toBe(1)
    },
  )

  test('row 5: a stranger who came and went while the line was down takes no output along', async () => {
    await using place = await opened(generation)
    const started = start(place.session, TICKS)
    await started.told('tick 3\n')
    await place.proxy.refuse()
    place.proxy.cut()
    const stranger = await place.stranger('another-session')
    await stranger.heard('tick 8')
    await stranger.leave()
    await place.proxy.accept()
    expect(await started.result).toMatchObject({ reason: 'completed', stdout: ALL_TICKS })
    expect(started.stdout).toBe(ALL_TICKS)
    expect(place.timesRan()).toBe(1)
  })

  test('row 7: a second line under the same session id takes the first away, and no output with it', async () => {
    await using place = await opened(generation)
    const started = start(place.session, TICKS)
    await started.told('tick 3\n')
    const { sessionId } = JSON.parse(Buffer.from(place.session.ref?.data ?? '', 'base64').toString())
    const second = await place.stranger(sessionId)
    expect(await started.result).toMatchObject({ reason: 'completed', stdout: ALL_TICKS, generation: 1 })
    expect(started.stdout).toBe(ALL_TICKS)
    expect(place.timesRan()).toBe(1)
    await second.leave()
  })

  test.each([0, 1, 40, 400])('row 8: a line that is cut after %d bytes of the answer to a request runs it once', async (bytes) => {
    await using place = await opened(generation)
    const started = start(place.session, `open('ran', 'a').write('x')\nprint('y' * 1000)`)
    if (bytes === 0) place.proxy.cut()
    else place.proxy.tear(bytes)
    expect(await started.result).toMatchObject({ reason: 'completed', stdout: `${'y'.repeat(1000)}\n`, generation: 1 })
    expect(place.timesRan()).toBe(1)
  })

  test('row 9: a kernel is gone with its session, however often its line was broken', async () => {
    await using place = await opened(generation)
    const id = await place.kernelId()
    for (let times = 0; times < 4; times++) {
      place.proxy.cut()
      expect(await run(place.session, '1')).toMatchObject({ reason: 'completed' })
    }
    await place.session[Symbol.asyncDispose]()
    expect((await place.server.rest('GET', `/api/kernels/${id}`)).status).toBe(404)
  })

  test('row 10: a server that was killed and came back has lost the session, whose program did start', async () => {
    await using place = await opened(generation)
    const started = start(place.session, SPINS)
    await started.told('begun')
    await place.server.kill()
    await place.server.restart()
    await expect(started.result).rejects.toMatchObject({ ...LOST, started: 'yes' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('row 10: a server that stays away is given up after the longest time that a line may be down', async () => {
    await using place = await opened(generation, { maxDownMs: 1_500 })
    const started = start(place.session, SPINS)
    await started.told('begun')
    await place.server.kill()
    await expect(started.result).rejects.toMatchObject({ ...LOST, started: 'yes' })
  })

  test('row 10: a program whose deadline passes while its server is away ends as one that was stopped', async () => {
    await using place = await opened(generation)
    const started = start(place.session, SPINS, { limits: { wallMs: 1_000 } })
    await started.told('begun')
    await place.server.kill()
    expect(await started.result).toMatchObject({
      outcome: 'OUTCOME_DEADLINE_EXCEEDED',
      reason: 'deadline',
      state: 'lost',
      generation: 2,
    })
  })

  test('row 11: a drained server interrupts the program, which is not told as its own error', async () => {
    await using place = await opened(generation, { maxDownMs: 2_000 })
    const started = start(place.session, SPINS)
    await started.told('begun')
    await place.server.stop()
    await expect(started.result).rejects.toMatchObject({ ...LOST, started: 'yes' })
  })

  test('row 12: a kernel that somebody deletes takes the session along', async () => {
    await using place = await opened(generation)
    const started = start(place.session, SPINS)
    await started.told('begun')
    expect((await place.server.rest('DELETE', `/api/kernels/${await place.kernelId()}`)).status).toBe(204)
    await expect(started.result).rejects.toMatchObject({ ...LOST, started: 'yes' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('row 13: a kernel that somebody restarts has lost the session', async () => {
    await using place = await opened(generation)
    const started = start(place.session, SPINS)
    await started.told('begun')
    expect((await place.server.rest('POST', `/api/kernels/${await place.kernelId()}/restart`)).status).toBe(200)
    await expect(started.result).rejects.toMatchObject({ ...LOST, started: 'yes' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test('rows 11 and 13: a KeyboardInterrupt that the program raised itself, or somebody sent, is its own', async () => {
    await using place = await opened(generation)
    expect(await run(place.session, 'x = 1\nraise KeyboardInterrupt')).toMatchObject({
      reason: 'exception',
      error: { name: 'KeyboardInterrupt' },
      state: 'kept',
      generation: 1,
    })
    const started = start(place.session, SPINS)
    await started.told('begun')
    expect((await place.server.rest('POST', `/api/kernels/${await place.kernelId()}/interrupt`)).status).toBe(204)
    expect(await started.result).toMatchObject({ reason: 'exception', error: { name: 'KeyboardInterrupt' }, state: 'kept' })
    expect(await run(place.session, 'x')).toMatchObject({ value: { data: { 'text/plain': '1' } }, generation: 1 })
  })

  test('row 14: a kernel that was culled while the line was down is told before the next program starts', async () => {
    const cull = ['--MappingKernelManager.cull_idle_timeout=1', '--MappingKernelManager.cull_interval=1']
    await using place = await opened(generation, { settings: cull })
    await run(place.session, 'x = 1')
    const id = await place.kernelId()
    await place.proxy.refuse()
    place.proxy.cut()
    await until('the culling', async () => (await place.server.rest('GET', `/api/kernels/${id}`)).status === 404)
    await place.proxy.accept()
    await expect(run(place.session, 'x')).rejects.toMatchObject({ ...LOST, started: 'no' })
    expect(await run(place.session, '6 * 7')).toMatchObject({ reason: 'completed', generation: 2 })
  })

  test.skipIf(process.platform !== 'linux')(
    'row 15: a session whose line was broken again and again leaves nothing behind in its server',
    async () => {
      await using place = await opened(generation)
      const breakAndRun = async (times: number): Promise<void> => {
        for (let time = 0; time < times; time++) {
          expect(place.proxy.cut()).toBeGreaterThan(0)
          expect(await run(place.session, '1')).toMatchObject({ reason: 'completed', generation: 1 })
        }
      }
      // What a server loads and keeps at first. Lines that it takes for alive stay for its own 90 s, in which nobody can help it.
      await breakAndRun(5)
      const before = usageOf(place.server)
      await breakAndRun(40)
      await until('no more descriptors than before', () => usageOf(place.server).descriptors <= before.descriptors + 2)
      expect(usageOf(place.server).residentBytes - before.residentBytes).toBeLessThan(20 * 2 ** 20)
    },
  )

  test('output floods: what the server would drop is bounded at the source, and the error at the end arrives', async () => {
    await using place = await opened(generation)
    const flushed = await run(place.session, 'for i in range(8000): print(i, flush=True)\n1 / 0')
    expect(flushed).toMatchObject({ reason: 'exception', error: { name: 'ZeroDivisionError' }, stderr: '' })
    expect(flushed.stdout).toBe(Array.from({ length: 8000 }, (_, line) => `${line}\n`).join(''))
    const flood = await run(place.session, "print('z' * 50_000_000)\n'kept'")
    expect(flood).toMatchObject({ reason: 'completed', value: { data: { 'text/plain': "'kept'" } }, stderr: '' })
    expect(Buffer.byteLength(flood.stdout) + (flood.dropped?.stdoutBytes ?? 0)).toBe(50_000_001)
  })
})

/** What a server holds; by proc, which Linux alone has. */
function usageOf({ pid }: ServerProcess): { readonly descriptors: number; readonly residentBytes: number } {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, residentBytes: Number(pages) * 4096 }
}

interface Place extends AsyncDisposable {
  readonly server: ServerProcess
  readonly proxy: Awaited<ReturnType<typeof faultyProxy>>
  readonly executor: Executor
  readonly session: Session
  kernelId(): Promise<string>
  kernelProcess(): Promise<number>
  /** How often `TICKS` and its like ran. */
  timesRan(): number
  /** Somebody else's line to the same kernel, past the proxy. */
  stranger(sessionId: string): Promise<{ heard(text: string): Promise<void>; leave(): Promise<void> }>
}

/** A session on a server of its own, behind a proxy. */
async function opened(
  generation: Generation,
  options: { readonly settings?: readonly string[]; readonly maxDownMs?: number } = {},
): Promise<Place> {
  const server = await jupyterServer({ generation, settings: options.settings })
  const proxy = await faultyProxy(server.url)
  const executor = jupyterExecutor({ endpoint: proxy.url, token: server.token, maxDownMs: options.maxDownMs })
  const session = await executor.createSession()
  const folder = (await run(session, 'import os\nprint(os.getcwd())')).stdout.trim()
  async function kernel(): Promise<readonly [string, number]> {
    const [entry] = await server.kernels()
    if (!entry) throw new Error('the server runs no kernel')
    return entry
  }
  return {
    server,
    proxy,
    executor,
    session,
    kernelId: async () => (await kernel())[0],
    kernelProcess: async () => (await kernel())[1],
    timesRan: () => readFileSync(join(folder, 'ran'), 'utf8').length,
    async stranger(sessionId) {
      const address = `${server.url.replace('http', 'ws')}/api/kernels/${(await kernel())[0]}/channels?session_id=${sessionId}`
      const socket = new WebSocket(address, { headers: { authorization: `token ${server.token}` } })
      let heard = ''
      socket.on('message', (data) => {
        heard += String(data)
      })
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      return {
        heard: async (text) => void (await until(`a stranger who hears ${text}`, () => heard.includes(text))),
        async leave() {
          socket.close()
          await until('the end of the stranger', () => socket.readyState === WebSocket.CLOSED)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await proxy.accept()
      await executor[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
