import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ImageError } from './image-error.ts'
import { readPyodide } from './pyodide-package.ts'

const installed = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-pyodide-'))
  for (const name of ['package.json', 'pyodide.asm.wasm', 'python_stdlib.zip']) copyFileSync(join(installed, name), join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the files of the pinned release are read from where they are installed', () => {
  const { module, library } = readPyodide()
  expect([module.length, library.length]).toEqual([9_598_218, 2_545_637])
})

test('another release is refused, and both are named', () => {
  writeFileSync(join(folder, 'package.json'), '{"version":"315.0.0"}')
  const both = 'the npm package pyodide is needed in version 314.0.7, and 315.0.0 is installed'
  expect(() => readPyodide(folder)).toThrow(new ImageError(both))
})

test('a file that is not the published one is refused, and both hashes are named', () => {
  const text = readFileSync(join(folder, 'python_stdlib.zip'))
  writeFileSync(join(folder, 'python_stdlib.zip'), text.with(100, (text[100] ?? 0) ^ 1))
  const both = /^python_stdlib\.zip of the npm package pyodide 314\.0\.7 has the SHA-256 \w{64} instead of \w{64}: install it anew$/
  expect(() => readPyodide(folder)).toThrow(both)
  truncateSync(join(folder, 'pyodide.asm.wasm'), 1_000)
  expect(() => readPyodide(folder)).toThrow('pyodide.asm.wasm of the npm package pyodide')
})

test('a package that is not there is missed by its name', () => {
  expect(() => readPyodide(join(folder, 'none'))).toThrow('the npm package pyodide 314.0.7 is needed to build an image')
  rmSync(join(folder, 'python_stdlib.zip'))
  expect(() => readPyodide(folder)).toThrow('python_stdlib.zip')
})
