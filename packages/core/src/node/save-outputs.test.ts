import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toldRun } from '../../test/told-run.ts'
import type { Run } from '../run.ts'
import { saveOutputs } from './save-outputs.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interloop-outputs-'))
})
afterEach(() => rm(root, { recursive: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A run that made these files: path to text. */
function runWith(files: Readonly<Record<string, string>>): Run {
  const { run, end } = toldRun(Object.fromEntries(Object.entries(files).map(([path, text]) => [`id of ${path}`, bytes(text)])))
  end({
    outputs: Object.entries(files).map(([path, text]) => ({
      id: `id of ${path}`,
      type: 'file',
      path,
      mime_type: 'text/plain',
      size: text.length,
      sha256: '',
      call_id: 'c',
    })),
  })
  return run
}

describe('saveOutputs', () => {
  test('writes every output under its own name, makes folders, replaces what is there, and returns the paths', async () => {
    await mkdir(join(root, 'out'))
    await writeFile(join(root, 'out/table.csv'), 'a longer text from before')
    const paths = await saveOutputs(runWith({ 'table.csv': 'a,b', 'charts/2026/chart ä.png': 'PNG' }), pathToFileURL(join(root, 'out/')))
    expect(paths).toEqual([join(root, 'out/table.csv'), join(root, 'out/charts/2026/chart ä.png')])
    expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(['a,b', 'PNG'])
    expect(await readdir(join(root, 'out'), { recursive: true })).toHaveLength(4)
  })

  test('makes the folder also where there is nothing to write', async () => {
    expect(await saveOutputs(runWith({}), join(root, 'new/folder'))).toEqual([])
    expect(await readdir(join(root, 'new'))).toEqual(['folder'])
  })

  test.each(['../up.txt', 'a/../../up.txt', '/etc/up.txt', 'C:\\up.txt', 'c:up.txt', 'a\\..\\..\\up.txt', '', '.', 'a//b', 'a\0b'])(
    'writes nothing at all where a name leads out of the folder: %j',
    async (path) => {
      await expect(saveOutputs(runWith({ 'fine.txt': 'x', [path]: 'y' }), join(root, 'out'))).rejects.toThrow(
        `An output must have a relative path inside the folder, got ${JSON.stringify(path)}.`,
      )
      expect(await readdir(root)).toEqual([])
    },
  )

  test('does not write through links, and writes the rest', async () => {
    const out = join(root, 'out')
    await mkdir(join(root, 'elsewhere'))
    await mkdir(out)
    await writeFile(join(root, 'elsewhere/kept.txt'), 'kept')
    await symlink(join(root, 'elsewhere'), join(out, 'folder'))
    await symlink(join(root, 'elsewhere/kept.txt'), join(out, 'file.txt'))
    const saving = saveOutputs(runWith({ 'folder/new.txt': 'x', 'file.txt': 'y', 'fine.txt': 'z' }), out)
    const error = await saving.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).errors.map(String)).toEqual([
      `OptionsError: ${join(out, 'folder')} is a link; outputs are not written through links.`,
      `OptionsError: ${join(out, 'file.txt')} is a link; outputs are not written through links.`,
    ])
    expect(await readdir(join(root, 'elsewhere'))).toEqual(['kept.txt'])
    expect(await readFile(join(root, 'elsewhere/kept.txt'), 'utf8')).toBe('kept')
    expect(await readFile(join(out, 'fine.txt'), 'utf8')).toBe('z')
  })

  test('replaces a file that has another name elsewhere, without writing into that one', async () => {
    await mkdir(join(root, 'out'))
    await writeFile(join(root, 'other.txt'), 'kept')
    await link(join(root, 'other.txt'), join(root, 'out/same.txt'))
    await saveOutputs(runWith({ 'same.txt': 'new' }), join(root, 'out'))
    expect(await readFile(join(root, 'other.txt'), 'utf8')).toBe('kept')
    expect(await readFile(join(root, 'out/same.txt'), 'utf8')).toBe('new')
  })

  test('rejects with the reason where bytes are gone or a folder is in the way, and leaves no half file', async () => {
    const run = runWith({ 'gone.txt': 'x', 'fine.txt': 'y' })
    const partly: Run = { ...run, output: async (id) => (id === 'id of gone.txt' ? Promise.reject(new Error('too large')) : bytes('y')) }
    await expect(saveOutputs(partly, join(root, 'out'))).rejects.toThrow('too large')
    expect(await readdir(join(root, 'out'))).toEqual(['fine.txt'])
    await mkdir(join(root, 'busy/fine.txt/inside'), { recursive: true })
    await expect(saveOutputs(runWith({ 'fine.txt': 'y' }), join(root, 'busy'))).rejects.toThrow()
    expect(await readdir(join(root, 'busy'))).toEqual(['fine.txt'])
  })
})
