import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ExecutorError } from '@interloop/core/executor'
import { localExecutor } from '@interloop/executor-remote'
import { expect, test } from 'vitest'
import { jupyterServer, missingServer } from '../../packages/executor-remote/test/servers/jupyter-server.ts'

const SAME = 'Bergen 3287\nexception KeyError in line 1\n'

const noServer = await missingServer('new')
const noSandbox = await whyNoSandbox()

test('12-three-executors runs in Pyodide', async () => {
  expect(await runExample({ INTERLOOP_EXECUTOR: 'pyodide' })).toMatch(
    new RegExp(`^${SAME}.*Pyodide.*: isolation (sandbox|process), network none\n$`),
  )
})

test.skipIf(noSandbox)(`12-three-executors runs in the machine's own CPython${noSandbox ? ` (${noSandbox})` : ''}`, async () => {
  expect(await runExample({ INTERLOOP_EXECUTOR: 'local' })).toMatch(new RegExp(`^${SAME}CPython .*: isolation sandbox, network none\n$`))
})

test.skipIf(noServer)(`12-three-executors runs on a Jupyter server${noServer ? ` (${noServer})` : ''}`, async () => {
  await using server = await jupyterServer({ generation: 'new' })
  const stdout = await runExample({ INTERLOOP_EXECUTOR: 'jupyter', JUPYTER_URL: server.url, JUPYTER_TOKEN: server.token })
  expect(stdout).toMatch(new RegExp(`^${SAME}.*: isolation none, network unknown\n$`))
})

test('12-three-executors says what the choice is', async () => {
  await expect(runExample({ INTERLOOP_EXECUTOR: 'abacus' })).rejects.toMatchObject({
    stderr: expect.stringContaining('INTERLOOP_EXECUTOR must be one of pyodide, local, jupyter, got abacus'),
  })
})

async function runExample(environment: Readonly<Record<string, string>>): Promise<string> {
  const example = join(import.meta.dirname, '..', '12-three-executors.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [example], { env: { ...process.env, ...environment } })
  return stdout
}

async function whyNoSandbox(): Promise<string | undefined> {
  await using executor = localExecutor()
  try {
    await executor.prepare?.()
    return undefined
  } catch (error) {
    if (!ExecutorError.is(error) || error.code !== 'unsupported') throw error
    console.warn(`skipped: ${error.message}`)
    return `skipped: ${error.message}`
  }
}
