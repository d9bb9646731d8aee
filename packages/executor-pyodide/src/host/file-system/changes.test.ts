import { expect, test } from 'vitest'
import { type StandIn, standIn, WORKING_FOLDER } from '../../../test/host/stand-in.ts'
import { CREATE, READ_WRITE } from './open.ts'

test('what a program makes, changes and removes is told once', () => {
  const guest = standIn()
  make(guest, 'a', 3)
  make(guest, 'folder/b', 5)
  expect(guest.files.takeChanges('/home')).toEqual([
    { path: 'a', size: 3, change: 'created' },
    { path: 'folder/b', size: 5, change: 'created' },
  ])
  expect(guest.files.takeChanges('/home')).toEqual([])
  make(guest, 'a', 4)
  unlink(guest, 'folder/b')
  expect(guest.files.takeChanges('/home')).toEqual([
    { path: 'a', size: 4, change: 'modified' },
    { path: 'folder/b', size: 0, change: 'deleted' },
  ])
  expect(guest.files.takeChanges('/home')).toEqual([])
})

test('what the host puts and removes is no change, what the program does to it is', () => {
  const guest = standIn()
  put(guest, '/home/kept')
  put(guest, '/home/changed')
  put(guest, '/home/removed')
  put(guest, '/home/taken')
  expect(guest.files.takeChanges('/home')).toEqual([])
  put(guest, '/home/kept')
  make(guest, 'changed', 9)
  unlink(guest, 'removed')
  guest.files.removeFile('/home/taken')
  expect(guest.files.takeChanges('/home')).toEqual([
    { path: 'changed', size: 9, change: 'modified' },
    { path: 'removed', size: 0, change: 'deleted' },
  ])
})

test('what the host put before the first look, and the program changed at once, is modified', () => {
  const guest = standIn()
  put(guest, '/home/data')
  make(guest, 'data', 1)
  expect(guest.files.takeChanges('/home')).toEqual([{ path: 'data', size: 1, change: 'modified' }])
})

test('a file that is moved is another under its new name', () => {
  const guest = standIn()
  make(guest, 'one', 1)
  make(guest, 'two', 2)
  guest.files.takeChanges('/home')
  guest.call('__syscall_renameat', WORKING_FOLDER, guest.text('one'), WORKING_FOLDER, guest.text('two'))
  expect(guest.files.takeChanges('/home')).toEqual([
    { path: 'two', size: 1, change: 'modified' },
    { path: 'one', size: 0, change: 'deleted' },
  ])
})

test('a file that is removed and made again between two looks is modified, one that came and went is nothing', () => {
  const guest = standIn()
  make(guest, 'a', 1)
  guest.files.takeChanges('/home')
  unlink(guest, 'a')
  make(guest, 'a', 1)
  make(guest, 'b', 1)
  unlink(guest, 'b')
  expect(guest.files.takeChanges('/home')).toEqual([{ path: 'a', size: 1, change: 'modified' }])
})

test('opening, reading, permissions and times change nothing', () => {
  const guest = standIn()
  make(guest, 'a', 1)
  guest.files.takeChanges('/home')
  guest.call('fd_close', guest.open('a', READ_WRITE))
  guest.call('__syscall_chmod', guest.text('a'), 0o600)
  guest.call('__syscall_utimensat', WORKING_FOLDER, guest.text('a'), 0, 0)
  expect(guest.files.takeChanges('/home')).toEqual([])
})

test('each folder is looked at for itself, and links and what is mounted are none of it', () => {
  const guest = standIn()
  guest.files.makeLink('/mnt/data', '/home')
  guest.files.mountFile('/home/mounted', { size: 1, read: (target) => target.fill(0) })
  make(guest, '/tmp/t', 1)
  make(guest, '/mnt/data/h', 1)
  guest.call('__syscall_symlinkat', guest.text('/tmp'), WORKING_FOLDER, guest.text('link'))
  expect(guest.files.takeChanges('/mnt/data')).toEqual([{ path: 'h', size: 1, change: 'created' }])
  expect(guest.files.takeChanges('/home')).toEqual([])
  unlink(guest, 'h')
  expect(guest.files.takeChanges('/tmp')).toEqual([{ path: 't', size: 1, change: 'created' }])
  expect(guest.files.takeChanges('/home')).toEqual([{ path: 'h', size: 0, change: 'deleted' }])
})

test('folders that lie very deep are not gone through, and harm nobody', () => {
  const guest = standIn()
  for (let depth = 0; depth < 5_000; depth += 1) {
    guest.call('__syscall_mkdirat', WORKING_FOLDER, guest.text('d'), 0o777)
    guest.call('__syscall_chdir', guest.text('d'))
    if (depth === 63 || depth === 64) make(guest, 'file', 1)
  }
  expect(guest.files.takeChanges('/home')).toEqual([{ path: `${'d/'.repeat(64)}file`, size: 1, change: 'created' }])
  expect(guest.failure('__syscall_getcwd', guest.room(8_192), 8_192)).toBe('ENOENT')
})

/** Makes a file, or makes it another length. */
function make(guest: StandIn, path: string, size: number): void {
  const slash = path.indexOf('/', 1)
  if (slash > 0) guest.call('__syscall_mkdirat', WORKING_FOLDER, guest.text(path.slice(0, slash)), 0o777)
  const descriptor = guest.open(path, CREATE | READ_WRITE)
  guest.call('__syscall_ftruncate64', descriptor, BigInt(size))
  guest.call('fd_close', descriptor)
}

function unlink(guest: StandIn, path: string): void {
  expect(guest.call('__syscall_unlinkat', WORKING_FOLDER, guest.text(path), 0)).toBe(0)
}

function put({ files }: StandIn, path: string): void {
  const writer = files.createFile()
  writer.write(Uint8Array.of(1, 2, 3))
  writer.place(path)
}
