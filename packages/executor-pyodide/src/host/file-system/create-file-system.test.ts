import { expect, test } from 'vitest'
import { codeOf, standIn, WORKING_FOLDER } from '../../../test/host/stand-in.ts'
import type { FileSystem } from './file-system.ts'
import { CREATE, READ_WRITE } from './open.ts'

test('a file takes its place whole, once for each path, and its folders are made', () => {
  const { files } = standIn()
  const writer = files.createFile()
  writer.write(bytes('one '))
  writer.write(bytes('two'))
  expect([files.listFiles('/'), files.usedBytes]).toEqual([[], 7])
  writer.place('/home/a/b')
  writer.place('/home/c')
  expect([files.listFiles('/home'), files.usedBytes, files.usedFiles]).toEqual([
    [
      { path: 'c', size: 7 },
      { path: 'a/b', size: 7 },
    ],
    14,
    3,
  ])
  expect([content(files, '/home/a/b'), content(files, '/home/c')]).toEqual(['one two', 'one two'])
})

test('files with more than one place are not the same file', () => {
  const guest = standIn()
  put(guest.files, 'old', '/home/a', '/home/b')
  guest.call('__syscall_truncate64', guest.text('a'), 1n)
  expect([content(guest.files, '/home/a'), content(guest.files, '/home/b')]).toEqual(['o', 'old'])
})

test('a file that was not placed gives its bytes back, and one that was placed does not', () => {
  const { files } = standIn()
  const writer = files.createFile()
  writer.write(bytes('text'))
  writer.discard()
  expect(files.usedBytes).toBe(0)
  const other = files.createFile()
  other.write(bytes('text'))
  other.place('/home/a')
  other.discard()
  expect([files.usedBytes, content(files, '/home/a')]).toEqual([4, 'text'])
})

test('placing replaces a file and a link, and leaves a folder', () => {
  const guest = standIn()
  const { files } = guest
  guest.call('__syscall_symlinkat', guest.text('/home/target'), WORKING_FOLDER, guest.text('link'))
  guest.call('__syscall_mkdirat', WORKING_FOLDER, guest.text('folder'), 0o777)
  put(files, 'old', '/home/file')
  put(files, 'new', '/home/file', '/home/link')
  expect(files.listFiles('/home')).toEqual([
    { path: 'file', size: 3 },
    { path: 'link', size: 3 },
  ])
  expect(content(files, '/home/file')).toBe('new')
  const used = [files.usedBytes, files.usedFiles]
  expect(codeOf(() => put(files, 'x', '/home/folder'))).toBe('EISDIR')
  expect([files.usedBytes - 1, files.usedFiles]).toEqual(used) // the one that has no place yet
})

test.each([
  ['relative', 'EINVAL'],
  ['/home/', 'EINVAL'],
  ['/home/..', 'EINVAL'],
  ['/home/.', 'EINVAL'],
  [`/home/${'n'.repeat(256)}`, 'ENAMETOOLONG'],
  ['/dev/null/x', 'ENOTDIR'],
])('a file is not placed at %s', (path, code) => {
  const { files } = standIn()
  expect(codeOf(() => put(files, 'x', path))).toBe(code)
})

test('the quotas hold for the host as for the program', () => {
  const { files } = standIn({ files: { maxBytes: 10, maxFiles: 1 } })
  const writer = files.createFile()
  writer.write(bytes('123456'))
  expect(codeOf(() => writer.write(bytes('78901')))).toBe('EFBIG')
  writer.place('/home/a')
  expect(codeOf(() => writer.place('/home/b'))).toBe('ENOSPC')
  expect([files.listFiles('/home'), files.usedBytes, files.usedFiles]).toEqual([[{ path: 'a', size: 6 }], 6, 1])
})

test('a file can be as large as the quota, which is free again when it is gone', () => {
  const { files } = standIn()
  const writer = files.createFile()
  const piece = new Uint8Array(2 ** 20).fill(1)
  for (let count = 0; count < 128; count += 1) writer.write(piece)
  writer.place('/home/large')
  expect([files.fileSize('/home/large'), files.usedBytes]).toEqual([128 * 2 ** 20, 128 * 2 ** 20])
  const target = new Uint8Array(4)
  expect([files.readFile('/home/large', 128 * 2 ** 20 - 2, target), [...target]]).toEqual([2, [1, 1, 0, 0]])
  files.removeFile('/home/large')
  expect([files.usedBytes, files.fileSize('/home/large')]).toEqual([0, undefined])
})

test('only regular files are told, read and removed, and no link is followed', () => {
  const guest = standIn()
  const { files, call, text } = guest
  put(files, 'text', '/home/file', '/tmp/outside')
  call('__syscall_symlinkat', text('file'), WORKING_FOLDER, text('link'))
  call('__syscall_symlinkat', text('/tmp'), WORKING_FOLDER, text('folder'))
  expect([
    files.fileSize('/home/link'),
    files.fileSize('/home/folder/outside'),
    files.fileSize('/dev/null'),
    files.fileSize('/home'),
  ]).toEqual(Array(4).fill(undefined))
  expect(codeOf(() => files.readFile('/home/link', 0, new Uint8Array(1)))).toBe('ENOENT')
  for (const path of ['/home/link', '/home/folder/outside', '/home/missing', '/home', '/dev/null']) files.removeFile(path)
  expect([files.listFiles('/home'), files.listFiles('/tmp'), files.listFiles('/dev')]).toEqual([
    [{ path: 'file', size: 4 }],
    [{ path: 'outside', size: 4 }],
    [],
  ])
})

