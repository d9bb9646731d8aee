import { execFile } from 'node:child_process'
import { fstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchNode } from '../../../scripts/fetch-node.mjs'
import { loadImage } from '../src/image/load.ts'
import { readPart } from '../src/image/part-reader.ts'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interloop bundled ü-'))
  const entry = join(import.meta.dirname, 'programs', 'print-bundled.ts')
  await build({
    entryPoints: [entry],
    outfile: join(folder, 'app.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22.19',
    format: 'esm',
  })
  const { parts, close } = await loadImage()
  const size = typeof parts.source === 'number' ? fstatSync(parts.source).size : parts.source.length
  writeFileSync(join(folder, 'python.image'), readPart(parts.source, { offset: 0, size }))
  close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an application that is one file', () => {
  test.for([
    ['22.19.0', 'process'],
    ['26.10.0', 'process'],
    ['26.10.0', 'thread'],
  ] as const)('runs Python on Node %s in a %s, with the image beside it', async ([version, isolation], { skip }) => {
    const node = await fetchNode(version).catch((error: Error) => skip(`no Node ${version}: ${error.message}`))
    const { stdout } = await run(node, ['app.mjs', isolation, 'python.image'], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({ outcome: 'OUTCOME_OK', stdout: '42\n', isolation })
  })

  test('says what it lacks where there is no image, and where to put it', async () => {
    mkdirSync(join(folder, 'empty'))
    const nothing = { XDG_CACHE_HOME: join(folder, 'empty'), LOCALAPPDATA: join(folder, 'empty'), HOME: join(folder, 'empty') }
    const env = { ...process.env, ...nothing, TMPDIR: join(folder, 'empty') }
    const { stderr } = await run(process.execPath, ['app.mjs', 'process'], { cwd: folder, env }).catch((error: { stderr: string }) => error)
    expect(stderr).toContain('put image/interloop.image of @interloop/executor-pyodide beside it, and name it by the option image')
  })
})
