import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PYODIDE_VERSION, PYTHON_VERSION } from './image/pyodide-version.ts'
import { VERSION } from './version.ts'

test('the versions that are told are those of the packages', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(VERSION).toBe(manifest.version)
  const pyodide = new URL('../node_modules/pyodide/', import.meta.url)
  expect(PYODIDE_VERSION).toBe(JSON.parse(readFileSync(new URL('package.json', pyodide), 'utf8')).version)
  expect(PYTHON_VERSION).toBe(JSON.parse(readFileSync(new URL('pyodide-lock.json', pyodide), 'utf8')).info.python)
})
