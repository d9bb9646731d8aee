import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importTypes } from '../../test/host/import-types.ts'
import { standIn } from '../../test/host/stand-in.ts'
import { SandboxViolation } from './faults.ts'
import { checkImports, IMPORTED } from './import-lock.ts'
import { importTable } from './import-table.ts'

const binary = readFileSync(join(dirname(createRequire(import.meta.url).resolve('pyodide/package.json')), 'pyodide.asm.wasm'))
const pinned = new WebAssembly.Module(Uint8Array.from(binary))

test('the pinned build imports exactly what is listed, with these types', () => {
  checkImports(pinned)
  expect(Object.fromEntries([...importTypes(binary)].sort())).toEqual(Object.fromEntries([...IMPORTED].sort()))
})

test('108 imports are had, all of them asked for by the build; the other 160 are violations that name themselves', () => {
  const { context, imports } = standIn()
  const { env = {}, wasi_snapshot_preview1: wasi = {} } = importTable(pinned, context)
  const functions = Object.entries({ ...env, ...wasi })
  const denied = functions.filter(([name]) => !(name in imports))
  expect([functions.length, functions.length - denied.length, denied.length, Object.keys(imports).length]).toEqual([268, 108, 160, 108])
  for (const [name, call] of denied) {
    expect(() => (call as () => void)()).toThrow(new SandboxViolation(name)) // a function, as the kind says
  }
})

test('no name of JavaScript’s own objects is an import', () => {
  const { context } = standIn()
  const table = importTable(pinned, context)
  for (const name of ['constructor', '__proto__', 'toString', 'valueOf']) expect(Object.hasOwn(table['env'] ?? {}, name)).toBe(false)
})

test.each([
  ['env', 'spawn_process', 'the interpreter imports what this version does not know: env.spawn_process (function)'],
  ['env', 'toString', 'the interpreter imports what this version does not know: env.toString (function)'],
  ['other', 'exit', 'the interpreter imports what this version does not know: other.exit (function)'],
])('a module that imports %s.%s is refused', (from, name, message) => {
  expect(() => checkImports(moduleImporting(from, name))).toThrow(new TypeError(message))
})

test('a module that lacks imports is refused, and they are named', () => {
  expect(() => checkImports(moduleImporting('env', 'exit'))).toThrow(
    /^the interpreter does not import .*__syscall_openat.*: it is not the pinned build$/,
  )
})

/** A module with one import, a function without parameters. */
function moduleImporting(from: string, name: string): WebAssembly.Module {
  const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)]
  const imports = [1, ...text(from), ...text(name), 0, 0]
  return new WebAssembly.Module(
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x01, 0x04, 1, 0x60, 0, 0, 0x02, imports.length, ...imports]),
  )
}
