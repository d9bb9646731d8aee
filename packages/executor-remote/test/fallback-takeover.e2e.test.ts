// design.md 6: `Session.ref` of a session over two executors lets another process take it over, wherever it is.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Executor, Session, SessionRef } from '@interloop/core/executor'
import { findOnPath } from '@interloop/executor-kit'
import { describe, expect, test } from 'vitest'
import { fallbackOver } from './fallback-over.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = findOnPath('bwrap') === undefined ? 'skipped: no bubblewrap' : await missingServer('new')

const KEY = 'run-1/call-9/1'
const SLOW = `
import time
with open('ran', 'a') as ran: ran.write('x')
print('begun', flush=True)
for tick in range(20):
    print('tick', tick, flush=True)
    time.sleep(0.1)`
const OUTPUT = `begun\n${Array.from({ length: 20 }, (_, tick) => `tick ${tick}\n`).join('')}`

describe.skipIf(missing)(`a session over two executors, its owner killed while a program runs${missing ? ` (${missing})` : ''}`, () => {
  test('in the first: another process takes it over, the program ran once, its whole output arrives, and the session can still move', async () => {
    await using server = await jupyterServer({ generation: 'new' })
    const ref = await refOfKilled(server, 'remote-first', ['x = 1', SLOW])
    await using executor = fallbackOver('remote-first', server)
    expect(ref.executor).toBe(executor.name)
    await using session = await resumed(executor, ref)

    const taken = start(session, SLOW, { idempotencyKey: KEY })
    expect(await taken.result).toMatchObject({ reason: 'completed', stdout: OUTPUT, state: 'kept', generation: 1 })
    expect([taken.stdout, session.id]).toEqual([OUTPUT, ref.id])
    expect((await run(session, `print(x, open('ran').read())`)).stdout).toBe('1 x\n')

    const moving = await run(session, `import chess\nprint('x' in globals(), open('ran').read())`)
    expect([moving.stdout, moving.moved?.variables, moving.generation]).toEqual(['False x\n', 'lost', 2])
  })

  test('in the second: another process takes it over there, with the variables that came along', async () => {
    await using server = await jupyterServer({ generation: 'new' })
    const ref = await refOfKilled(server, 'remote-second', ['x = 41', 'import tornado', SLOW])
    await using executor = fallbackOver('remote-second', server)
    await using session = await resumed(executor, ref)

    expect(await run(session, SLOW, { idempotencyKey: KEY })).toMatchObject({ reason: 'completed', stdout: OUTPUT, state: 'kept' })
    expect((await run(session, `print(x + 1, open('ran').read())`)).stdout).toBe('42 x\n')
    expect(session.capabilities).toMatchObject({ isolation: 'sandbox', runtime: expect.stringContaining('CPython') })
    // It ran in the first, whose ledger nobody can ask any more.
    await expect(run(session, 'x = 41', { idempotencyKey: 'before/0' })).rejects.toMatchObject({ code: 'not_found', started: 'unknown' })
  })

  test('the owner before is fenced', async () => {
    await using server = await jupyterServer({ generation: 'new' })
    await using before = fallbackOver('remote-first', server)
    await using after = fallbackOver('remote-first', server)
    const first = await before.createSession()
    await run(first, 'x = 1')
    await using second = await resumed(after, JSON.parse(JSON.stringify(first.ref)))
    expect((await run(second, 'x += 1\nprint(x)')).stdout).toBe('2\n')
    await expect(run(first, 'x += 100')).rejects.toMatchObject({ code: 'session_lost', started: 'no' })
    await first[Symbol.asyncDispose]()
    expect((await run(second, 'print(x)')).stdout).toBe('2\n')
  })
})

/** Runs the programs in a process of its own, which is killed while the last one runs. */
async function refOfKilled(server: ServerProcess, order: string, programs: readonly string[]): Promise<SessionRef> {
  const program = join(import.meta.dirname, 'programs', 'own-fallback.ts')
  const owner = spawn(process.execPath, [program, order, server.url, KEY, ...programs], {
    env: { ...process.env, INTERLOOP_TEST_TOKEN: server.token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ref: SessionRef = JSON.parse(await firstLine(owner))
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  return ref
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process was started without a pipe')
  for await (const line of createInterface(child.stdout)) return line
  throw new Error('the process ended without a line')
}

function resumed(executor: Executor, ref: SessionRef): Promise<Session> {
  if (!executor.resumeSession) throw new Error('the executor cannot resume sessions')
  return executor.resumeSession(ref)
}
