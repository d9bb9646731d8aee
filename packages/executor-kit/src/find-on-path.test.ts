import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findOnPath } from './find-on-path.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-path-'))
  for (const name of ['first', 'second']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'first', 'tool'), '')
  writeFileSync(join(folder, 'second', 'tool'), '')
  chmodSync(join(folder, 'first', 'tool'), 0o644)
  chmodSync(join(folder, 'second', 'tool'), 0o755)
  mkdirSync(join(folder, 'first', 'other'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const path = () => ['first', 'second'].map((name) => join(folder, name)).join(delimiter)

test('the first program of that name is found; a file that is none, or a folder, is passed over', () => {
  expect(findOnPath('tool', path())).toBe(join(folder, 'second', 'tool'))
  expect(findOnPath('other', path())).toBeUndefined()
})

test('nothing is found without a path, or in a folder that means another place in each process', () => {
  expect(findOnPath('tool', '')).toBeUndefined()
  expect(findOnPath('vitest', join('node_modules', '.bin'))).toBeUndefined()
})