test('names are people’s texts; those that are no UTF-8 are not told', () => {
  const guest = standIn()
  const { files, memory, room, call, text } = guest
  put(files, '', '/home/é 😀')
  call('__syscall_mkdirat', WORKING_FOLDER, text('é'), 0o777)
  const path = room(4)
  memory.slice(path, 3).set([0xc3, 0x28, 0])
  const values = room(4)
  call('__syscall_openat', WORKING_FOLDER, path, CREATE | READ_WRITE, values)
  expect(files.listFiles('/home')).toEqual([{ path: 'é 😀', size: 0 }])
  expect(files.takeChanges('/home')).toEqual([])
})

test('a mounted file is read but takes nothing of the quotas, and is neither written nor removed', () => {
  const guest = standIn()
  const { files, open, call, failure, text } = guest
  files.mountFile('/lib/mounted.zip', { size: 3, read: (target, position) => target.fill(65 + position) })
  expect([files.usedBytes, files.usedFiles, content(files, '/lib/mounted.zip')]).toEqual([0, 0, 'AAA'])
  expect([open('/lib/mounted.zip', READ_WRITE), open('/lib/mounted.zip', 0)]).toEqual([-69, 0])
  expect([
    failure('__syscall_truncate64', text('/lib/mounted.zip'), 0n),
    failure('__syscall_unlinkat', WORKING_FOLDER, text('/lib/mounted.zip'), 0),
    failure('__syscall_renameat', WORKING_FOLDER, text('/lib/mounted.zip'), WORKING_FOLDER, text('mine')),
    failure('__syscall_chmod', text('/lib/mounted.zip'), 0o777),
  ]).toEqual(['EACCES', 'EBUSY', 'EBUSY', 'EPERM'])
  files.removeFile('/lib/mounted.zip')
  expect([files.fileSize('/lib/mounted.zip'), call('fd_close', 0)]).toEqual([3, 0])
})

test('a link of the host leads where it says, and stays', () => {
  const guest = standIn()
  const { files, open, failure, text } = guest
  files.makeLink('/mnt/data', '/home')
  open('/mnt/data/file', CREATE | READ_WRITE)
  expect([files.listFiles('/home'), failure('__syscall_unlinkat', WORKING_FOLDER, text('/mnt/data'), 0)]).toEqual([
    [{ path: 'file', size: 0 }],
    'EBUSY',
  ])
})

test('devices give nothing, zeros and random bytes, and take all', () => {
  const guest = standIn()
  const { open, call, memory, room, text } = guest
  const list = room(8)
  const target = text('????')
  memory.setInt32(list, target)
  memory.setInt32(list + 4, 4)
  const done = room(4)
  const given = ['null', 'zero', 'random', 'urandom'].map((name, descriptor) => {
    open(`/dev/${name}`, READ_WRITE)
    expect(call('fd_write', descriptor, list, 1, done)).toBe(0)
    expect(memory.int32(done)).toBe(4)
    call('fd_read', descriptor, list, 1, done)
    return [...memory.slice(target, memory.int32(done))]
  })
  expect(given).toEqual([[], [0, 0, 0, 0], [7, 7, 7, 7], [7, 7, 7, 7]])
})

test('links lead on sixteen times, and no more', () => {
  const guest = standIn()
  const { call, text, open, failure, room } = guest
  open('end', CREATE | READ_WRITE)
  call('__syscall_symlinkat', text('end'), WORKING_FOLDER, text('link-1'))
  for (let count = 2; count <= 17; count += 1) call('__syscall_symlinkat', text(`link-${count - 1}`), WORKING_FOLDER, text(`link-${count}`))
  expect([call('__syscall_stat64', text('link-16'), room(96)), failure('__syscall_stat64', text('link-17'), room(96))]).toEqual([
    0,
    'ELOOP',
  ])
})

test('files, folders and links count against the quota of files, and descriptors have their own', () => {
  const guest = standIn({ files: { maxFiles: 3, maxDescriptors: 2 } })
  const { open, call, failure, text, files } = guest
  expect([
    open('file', CREATE | READ_WRITE),
    call('__syscall_mkdirat', WORKING_FOLDER, text('folder'), 0o777),
    call('__syscall_symlinkat', text('x'), WORKING_FOLDER, text('link')),
    failure('__syscall_mkdirat', WORKING_FOLDER, text('more'), 0o777),
    failure('__syscall_symlinkat', text('x'), WORKING_FOLDER, text('more')),
    open('more', CREATE | READ_WRITE),
    open('file', 0),
    open('file', 0),
    open('/tmp/other', CREATE | READ_WRITE),
  ]).toEqual([0, 0, 0, 'ENOSPC', 'ENOSPC', -51, 1, -33, -33])
  expect(files.usedFiles).toBe(3)
})

test('a file without a name is there until it is closed', () => {
  const guest = standIn()
  const { files, open, call, text } = guest
  open('file', CREATE | READ_WRITE)
  call('__syscall_ftruncate64', 0, 100n)
  call('__syscall_dup', 0)
  call('__syscall_unlinkat', WORKING_FOLDER, text('file'), 0)
  expect([files.usedBytes, files.usedFiles, files.listFiles('/home')]).toEqual([100, 1, []])
  call('fd_close', 0)
  expect([call('__syscall_ftruncate64', 1, 150n), files.usedBytes]).toEqual([0, 150])
  call('fd_close', 1)
  expect([files.usedBytes, files.usedFiles]).toEqual([0, 0])
})

function put(files: FileSystem, text: string, ...paths: readonly string[]): void {
  const writer = files.createFile()
  writer.write(bytes(text))
  for (const path of paths) writer.place(path)
}

function content(files: FileSystem, path: string): string {
  const target = new Uint8Array(files.fileSize(path) ?? 0)
  files.readFile(path, 0, target)
  return new TextDecoder().decode(target)
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
