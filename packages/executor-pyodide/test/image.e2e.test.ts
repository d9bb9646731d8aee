import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findOnPath } from '@interloop/executor-kit'
import { expect, test } from 'vitest'
import { fetchNode } from '../../../scripts/fetch-node.mjs'
import { imageInputs } from '../src/image/inputs.ts'
import { PACKED_IMAGE } from '../src/image/load.ts'
import { PINNED } from '../src/image/pinned.ts'

const run = promisify(execFile)
const program = (name: string) => join(import.meta.dirname, 'programs', `${name}.ts`)
const bubblewrap = findOnPath('bwrap')

async function output(node: string, name: string): Promise<unknown> {
  const { stdout } = await run(node, [program(name)])
  return JSON.parse(stdout)
}

/** Built once, from the sources as they are. */
let built: Promise<unknown> | undefined
const build = () => (built ??= output(process.execPath, 'build-image'))

test('what is written down is the image of these sources: if not, run `pnpm build:image`', async () => {
  expect(PINNED.inputs).toBe(imageInputs())
  expect(await build()).toMatchObject(PINNED)
})

test('who asks while an image is built gets the same one, and is told its phases too', async () => {
  const phases = ['library', 'starting', 'warming']
  expect(await build()).toMatchObject({ phases: [phases, phases], isShared: true })
})

test.for(['22.19.0', '24.21.0'])('Node %s builds the same image', async (version, { skip }) => {
  const node = await fetchNode(version).catch((error: Error) => skip(`no Node ${version}: ${error.message}`))
  expect(await output(node, 'build-image')).toEqual(await build())
})

test.skipIf(!bubblewrap)('Python runs on a machine that can only be read, with a note where the image is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-read-only-'))
  try {
    mkdirSync(join(folder, 'full'))
    const { notes, stdout } = await runReadOnly(folder)
    expect(stdout).toBe('42\n')
    expect(notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^no image can be kept in .*user.interloop: E/),
        expect.stringMatching(/^no image can be kept in .*full.interloop-.*: ENOSPC/),
        'the image of the interpreter is kept in memory, and each process builds its own',
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** With the disk as it is, but not to be written; a megabyte of room in the temporary folder; and without what was built before. */
async function runReadOnly(folder: string): Promise<{ stdout: string; notes: readonly string[] }> {
  const full = join(folder, 'full')
  const hidden = existsSync(PACKED_IMAGE) ? ['--tmpfs', dirname(fileURLToPath(PACKED_IMAGE))] : []
  const view = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--size', String(2 ** 20), '--tmpfs', full, ...hidden]
  const environment = { ...process.env, XDG_CACHE_HOME: join(folder, 'user'), HOME: join(folder, 'user'), TMPDIR: full }
  const { stdout } = await run(bubblewrap ?? '', [...view, process.execPath, program('run-noting')], { env: environment })
  return JSON.parse(stdout)
}

test('importing the package loads neither the interpreter nor an image', async () => {
  expect(await output(process.execPath, 'import-only')).toEqual({ compiled: [], opened: [], isNoted: true })
})

test('a session that starts takes no memory for what its image does not cover', async () => {
  const { grownBytes, imageBytes, memoryBytes } = (await output(process.execPath, 'restore-memory')) as Record<string, number>
  const spared = Number(memoryBytes) - Number(imageBytes)
  expect(spared).toBeGreaterThan(8 * 2 ** 20)
  expect(Number(grownBytes)).toBeLessThan(Number(imageBytes) + spared / 2)
})
