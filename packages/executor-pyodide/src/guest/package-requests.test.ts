import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { zipOf } from '../../test/packages/zip.ts'
import { createFileSystem } from '../host/file-system/create-file-system.ts'
import type { GuestPort } from './guest-port.ts'
import type { Message } from './messages.ts'
import { servePackages } from './package-requests.ts'

const LIBRARY = new TextEncoder().encode('a library')
const LIBRARY_SHA256 = createHash('sha256').update(LIBRARY).digest('hex')
const SITE = '/lib/python3.14/site-packages'
const TEXT = 'value = 1\n'.repeat(10_000)

function bench() {
  const told: Message[] = []
  const notUsed = () => {
    throw new Error('packages need no answer')
  }
  const port: GuestPort = {
    receive: notUsed,
    receiveWithin: notUsed,
    stopNumber: () => 0,
    send: (message) => {
      told.push(message)
    },
  }
  const sha256 = () => {
    const hash = createHash('sha256')
    return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') }
  }
  const files = createFileSystem({ clock: { date: () => 0 }, randomFill: () => {} })
  const packages = servePackages(port, { sha256 }, () => files)
  const install = (archive: Uint8Array, ask = 1) => {
    packages.serve({ type: 'install', ask, size: archive.length, folder: 'site', libraries: [LIBRARY_SHA256] })
    const middle = Math.floor(archive.length / 2)
    return [packages.take(ask, archive.subarray(0, middle)), packages.take(ask, archive.subarray(middle))]
  }
  const read = (path: string, position: number, size: number) => {
    const target = new Uint8Array(size)
    return new TextDecoder().decode(target.subarray(0, files.readFile(path, position, target)))
  }
  return { told, files, packages, install, read }
}

describe('a package', () => {
  test('that came in pieces lies where programs find it, takes nothing of the quotas, and is unpacked when it is read', () => {
    const { told, files, install, read } = bench()
    expect(install(zipOf({ 'one/__init__.py': TEXT, 'one/core.so': LIBRARY }))).toEqual([true, true])
    expect(told).toEqual([{ type: 'done', ask: 1 }])
    expect(files.listFiles(SITE)).toEqual([
      { path: 'one/__init__.py', size: TEXT.length },
      { path: 'one/core.so', size: LIBRARY.length },
    ])
    expect([read(`${SITE}/one/__init__.py`, 50_000, 10), read(`${SITE}/one/core.so`, 0, 100)]).toEqual(['value = 1\n', 'a library'])
    expect([files.usedBytes, files.usedFiles]).toEqual([0, 0])
  })

  test('brings the libraries that may be loaded, until all is forgotten', () => {
    const { packages, install } = bench()
    expect(packages.isAllowed(LIBRARY)).toBe(false)
    install(zipOf({ 'one/core.so': LIBRARY }))
    expect([packages.isAllowed(LIBRARY), packages.isAllowed(LIBRARY.with(0, 0))]).toEqual([true, false])
    packages.clear()
    expect(packages.isAllowed(LIBRARY)).toBe(false)
  })

  test('that cannot be laid there is told, and pieces of other things are left to others', () => {
    const { told, files, packages, install } = bench()
    files.makeFolder(`${SITE}/one.py`)
    install(zipOf({ 'one.py': '' }), 7)
    expect(told).toEqual([{ type: 'failed', ask: 7, code: 'internal', message: 'EISDIR' }])
    expect(packages.take(8, LIBRARY)).toBe(false)
  })
})

test('a module that is refused raises its reason, whatever characters that has, and a package takes its place', () => {
  const { told, packages, install, read } = bench()
  packages.serve({ type: 'refuse', ask: 3, reasons: { one: 'it\'s "gone"\n\u2028' } })
  expect(told).toEqual([{ type: 'done', ask: 3 }])
  expect(read(`${SITE}/one.py`, 0, 200)).toBe('raise ImportError("it\'s \\"gone\\"\\n\u2028", name=__name__)\n')
  install(zipOf({ 'one.py': 'value = 1\n' }))
  expect(read(`${SITE}/one.py`, 0, 200)).toBe('value = 1\n')
})
