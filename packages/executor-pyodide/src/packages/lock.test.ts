import { describe, expect, test } from 'vitest'
import { type LockedPackage, readLock } from './lock.ts'
import { PackageError } from './package-error.ts'
import { resolvePackage } from './resolve.ts'

const SHA256 = 'a'.repeat(64)
const INFO = { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten_5_0_3', python: '3.14.2' }

function entry(name: string, more: object = {}): object {
  return { name, version: '1.0', file_name: `${name}.whl`, sha256: SHA256, imports: [name], depends: [], install_dir: 'site', ...more }
}

function lock(packages: object, info: object = INFO): string {
  return JSON.stringify({ info, packages })
}

describe('a lock', () => {
  test('lists packages by keys that are equal where their names are', () => {
    const read = readLock(lock({ Some_Name: entry('Some.Name', { depends: ['OTHER'], install_dir: 'dynlib' }) }))
    expect([...read]).toEqual([
      [
        'some-name',
        {
          key: 'some-name',
          name: 'Some.Name',
          version: '1.0',
          fileName: 'Some.Name.whl',
          sha256: SHA256,
          imports: ['Some.Name'],
          depends: ['other'],
          folder: 'dynlib',
        },
      ],
    ])
  })

  test.each([
    ['<html>', 'it is no JSON'],
    ['[]', 'it is no lock'],
    [lock({}, { ...INFO, abi_version: '2025_0' }), 'the ABI 2025_0, and this interpreter has 2026_0'],
    [lock({}, { ...INFO, python: '3.13.1' }), 'for Python 3.13.1, and this interpreter is 3.14.2'],
    [lock({ one: entry('one', { sha256: 'abc' }) }), 'its entry one has no sha256'],
    [lock({ one: entry('one', { file_name: '../one.whl' }) }), 'its entry one names no file'],
    [lock({ one: entry('one', { file_name: '..' }) }), 'its entry one names no file'],
    [lock({ one: entry('one', { install_dir: '/etc' }) }), 'its entry one goes to "/etc"'],
    [lock({ one: { name: 'one' } }), 'its entry one has no name and version'],
  ])('%s is refused', (text, message) => {
    expect(() => readLock(text)).toThrow(PackageError)
    expect(() => readLock(text)).toThrow(message)
  })
})

describe('a package is resolved', () => {
  const depends = (of: Readonly<Record<string, readonly string[]>>) =>
    readLock(lock(Object.fromEntries(Object.entries(of).map(([name, needed]) => [name, entry(name, { depends: needed })]))))
  const keys = (packages: readonly LockedPackage[]) => packages.map(({ key }) => key)

  test('with all that it needs, each once and after what it needs itself', () => {
    const packages = depends({ top: ['left', 'right'], left: ['bottom'], right: ['bottom'], bottom: [], other: [] })
    expect(keys(resolvePackage('top', packages))).toEqual(['bottom', 'left', 'right', 'top'])
  })

  test.each([
    [{ top: ['middle'], middle: ['gone'] }, 'middle needs gone, which the lock does not have'],
    [{ other: [] }, 'the lock has no package top'],
    [{ top: ['one'], one: ['two'], two: ['one'] }, 'one needs two needs one: that is a circle'],
    [{ top: ['top'] }, 'top needs top: that is a circle'],
  ])('of %j not: it is told why', (of, message) => {
    expect(() => resolvePackage('top', depends(of))).toThrow(new PackageError(message))
  })
})
