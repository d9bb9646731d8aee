// design.md 6: `Session.ref` lets another process take a live session over, also while a program runs.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Executor, Session, SessionRef } from '@interloop/core/executor'
import { describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { faultyProxy } from './chaos/proxy.ts'
import { GENERATIONS, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import { until } from './servers/processes.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = await missingServer(...GENERATIONS)

const KEY = 'run-1/call-1/1'
const CODE = `
import os, time
folder = os.getcwd()
with open('ran', 'a') as ran: ran.write('x')
print('begun', flush=True)
for tick in range(30):
    print('tick', tick, flush=True)
    time.sleep(0.1)
'done'`
const OUTPUT = `begun\n${Array.from({ length: 30 }, (_, tick) => `tick ${tick}\n`).join('')}`

describe.skipIf(missing).each(GENERATIONS)(`taking a session over (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  test.each([
    ['while its program runs', false],
    ['after its program ended', true],
  ])('the owner is killed, and another process takes over %s: it ran once, and all of its output arrives', async (_when, isOver) => {
    await using server = await jupyterServer({ generation })
    const owner = startOwner(server)
    const ref: SessionRef = JSON.parse(await firstLine(owner))
    owner.kill('SIGKILL')
    await once(owner, 'exit')

    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    if (isOver) await untilIdle(server)
    const session = await resumed(executor, ref)
    await using _ = session
    const taken = start(session, CODE, { idempotencyKey: KEY })
    const result = await taken.result
    expect(result).toMatchObject({
      reason: 'completed',
      stdout: OUTPUT,
      value: { data: { 'text/plain': "'done'" } },
      state: 'kept',
      generation: ref.generation,
    })
    expect(taken.stdout).toBe(OUTPUT)
    const folder = (await run(session, 'folder')).value?.data['text/plain']?.slice(1, -1) ?? ''
    expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('x')
    expect((await server.kernels()).size).toBe(1)
  })

  test('the owner before is fenced: what it asks for afterwards does not run', async () => {
    await using server = await jupyterServer({ generation })
    await using before = jupyterExecutor({ endpoint: server.url, token: server.token })
    await using after = jupyterExecutor({ endpoint: server.url, token: server.token })
    const first = await before.createSession()
    await run(first, 'x = 1')
    const second = await resumed(after, JSON.parse(JSON.stringify(first.ref)))
    await using _ = second
    expect(await run(second, 'x += 1\nx')).toMatchObject({ value: { data: { 'text/plain': '2' } } })
    await expect(run(first, 'x += 100')).rejects.toMatchObject({ name: 'ExecutorError', code: 'session_lost', started: 'no' })
    expect(await run(second, 'x')).toMatchObject({ value: { data: { 'text/plain': '2' } } })

    // Its end does not end what is another's now.
    await first[Symbol.asyncDispose]()
    expect(await run(second, 'x')).toMatchObject({ value: { data: { 'text/plain': '2' } } })
  })

  test('an owner that has not heard yet that it was fenced ends nothing either', async () => {
    await using server = await jupyterServer({ generation })
    await using proxy = await faultyProxy(server.url)
    await using before = jupyterExecutor({ endpoint: proxy.url, token: server.token })
    await using after = jupyterExecutor({ endpoint: server.url, token: server.token })
    const first = await before.createSession()
    await run(first, 'x = 1')
    const second = await resumed(after, JSON.parse(JSON.stringify(first.ref)))
    await using _ = second
    // Its line is down, and the server can be reached.
    proxy.cut()
    await first[Symbol.asyncDispose]()
    expect(await run(second, 'x')).toMatchObject({ value: { data: { 'text/plain': '1' } }, generation: 1 })
  })

  test('a session whose kernel is gone, or was restarted, cannot be taken over', async () => {
    await using server = await jupyterServer({ generation })
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    const session = await executor.createSession()
    await run(session, 'x = 1')
    const ref: SessionRef = JSON.parse(JSON.stringify(session.ref))
    const [id] = [...(await server.kernels()).keys()]
    await server.rest('POST', `/api/kernels/${id}/restart`)
    await expect(resumed(executor, ref)).rejects.toMatchObject({ code: 'session_lost', stateLost: true })
    await server.rest('DELETE', `/api/kernels/${id}`)
    await expect(resumed(executor, ref)).rejects.toMatchObject({ code: 'session_lost', stateLost: true })
  })
})

function startOwner(server: ServerProcess): ChildProcess {
  const program = join(import.meta.dirname, 'programs', 'own-and-run.ts')
  return spawn(process.execPath, [program, server.url, KEY, CODE], {
    env: { ...process.env, INTERLOOP_TEST_TOKEN: server.token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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

/** The program ended with nobody there. */
async function untilIdle(server: ServerProcess): Promise<void> {
  const [id] = [...(await server.kernels()).keys()]
  await until('an idle kernel', async () => {
    const model = (await (await server.rest('GET', `/api/kernels/${id}`)).json()) as { readonly execution_state: string }
    return model.execution_state === 'idle'
  })
}
