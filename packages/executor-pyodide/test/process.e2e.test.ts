import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runCode } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { startGuest } from '../src/guest-process.ts'
import { pyodideExecutor } from '../src/index.ts'
import { openSession } from '../src/session.ts'

/** Far above what an end takes, far below any timer that could hold a host. */
const AT_ONCE_MS = 5_000

test('a program that disposes nothing ends at once by itself, and leaves no process', async () => {
  const host = startHost('run-one')
  const { guest, finishedAt } = JSON.parse(await firstLine(host))
  const [code] = await once(host, 'exit')
  expect({ code, isQuick: Date.now() - finishedAt < AT_ONCE_MS }).toEqual({ code: 0, isQuick: true })
  await untilGone(guest)
})

test('an interpreter that is only prepared keeps no program alive', async () => {
  const host = startHost('prepare-only')
  const { finishedAt } = JSON.parse(await firstLine(host))
  const [code] = await once(host, 'exit')
  expect({ code, isQuick: Date.now() - finishedAt < AT_ONCE_MS }).toEqual({ code: 0, isQuick: true })
})

test.each([
  ['spins', 'while True: pass'],
  ['never leaves a loop in C', 'sum(range(10**13))'],
  ['catches everything', 'while True:\n  try:\n    while True: pass\n  except BaseException: pass'],
  ['sleeps', 'import time\ntime.sleep(600)'],
  ['writes', 'while True: print("x" * 100)'],
])('a program that %s dies with its killed host', async (_what, code) => {
  const host = startHost('keep-busy', code)
  const guest = Number(await firstLine(host))
  expect(isThere(guest)).toBe(true)
  host.kill('SIGKILL')
  await untilGone(guest)
})

test('a program finds no variable of the host environment', async () => {
  await using executor = pyodideExecutor()
  process.env['INTERLOOP_TEST_SECRET'] = 'secret'
  try {
    const { stdout } = await runCode(executor, 'from js import Object, process\nprint(list(Object.keys(process.env)))')
    expect(stdout).toBe('[]\n')
  } finally {
    delete process.env['INTERLOOP_TEST_SECRET']
  }
})

test('the first session after prepare has the prepared interpreter, the second one of its own', async () => {
  await using executor = pyodideExecutor()
  const phases: string[] = []
  const begin = performance.now()
  await executor.prepare?.({ onProgress: ({ phase }) => phases.push(phase) })
  const prepared = performance.now()
  const first = await executor.createSession()
  const made = performance.now()
  const second = await executor.createSession()
  const pids = await Promise.all([first, second].map(async (session) => (await runCode(session, PID)).stdout))
  expect({ phases, isImmediate: made - prepared < (prepared - begin) / 4, processes: new Set(pids).size }).toEqual({
    phases: ['starting Python'],
    isImmediate: true,
    processes: 2,
  })
})

test('prepare gives up when its signal aborts, and can be called again', async () => {
  await using executor = pyodideExecutor()
  await expect(executor.prepare?.({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'closed', started: 'no' })
  await executor.prepare?.()
})

test('disposal ends every process, also one that is only prepared or still starts', async () => {
  const executor = pyodideExecutor()
  const session = await executor.createSession()
  const guest = Number((await runCode(session, PID)).stdout)
  const prepared = executor.prepare?.()
  const starting = executor.createSession()
  await Promise.all([
    expect(prepared).rejects.toMatchObject({ name: 'ExecutorError' }),
    expect(starting).rejects.toMatchObject({ name: 'ExecutorError' }),
    executor[Symbol.asyncDispose](),
  ])
  expect(isThere(guest)).toBe(false)
  await expect(executor.prepare?.()).rejects.toMatchObject({ code: 'closed' })
})

test('Ctrl-C in the terminal is left to the host', async () => {
  await using executor = pyodideExecutor()
  const session = await executor.createSession()
  const guest = Number((await runCode(session, PID)).stdout)
  const result = await runCode(session, `import time\nprint('running')\ntime.sleep(0.5)\nprint('ended')`, {
    onEvent: (event) => {
      if (event.type === 'stdout' && event.text === 'running\n') process.kill(guest, 'SIGINT')
    },
  })
  expect([result.reason, result.stdout]).toEqual(['completed', 'running\nended\n'])
})

test('a session that is closed while a program runs starts no other interpreter', async () => {
  let started = 0
  const guest = startGuest(undefined)
  await guest.ready
  const session = openSession(guest, () => {
    started += 1
    return startGuest(undefined)
  })
  const told = Promise.withResolvers<void>()
  const running = session.run('while True: print("running")', {
    request: { id: '1', code: '', language: 'python', idempotencyKey: '1' },
    signal: new AbortController().signal,
    emit: () => told.resolve(),
    callTool: () => Promise.reject(new Error('there are no tools')),
  })
  await told.promise
  await session.close?.()
  expect([await running, started]).toEqual([{ reason: 'crashed', state: 'lost' }, 0])
})

test('an interpreter that others ended while nothing ran is a lost session, and then a fresh one with the files of its start', async () => {
  await using executor = pyodideExecutor()
  const session = await executor.createSession({ files: [{ path: 'input.txt', content: 'given' }] })
  const guest = Number((await runCode(session, PID)).stdout)
  process.kill(guest, 'SIGKILL')
  await untilGone(guest)
  await expect(runCode(session, '1')).rejects.toMatchObject({ code: 'session_lost', stateLost: true, started: 'no' })
  const next = await runCode(session, `print(open('input.txt').read())`)
  expect([next.stdout, next.generation, session.generation]).toEqual(['given\n', 2, 2])
})

test('a program that ended its interpreter leaves the files that the host gave, and none of its own', async () => {
  await using executor = pyodideExecutor()
  const session = await executor.createSession({ files: [{ path: 'start.txt', content: 'start' }] })
  await session.files.put({ path: 'put.txt', content: 'put', aliases: ['input_file_0.txt'] })
  await session.files.put({ path: 'removed.txt', content: 'removed' })
  await session.files.remove('removed.txt')
  const crashed = await runCode(session, `open('own.txt', 'w').close()\nimport os\nos._exit(3)`)
  expect([crashed.outcome, crashed.reason, crashed.state, crashed.generation]).toEqual(['OUTCOME_FAILED', 'crashed', 'lost', 2])
  expect((await session.files.list()).map((file) => file.path)).toEqual(['input_file_0.txt', 'put.txt', 'start.txt'])
})

test('a program that writes into the channel of its own process is a crash, and harms no host', async () => {
  await using executor = pyodideExecutor()
  const result = await runCode(executor, `import js\njs.process.getBuiltinModule('fs').writeSync(3, 'nonsense\\n')\nwhile True: pass`)
  expect([result.reason, result.state]).toEqual(['crashed', 'lost'])
})

const PID = 'from js import process\nprint(process.pid)'

function startHost(program: string, ...options: readonly string[]): ChildProcess {
  const script = join(import.meta.dirname, 'programs', `${program}.ts`)
  return spawn(process.execPath, [script, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('the host has no standard output')
  for await (const line of createInterface({ input: host.stdout })) return line
  throw new Error('the host ended without a line')
}

/** Rejects where the process is still there after ten seconds. */
async function untilGone(pid: number): Promise<void> {
  await expect.poll(() => isThere(pid), { timeout: 10_000, interval: 20 }).toBe(false)
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
