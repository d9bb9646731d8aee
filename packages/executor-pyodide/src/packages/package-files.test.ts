import { describe, expect, test } from 'vitest'
import { zipOf } from '../../test/packages/zip.ts'
import { PackageError } from './package-error.ts'
import { isLibrary, packageFiles } from './package-files.ts'

const LONG = 'the same again and '.repeat(500)

describe('the files of a package', () => {
  test('lie where programs find them, and are unpacked as they were', () => {
    const archive = zipOf({ 'one/__init__.py': LONG, 'one/empty.py': '', 'one-1.0.dist-info/METADATA': 'Name: one', 'one/folder/': '' })
    const files = packageFiles(archive, 'site').map(({ path, size, read }) => [path, size, new TextDecoder().decode(read())])
    expect(files).toEqual([
      ['/lib/python3.14/site-packages/one/__init__.py', LONG.length, LONG],
      ['/lib/python3.14/site-packages/one/empty.py', 0, ''],
      ['/lib/python3.14/site-packages/one-1.0.dist-info/METADATA', 9, 'Name: one'],
    ])
  })

  test('of its data folders are those of modules; scripts have no place', () => {
    const archive = zipOf({ 'one-1.0.data/purelib/one.py': '', 'one-1.0.data/platlib/two.so': '', 'one-1.0.data/scripts/run': '' })
    expect(packageFiles(archive, 'site').map(({ path }) => path)).toEqual([
      '/lib/python3.14/site-packages/one.py',
      '/lib/python3.14/site-packages/two.so',
    ])
  })

  test('that are shared libraries lie in one folder', () => {
    const archive = zipOf({ 'libone/lib/libone.so.1.2': '', 'libone/README': '' })
    expect(packageFiles(archive, 'dynlib').map(({ path }) => path)).toEqual(['/usr/lib/libone.so.1.2'])
  })

  test.each(['../outside.py', 'one/../../outside.py', '/etc/passwd', 'one//two.py', './one.py', 'one\\two.py', 'one\0.py'])(
    'are refused where one is %j',
    (path) => {
      expect(() => packageFiles(zipOf({ 'one.py': '', [path]: '' }), 'site')).toThrow(
        new PackageError(`${JSON.stringify(path)} in it would lie outside of its folder`),
      )
    },
  )

  test('are libraries where they end so', () => {
    expect(['a/one.so', 'libone.so.1.2', 'one.py', 'one.so.py', 'one.sock'].map(isLibrary)).toEqual([true, true, false, false, false])
  })
})

describe('an archive', () => {
  const archive = zipOf({ 'one.py': LONG, 'two.py': 'short' })
  const attempt = (bytes: Uint8Array) => {
    try {
      for (const file of packageFiles(bytes, 'site')) file.read()
      return 'read'
    } catch (error) {
      if (error instanceof PackageError) return 'refused'
      throw error
    }
  }

  test('is refused with a `PackageError`, and nothing else, wherever it is cut off', () => {
    expect(new Set(Array.from(archive, (_, length) => attempt(archive.slice(0, length))))).toEqual(new Set(['refused']))
  })

  test('that is changed anywhere is read or refused, never anything else', () => {
    const outcomes = Array.from(archive, (byte, index) => [0, 0x7f, 0xff].map((other) => attempt(archive.with(index, byte ^ other))))
    expect(new Set(outcomes.flat())).toEqual(new Set(['read', 'refused']))
  })

  test('that says it would be larger than any package is refused before it is unpacked', () => {
    const large = archive.slice()
    const entry = Buffer.from(large).indexOf('PK\x01\x02', 'latin1')
    new DataView(large.buffer).setUint32(entry + 24, 0x7fff_ffff, true)
    expect(() => packageFiles(large, 'site')).toThrow('which is too much')
  })
})
