import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { textsModule } from '../../build-guest.ts'

test('the text of the guest is that of its sources (node packages/executor-pyodide/build-guest.ts)', async () => {
  expect(readFileSync(new URL('./texts.ts', import.meta.url), 'utf8') === (await textsModule())).toBe(true)
})

test('the text of the guest has no dependency but Node itself, and its sources use no more of it than they need', async () => {
  const modules = new Set((await textsModule()).match(/(?<=(?:from |require\()")[^"]+/g))
  expect([...modules].sort()).toEqual(['node:crypto', 'node:fs', 'node:worker_threads', 'node:zlib'])
})
