import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OptionsError } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { pyodideExecutor } from './pyodide-executor.ts'

test('says what is true of it', () => {
  const { capabilities } = pyodideExecutor({ packageSource: '' })
  expect(capabilities).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    languages: ['python'],
    runtime: 'CPython 3.14.2 (Pyodide 314.0.7)',
    isolation: 'none',
    network: 'open',
    limits: {
      wallMs: 'enforced',
      memoryBytes: 'enforced',
      outputBytes: 'enforced',
      outputHardBytes: 'enforced',
      displayBytes: 'enforced',
      sourceBytes: 'enforced',
      cpuMs: 'none',
      fileBytes: 'none',
      files: 'none',
    },
    stopMs: 1_500,
    idempotent: true,
    tools: false,
    snapshots: 'none',
    packages: [],
    notes: [expect.stringContaining('it can reach JavaScript'), expect.stringContaining('limits.fileBytes')],
  })
})

test('lists the wheels that are in the folder and in its list', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interloop-'))
  try {
    const entry = (name: string) => ({
      name,
      version: '1.0',
      file_name: `${name}.whl`,
      sha256: '',
      imports: [`${name}_module`],
      depends: [],
    })
    await writeFile(join(folder, 'pyodide-lock.json'), JSON.stringify({ packages: { here: entry('here'), away: entry('away') } }))
    await writeFile(join(folder, 'here.whl'), '')
    for (const packageSource of [folder, pathToFileURL(folder), pathToFileURL(folder).href]) {
      expect(pyodideExecutor({ packageSource }).capabilities.packages).toEqual([{ name: 'here', version: '1.0', imports: ['here_module'] }])
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([
  [{ packageSource: '/no/such/folder' }, 'packageSource', '"/no/such/folder"'],
  [{ packageSource: new URL('https://packages.example/') }, 'packageSource', 'https://packages.example/'],
  [{ limits: { wallMs: 0 } }, 'limits.wallMs', 'got 0'],
  [{ limits: { memoryBytes: Number.NaN } }, 'limits.memoryBytes', 'got NaN'],
])('refuses %o', (options, option, value) => {
  const make = () => pyodideExecutor(options)
  expect(make).toThrow(OptionsError)
  expect(make).toThrow(expect.objectContaining({ option, message: expect.stringContaining(value) }))
})
