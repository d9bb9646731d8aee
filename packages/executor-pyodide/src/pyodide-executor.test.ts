import { OptionsError } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { pyodideExecutor } from './pyodide-executor.ts'

test('says what is true of it', () => {
  const { capabilities } = pyodideExecutor({ isolation: 'process', packageSource: '' })
  expect(capabilities).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    languages: ['python'],
    runtime: 'CPython 3.14.2 (Pyodide 314.0.7)',
    isolation: 'process',
    network: 'none',
    limits: {
      wallMs: 'enforced',
      cpuMs: process.platform === 'linux' ? 'enforced' : 'advisory',
      memoryBytes: 'enforced',
      outputBytes: 'enforced',
      outputHardBytes: 'enforced',
      displayBytes: 'enforced',
      fileBytes: 'enforced',
      files: 'enforced',
      sourceBytes: 'enforced',
      toolCalls: 'enforced',
    },
    stopMs: 3_000,
    idempotent: true,
    tools: true,
    snapshots: 'none',
    packages: [],
    notes: [],
  })
})

test('says that a thread is for one tenant, and that nobody measures its processor time', () => {
  const { isolation, limits, notes } = pyodideExecutor({ isolation: 'thread', packageSource: '' }).capabilities
  expect([isolation, limits.cpuMs, notes]).toEqual(['thread', 'advisory', [expect.stringContaining('one tenant')]])
})

test.each([
  [{ isolation: 'none' as 'thread' }, 'isolation', '"none"'],
  [{ pool: -1 }, 'pool', 'got -1'],
  [{ pool: 1.5 }, 'pool', 'got 1.5'],
  [{ node: '' }, 'node', 'got ""'],
  [{ image: '' }, 'image', 'got ""'],
  [{ cacheFolder: '' }, 'cacheFolder', 'got ""'],
  [{ limits: { wallMs: 0 } }, 'limits.wallMs', 'got 0'],
  [{ limits: { memoryBytes: Number.NaN } }, 'limits.memoryBytes', 'got NaN'],
  [{ limits: { memoryBytes: 2 ** 20 } }, 'limits.memoryBytes', `at least ${64 * 2 ** 20}`],
])('refuses %o', (options, option, value) => {
  const make = () => pyodideExecutor(options)
  expect(make).toThrow(OptionsError)
  expect(make).toThrow(expect.objectContaining({ option, message: expect.stringContaining(value) }))
})

test('a program can have no less than an interpreter needs', async () => {
  const made = pyodideExecutor().createSession({ limits: { memoryBytes: 1 } })
  await expect(made).rejects.toMatchObject({ name: 'OptionsError', option: 'limits.memoryBytes' })
})

test.each([
  ['/no/such/node', 'cannot be started'],
  [process.platform === 'win32' ? 'C:\\Windows\\System32\\whoami.exe' : '/bin/true', 'is none'],
])('a Node that is none is an error that names it: %s', async (node, message) => {
  await using executor = pyodideExecutor({ isolation: 'process', node })
  const prepared = executor.prepare?.()
  await expect(prepared).rejects.toMatchObject({ code: 'unsupported', started: 'no', message: expect.stringContaining(message) })
})
