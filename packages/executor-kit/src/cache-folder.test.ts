import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { cacheFolder } from './cache-folder.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-caches-'))
  writeFileSync(join(folder, 'file'), '')
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(folder, { recursive: true }))

test('the folder that was named is made', async () => {
  expect(await cacheFolder(join(folder, 'a', 'b'))).toBe(join(folder, 'a', 'b'))
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true)
})

test('a named folder that cannot be made is told', async () => {
  await expect(cacheFolder(join(folder, 'file', 'b'))).rejects.toThrow('ENOTDIR')
})

test.runIf(process.platform === 'linux')(
  "the user's cache is taken where none was named, a temporary folder where that cannot be written",
  async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    expect(await cacheFolder()).toBe(join(folder, 'cache', 'interloop'))
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'file'))
    const temporary = await cacheFolder()
    expect(temporary.startsWith(join(tmpdir(), 'interloop-cache-'))).toBe(true)
    expect(await cacheFolder()).toBe(temporary)
    rmSync(temporary, { recursive: true })
  },
)
