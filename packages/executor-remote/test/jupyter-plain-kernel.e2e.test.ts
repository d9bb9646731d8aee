// A kernel that is no IPython has no ledger: a program runs at most once, and what is not known is said to be unknown.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { faultyProxy } from './chaos/proxy.ts'
import { GENERATIONS, type Generation, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import { until } from './servers/processes.ts'
import { pythonEnvironment } from './servers/python-environment.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = await missingServer(...GENERATIONS)

describe.skipIf(missing).each(GENERATIONS)(`a kernel that is no IPython (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  let server: ServerProcess
  let proxy: Awaited<ReturnType<typeof faultyProxy>>

  beforeAll(async () => {
    server = await jupyterServer({ generation })
    proxy = await faultyProxy(server.url)
    await addKernel(server, generation, 'python')
    await addKernel(server, generation, 'bash')
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const plainExecutor = (language = 'python') =>
    jupyterExecutor({ endpoint: proxy.url, token: server.token, kernel: `plain-${language}`, maxDownMs: 20_000 })

  test('runs programs one after the other, and tells what they showed and raised', async () => {
    await using executor = plainExecutor()
    const session = await executor.createSession()
    const shown = await run(
      session,
      `import sys\nx = 20\nprint('out')\nprint('err', file=sys.stderr)\nshow({'text/html': '<b>bold</b>'})\nx + 1`,
    )
    expect(shown).toMatchObject({
      outcome: 'OUTCOME_OK',
      reason: 'completed',
      stdout: 'out\n',
      stderr: 'err\n',
      displays: [{ data: { 'text/html': '<b>bold</b>' } }],
      value: { data: { 'text/plain': '21' } },
      state: 'kept',
    })
    const { error, ...failed } = await run(session, 'x / 0')
    expect(failed).toMatchObject({ outcome: 'OUTCOME_FAILED', reason: 'exception', state: 'kept' })
    expect(error).toEqual({
      name: 'ZeroDivisionError',
      value: 'division by zero',
      traceback: expect.stringMatching(/^Traceback .*\nZeroDivisionError: division by zero\n$/s),
    })
  })

  test('stops a program by its deadline and by abort, and keeps the variables', async () => {
    await using executor = plainExecutor()
    const session = await executor.createSession()
    const spin = `kept = 7\nprint('begun', flush=True)\nwhile True: pass`
    expect(await run(session, spin, { limits: { wallMs: 300 } })).toMatchObject({ reason: 'deadline', state: 'kept' })
    const started = start(session, spin)
    await started.told('begun')
    started.abort()
    expect(await started.result).toMatchObject({ reason: 'aborted', state: 'kept' })
    expect(await run(session, 'kept')).toMatchObject({ value: { data: { 'text/plain': '7' } }, generation: 1 })
  })

  test('runs no program again whose line was lost: what became of it is unknown', async () => {
    await using executor = plainExecutor()
    const session = await executor.createSession()
    const log = join(server.folder, 'log.txt')
    const code = `kept = 7\nwith open(${JSON.stringify(log)}, 'a') as file: file.write('ran ')\nprint('begun', flush=True)\nwhile True: pass`
    const started = start(session, code)
    await started.told('begun')
    proxy.cut()
    await expect(started.result).rejects.toMatchObject({ code: 'session_lost', started: 'unknown', stateLost: true })
    expect(await run(session, `'kept' in globals()`)).toMatchObject({ value: { data: { 'text/plain': 'False' } }, generation: 2 })
    expect(readFileSync(log, 'utf8')).toBe('ran ')
    await until('the end of the lost kernel', async () => (await server.kernels()).size === 1)
  })

  test('goes on where the line was lost while nothing ran', async () => {
    await using executor = plainExecutor()
    const session = await executor.createSession()
    await run(session, 'kept = 7')
    const before = proxy.total
    proxy.cut()
    await until('another line', () => Promise.resolve(proxy.total > before))
    expect(await run(session, 'kept')).toMatchObject({ value: { data: { 'text/plain': '7' } }, generation: 1 })
  })

  test('declares what it has not, and refuses it', async () => {
    await using executor = plainExecutor()
    await executor.prepare?.()
    const { idempotent, tools, limits, notes } = executor.capabilities
    expect({ idempotent, tools, outputs: limits.outputBytes }).toEqual({ idempotent: false, tools: false, outputs: 'none' })
    expect(notes?.[0]).toMatch(/^The kernel is no IPython: a program runs at most once/)
    const session = await executor.createSession()
    const refused = { name: 'ExecutorError', code: 'unsupported', started: 'no' }
    await expect(session.files.put({ path: 'a.txt', content: 'a' })).rejects.toMatchObject(refused)
    await expect(session.files.list()).rejects.toMatchObject(refused)
    await expect(run(session, '1', { files: [{ path: 'a.txt', content: 'a' }] })).rejects.toMatchObject(refused)
    expect(session.ref).toBe(undefined)
    expect(await run(session, '1')).toMatchObject({ reason: 'completed' })
    await expect(executor.createSession({ files: [{ path: 'a.txt', content: 'a' }] })).rejects.toMatchObject(refused)
    await until('the end of the refused session', async () => (await server.kernels()).size === 1)
  })

  test('is refused where its language is another one', async () => {
    await using executor = plainExecutor('bash')
    await expect(executor.createSession()).rejects.toMatchObject({
      code: 'unsupported',
      started: 'no',
      message: 'the kernel "plain-bash" runs bash, not Python: say another one as the option kernel',
    })
    expect((await server.kernels()).size).toBe(0)
  })
})

/** Where the server looks for kernels. */
async function addKernel({ folder }: ServerProcess, generation: Generation, language: string): Promise<void> {
  const environment = await pythonEnvironment(generation)
  if ('missing' in environment) throw new Error(environment.missing)
  const spec = join(folder, '..', 'data', 'kernels', `plain-${language}`)
  mkdirSync(spec, { recursive: true })
  const program = join(import.meta.dirname, 'programs', 'plain_kernel.py')
  const argv = [environment.python, program, language, '-f', '{connection_file}']
  writeFileSync(join(spec, 'kernel.json'), JSON.stringify({ argv, display_name: `Plain ${language}`, language }))
}
