import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Executor, runCode } from '@interloop/core/executor'
import { describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../src/index.ts'
import { childrenOf, isThere } from './children.ts'
import { LEVELS } from './levels.ts'

/** Far above what an end takes, far below any timer that could hold a host. */
const AT_ONCE_MS = 5_000

/** Programs that have to die with their host: one that hears of nothing, others that could. */
const ENDLESS = {
  'never leaves a loop in C': 'sum(range(10**13))',
  'catches everything': 'while True:\n  try:\n    while True: pass\n  except BaseException: pass',
  sleeps: 'import time\ntime.sleep(600)',
  writes: 'while True: print("x" * 100)',
} as const

describe.each(LEVELS)('%s', (isolation) => {
  test('a program that disposes nothing ends at once by itself, and leaves no process', async () => {
    const host = startHost('run-one', [isolation])
    const { stdout, guests, finishedAt } = JSON.parse(await firstLine(host))
    const [code] = await once(host, 'exit')
    expect({ code, stdout, isQuick: Date.now() - finishedAt < AT_ONCE_MS }).toEqual({ code: 0, stdout: '42\n', isQuick: true })
    expect(guests.length > 0).toBe(isolation !== 'thread')
    await untilGone(guests)
  })

  test('an interpreter that is only prepared keeps no program alive', async () => {
    const host = startHost('prepare-only', [isolation])
    const { finishedAt } = JSON.parse(await firstLine(host))
    const [code] = await once(host, 'exit')
    expect({ code, isQuick: Date.now() - finishedAt < AT_ONCE_MS }).toEqual({ code: 0, isQuick: true })
  })

  test.each(Object.entries(ENDLESS))('a program that %s dies with its killed host', async (_what, code) => {
    await expectNoOrphan(startHost('keep-busy', [isolation, code]), isolation !== 'thread')
  })
})

test('a program that never leaves a loop in C dies with its host where there is no setpriv to tie it', async () => {
  await expectNoOrphan(startHost('keep-busy', ['process', ENDLESS['never leaves a loop in C']], { PATH: '/nowhere' }), true)
})

describe('processes', () => {
  test('the first session after prepare has the prepared interpreter, the second one of its own', async () => {
    await using executor = pyodideExecutor({ isolation: 'process', pool: 0 })
    const before = await childrenOf(process.pid)
    const started = async () => (await childrenOf(process.pid)).filter((pid) => !before.includes(pid)).length
    const phases: string[] = []
    await executor.prepare?.({ onProgress: ({ phase }) => phases.push(phase) })
    const counts = [await started()]
    for (const session of [await executor.createSession(), await executor.createSession()]) {
      expect((await runCode(session, 'print(1)')).stdout).toBe('1\n')
      counts.push(await started())
    }
    expect(phases.at(-1)).toBe('starting Python')
    // Both sessions were there when the first count after them was taken.
    expect(counts).toEqual([1, 2, 2])
  })

  test('no interpreter is used by two sessions, and as many as wanted are kept warm', async () => {
    await using executor = pyodideExecutor({ isolation: 'process', pool: 1 })
    await executor.prepare?.()
    const first = await executor.createSession()
    await runCode(first, `import sys\nsys.modules['left'] = 'behind'`)
    await first[Symbol.asyncDispose]()
    const second = await executor.createSession()
    expect((await runCode(second, `import sys\n'left' in sys.modules`)).value?.data['text/plain']).toBe('False')
  })

  test('what a warm interpreter has rehearsed is nowhere to be found', async () => {
    const code = `import builtins, os, random\n[sorted(name for name in globals() if name[0] != '_'), os.listdir(), os.listdir('/tmp'), hasattr(builtins, '_')]`
    const drawn: unknown[] = []
    for (let time = 1; time <= 2; time += 1) {
      await using executor = pyodideExecutor({ isolation: 'process' })
      await executor.prepare?.()
      const session = await executor.createSession()
      const { value, files } = await runCode(session, code)
      expect([value?.data['text/plain'], files]).toEqual([`[['builtins', 'os', 'random'], [], [], False]`, []])
      drawn.push((await runCode(session, 'random.random()')).value?.data['text/plain'])
    }
    expect(new Set(drawn).size).toBe(2)
  })

  test('prepare gives up when its signal aborts, and can be called again', async () => {
    await using executor = pyodideExecutor()
    await expect(executor.prepare?.({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'closed', started: 'no' })
    await executor.prepare?.()
  })

  test('disposal ends every process, also one that is only prepared or still starts', async () => {
    const { executor, guests } = await oneSession()
    const prepared = executor.prepare?.()
    const starting = executor.createSession()
    await Promise.all([
      expect(prepared).rejects.toMatchObject({ name: 'ExecutorError' }),
      expect(starting).rejects.toMatchObject({ name: 'ExecutorError' }),
      executor[Symbol.asyncDispose](),
    ])
    expect(guests.filter(isThere)).toEqual([])
    await expect(executor.prepare?.()).rejects.toMatchObject({ code: 'closed' })
  })

  test('Ctrl-C in the terminal is left to the host', async () => {
    const { executor, session, guests } = await oneSession()
    await using _ = executor
    const result = await runCode(session, `import time\nprint('running')\ntime.sleep(0.5)\nprint('ended')`, {
      onEvent: (event) => {
        if (event.type === 'stdout' && event.text === 'running\n') expect(guests.map(isLeaderOfItsSession)).toEqual([true])
      },
    })
    expect([result.reason, result.stdout]).toEqual(['completed', 'running\nended\n'])
  })

  test('an interpreter that others ended while nothing ran is a lost session, and then a fresh one with the files of its start', async () => {
    const { executor, session, guests } = await oneSession({ files: [{ path: 'input.txt', content: 'given' }] })
    await using _ = executor
    for (const guest of guests) process.kill(guest, 'SIGKILL')
    await untilGone(guests)
    await expect(runCode(session, '1')).rejects.toMatchObject({ code: 'session_lost', stateLost: true, started: 'no' })
    const next = await runCode(session, `print(open('input.txt').read())`)
    expect([next.stdout, next.generation, session.generation]).toEqual(['given\n', 2, 2])
  })
})

test('a program finds no variable of the host environment', async () => {
  process.env['INTERLOOP_TEST_SECRET'] = 'secret'
  try {
    for (const isolation of LEVELS) {
      await using executor = pyodideExecutor({ isolation })
      const { value } = await runCode(executor, 'import os\nsorted(os.environ)')
      expect(value?.data['text/plain']).toBe(`['HOME', 'LANG', 'MPLBACKEND', 'PATH', 'TMPDIR', 'TZ']`)
    }
  } finally {
    delete process.env['INTERLOOP_TEST_SECRET']
  }
})

describe.each(LEVELS)('%s', (isolation) => {
  test('a session that is disposed while a program runs starts no other interpreter', async () => {
    await using executor = pyodideExecutor({ isolation, pool: 0 })
    const before = await childrenOf(process.pid)
    const session = await executor.createSession()
    const told = Promise.withResolvers<void>()
    const running = runCode(session, 'while True: print("running")', { onEvent: ({ type }) => type === 'stdout' && told.resolve() })
    running.catch(() => undefined)
    await told.promise
    await session[Symbol.asyncDispose]()
    await expect(running).rejects.toMatchObject({ code: 'closed', started: 'yes' })
    expect(await childrenOf(process.pid)).toEqual(before)
  })

  test('a program that ended its interpreter leaves the files that the host gave, and none of its own', async () => {
    await using executor = pyodideExecutor({ isolation })
    const session = await executor.createSession({ files: [{ path: 'start.txt', content: 'start' }] })
    await session.files.put({ path: 'put.txt', content: 'put', aliases: ['input_file_0.txt'] })
    await session.files.put({ path: 'removed.txt', content: 'removed' })
    await session.files.remove('removed.txt')
    const crashed = await runCode(session, `open('own.txt', 'w').close()\nimport os\nos._exit(3)`)
    expect([crashed.outcome, crashed.reason, crashed.state, crashed.generation]).toEqual(['OUTCOME_FAILED', 'crashed', 'lost', 2])
    expect((await session.files.list()).map((file) => file.path)).toEqual(['input_file_0.txt', 'put.txt', 'start.txt'])
  })

  test('a program that writes into the channel of its own interpreter is a crash, and harms no host', async () => {
    await using executor = pyodideExecutor({ isolation })
    const result = await runCode(executor, `import os\nos.write(3, b'nonsense')\nwhile True: pass`)
    expect([result.reason, result.state]).toEqual(['crashed', 'lost'])
  })

  test('a file of 100 MiB goes in and out', async () => {
    await using executor = pyodideExecutor({ isolation })
    const session = await executor.createSession()
    const content = new Uint8Array(100 * 2 ** 20).fill(7)
    await session.files.put({ path: 'large.bin', content })
    const { value } = await runCode(session, `import os\nos.path.getsize('large.bin')`)
    expect(value?.data['text/plain']).toBe(String(content.length))
    expect(Buffer.compare(await session.files.read('large.bin'), content)).toBe(0)
  })
})

/** An executor with one session, whose program has run, and the processes that are there for it. */
async function oneSession(options: Parameters<Executor['createSession']>[0] = {}) {
  const before = await childrenOf(process.pid)
  const executor = pyodideExecutor({ isolation: 'process', pool: 0 })
  const session = await executor.createSession(options)
  await runCode(session, '1')
  const guests = (await childrenOf(process.pid)).filter((pid) => !before.includes(pid))
  return { executor, session, guests }
}

/** A terminal sends Ctrl-C to the process group of the host alone. */
function isLeaderOfItsSession(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

function startHost(program: string, options: readonly string[], environment: NodeJS.ProcessEnv = process.env): ChildProcess {
  const script = join(import.meta.dirname, 'programs', `${program}.ts`)
  return spawn(process.execPath, [script, ...options], { stdio: ['ignore', 'pipe', 'inherit'], env: environment })
}

async function expectNoOrphan(host: ChildProcess, hasProcesses: boolean): Promise<void> {
  const guests: readonly number[] = JSON.parse(await firstLine(host))
  expect([guests.length > 0, guests.every(isThere)]).toEqual([hasProcesses, true])
  host.kill('SIGKILL')
  await untilGone(guests)
  if (host.exitCode === null && host.signalCode === null) await once(host, 'exit')
}

async function firstLine(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('the host has no standard output')
  for await (const line of createInterface({ input: host.stdout })) return line
  throw new Error('the host ended without a line')
}

/** Rejects where one of the processes is still there after ten seconds. */
async function untilGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isThere), { timeout: 10_000, interval: 20 }).toEqual([])
}
