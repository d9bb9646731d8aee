import { readFile } from 'node:fs/promises'
import { type ExecutionResult, type FileInput, runCode } from '@interloop/core/executor'
import { afterAll, describe, test } from 'vitest'
import { pyodideExecutor } from '../../src/index.ts'
import { MODULES } from './modules.ts'
import { testSuite } from './suite.ts'

// CPython's own tests, each module in a session of its own.

const suite = await testSuite().catch((error: Error) => error)
const driver = await readFile(new URL('run_module.py', import.meta.url), 'utf8')
const executor = pyodideExecutor()
const isLong = process.env['CI'] !== undefined || process.env['INTERLOOP_LONG'] !== undefined

/** Above what the longest takes where the processors are busy. */
const WALL_MS = 240_000

/** test_io has many buffers in cycles before the garbage collector looks for them. */
const MEMORY_BYTES = 2 ** 30

afterAll(() => executor[Symbol.asyncDispose]())

const what = isLong ? "CPython's own tests" : "CPython's own tests, the quick ones (all with CI or INTERLOOP_LONG set)"
const title = suite instanceof Error ? `${what}: skipped, ${suite.message.split('\n')[0]}` : what

describe.skipIf(suite instanceof Error)(title, () => {
  const files: readonly FileInput[] = suite instanceof Error ? [] : [{ path: 'tests.tar', content: suite }]
  const modules = Object.entries(MODULES).filter(([, { isQuick }]) => isQuick === true || isLong)

  test.concurrent.for(modules)('%s', { timeout: WALL_MS + 60_000 }, async ([module, expected], { annotate, expect }) => {
    await using session = await executor.createSession({ files, limits: { memoryBytes: MEMORY_BYTES } })
    const leftOut = Object.values(expected.leftOut ?? {}).flat()
    const code = `${driver}\nrun_module('test.${module}', ${JSON.stringify(leftOut)})`
    const result = await runCode(session, code, { limits: { wallMs: WALL_MS, outputBytes: 8 * 2 ** 20 } })
    const { skipped, ...found } = conclusionOf(result)
    const names = Object.values(expected.failing ?? {}).flat()
    await annotate(`${found.run - skipped - found.failed} passed, ${skipped} skipped themselves, ${found.failed} fail as expected`)
    expect(found, result.stdout).toEqual({ run: expected.run, failed: expected.failed, names: names.toSorted() })
  })
})

/** What `run_module.py` tells. */
interface Conclusion {
  readonly run: number
  readonly skipped: number
  readonly failed: number
  readonly names: readonly string[]
}

function conclusionOf({ stdout, stderr, error, reason, warnings }: ExecutionResult): Conclusion {
  const [last = ''] = stdout.trimEnd().split('\n').slice(-1)
  if (reason === 'completed' && last.startsWith('{')) return JSON.parse(last)
  throw new Error(`${reason} in ${stderr.trimEnd().split('\n').at(-1)}: ${error?.traceback ?? warnings?.join() ?? last}`)
}
