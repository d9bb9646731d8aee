import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn, WORKING_FOLDER } from '../../../test/host/stand-in.ts'
import { CREATE, READ_WRITE } from '../file-system/open.ts'

test('the working folder is told where there is room for it, and moved', () => {
  const guest = standIn()
  const { call, failure, memory, open, room, text } = guest
  const target = room(16)
  expect([call('__syscall_getcwd', target, 16), new TextDecoder().decode(memory.slice(target, 6))]).toEqual([6, '/home\0'])
  expect([
    failure('__syscall_getcwd', target, 5),
    failure('__syscall_getcwd', target, 0),
    failure('__syscall_getcwd', STAND_IN_END - 5, 16),
    failure('__syscall_getcwd', 0, -1),
  ]).toEqual(['ERANGE', 'ERANGE', 'EFAULT', 'EFAULT'])
  open('/tmp', 0)
  expect([call('__syscall_chdir', text('/dev')), call('__syscall_getcwd', target, 16), call('__syscall_fchdir', 0)]).toEqual([0, 5, 0])
  expect([
    failure('__syscall_chdir', text('missing')),
    failure('__syscall_chdir', text('/dev/null')),
    failure('__syscall_chdir', -1),
    failure('__syscall_fchdir', 9),
  ]).toEqual(['ENOENT', 'ENOTDIR', 'EFAULT', 'EBADF'])
})

test('a working folder that was removed has no path', () => {
  const { call, failure, room, text } = standIn()
  call('__syscall_mkdirat', WORKING_FOLDER, text('gone'), 0o777)
  call('__syscall_chdir', text('gone'))
  expect([call('__syscall_rmdir', text('../gone')), failure('__syscall_getcwd', room(16), 16)]).toEqual([0, 'ENOENT'])
  expect(failure('__syscall_mkdirat', WORKING_FOLDER, text('inner'), 0o777)).toBe('ENOENT')
})

test('folders are made and removed, but not those of the host', () => {
  const { call, failure, files, text } = standIn()
  expect([call('__syscall_mkdirat', WORKING_FOLDER, text('one'), 0o777), call('__syscall_rmdir', text('one'))]).toEqual([0, 0])
  call('__syscall_mkdirat', WORKING_FOLDER, text('two'), 0o777)
  expect([call('__syscall_unlinkat', WORKING_FOLDER, text('two'), 0x200), files.usedFiles]).toEqual([0, 0])
  expect([
    failure('__syscall_mkdirat', WORKING_FOLDER, text('/tmp'), 0o777),
    failure('__syscall_mkdirat', WORKING_FOLDER, text('a/b'), 0o777),
    failure('__syscall_mkdirat', 7, text('a'), 0o777),
    failure('__syscall_mkdirat', WORKING_FOLDER, -1, 0o777),
    failure('__syscall_rmdir', text('/tmp')),
    failure('__syscall_rmdir', text('/')),
    failure('__syscall_rmdir', text('missing')),
    failure('__syscall_rmdir', 0),
    failure('__syscall_unlinkat', WORKING_FOLDER, text('/tmp'), 1),
    failure('__syscall_unlinkat', WORKING_FOLDER, text('/dev/null'), 0),
    failure('__syscall_unlinkat', WORKING_FOLDER, -1, 0),
  ]).toEqual(['EEXIST', 'ENOENT', 'EBADF', 'EFAULT', 'EBUSY', 'EBUSY', 'ENOENT', 'EFAULT', 'EINVAL', 'EBUSY', 'EFAULT'])
})

test('a file is moved over another, whose place in the quotas is free then', () => {
  const { call, failure, files, open, text } = standIn()
  open('one', CREATE | READ_WRITE)
  open('two', CREATE | READ_WRITE)
  call('__syscall_ftruncate64', 1, 1_000n)
  expect(call('__syscall_renameat', WORKING_FOLDER, text('one'), WORKING_FOLDER, text('two'))).toBe(0)
  expect([files.usedFiles, files.usedBytes, files.listFiles('/home')]).toEqual([2, 1_000, [{ path: 'two', size: 0 }]])
  call('fd_close', 1)
  expect([files.usedFiles, files.usedBytes]).toEqual([1, 0])
  expect([
    failure('__syscall_renameat', WORKING_FOLDER, text('missing'), WORKING_FOLDER, text('two')),
    failure('__syscall_renameat', 9, text('two'), WORKING_FOLDER, text('three')),
    failure('__syscall_renameat', WORKING_FOLDER, text('two'), 9, text('three')),
    failure('__syscall_renameat', WORKING_FOLDER, -1, WORKING_FOLDER, text('three')),
    failure('__syscall_renameat', WORKING_FOLDER, text('two'), WORKING_FOLDER, STAND_IN_END),
    failure('__syscall_renameat', WORKING_FOLDER, text('/dev'), WORKING_FOLDER, text('dev')),
    failure('__syscall_renameat', WORKING_FOLDER, text('two'), WORKING_FOLDER, text('/dev/null')),
  ]).toEqual(['ENOENT', 'EBADF', 'EBADF', 'EFAULT', 'EFAULT', 'EBUSY', 'EBUSY'])
})

test('a link is read as far as there is room, without a zero', () => {
  const { call, failure, memory, room, text } = standIn()
  const target = room(16)
  call('__syscall_symlinkat', text('some/where'), WORKING_FOLDER, text('link'))
  expect([call('__syscall_readlinkat', WORKING_FOLDER, text('link'), target, 4), [...memory.slice(target, 6)]]).toEqual([
    4,
    [...new TextEncoder().encode('some\0\0')],
  ])
  expect(call('__syscall_readlinkat', WORKING_FOLDER, text('link'), target, 16)).toBe(10)
  expect([
    failure('__syscall_readlinkat', WORKING_FOLDER, text('link'), target, 0),
    failure('__syscall_readlinkat', WORKING_FOLDER, text('link'), target, -1),
    failure('__syscall_readlinkat', WORKING_FOLDER, text('link'), STAND_IN_END - 4, 10),
    failure('__syscall_readlinkat', WORKING_FOLDER, text('/dev'), target, 16),
    failure('__syscall_readlinkat', WORKING_FOLDER, -1, target, 16),
    failure('__syscall_symlinkat', text('x'), WORKING_FOLDER, text('link')),
    failure('__syscall_symlinkat', text(''), WORKING_FOLDER, text('other')),
    failure('__syscall_symlinkat', -1, WORKING_FOLDER, text('other')),
    failure('__syscall_symlinkat', text('x'), 9, text('other')),
    failure('__syscall_mknodat', WORKING_FOLDER, text('node'), 0o020666, 5),
  ]).toEqual(['EINVAL', 'EINVAL', 'EFAULT', 'EINVAL', 'EFAULT', 'EEXIST', 'ENOENT', 'EFAULT', 'EBADF', 'EPERM'])
})

test('names that are no UTF-8 are kept byte by byte', () => {
  const guest = standIn()
  const { call, memory, room } = guest
  const path = room(3)
  memory.slice(path, 2).set([0xff, 0x80])
  expect([call('__syscall_mkdirat', WORKING_FOLDER, path, 0o777), call('__syscall_chdir', path)]).toEqual([0, 0])
  const target = room(16)
  expect([call('__syscall_getcwd', target, 16), [...memory.slice(target + 6, 3)]]).toEqual([9, [0xff, 0x80, 0]])
})

test('the entries of a folder come in pieces, and stay as they were while some are removed', () => {
  const guest = standIn()
  const { call, open, text } = guest
  const names = Array.from({ length: 12 }, (_, index) => `file-${index}`)
  for (const name of names) call('fd_close', open(name, CREATE | READ_WRITE))
  open('.', 0)
  const first = entries(guest, 100)
  call('__syscall_unlinkat', WORKING_FOLDER, text('file-0'), 0)
  call('__syscall_unlinkat', WORKING_FOLDER, text('file-5'), 0)
  open('new', CREATE | READ_WRITE)
  const found = [...first]
  for (let more = entries(guest, 100); more.length > 0; more = entries(guest, 100)) found.push(...more)
  expect(first).toEqual(['.', '..', 'file-0'])
  expect(found).toEqual(['.', '..', ...names.filter((name) => name !== 'file-5')])
})

test('after going back to the start a folder is read anew, and a place that was told leads back to what came then', () => {
  const guest = standIn()
  const { call, memory, open, room } = guest
  open('one', CREATE | READ_WRITE)
  open('.', 0)
  const target = room(400)
  call('__syscall_getdents64', 1, target, 400)
  const secondPlace = memory.int64(target + 8)
  open('two', CREATE | READ_WRITE)
  const position = room(8)
  call('fd_seek', 1, secondPlace, 0, position)
  expect(entries(guest, 400, 1)).toEqual(['..', 'one'])
  call('fd_seek', 1, 0n, 0, position)
  expect(entries(guest, 400, 1)).toEqual(['.', '..', 'one', 'two'])
})

test('entries for which there is no room fail', () => {
  const { failure, open, room } = standIn()
  open('.', 0)
  open('/dev/null', 0)
  const target = room(100)
  expect([
    failure('__syscall_getdents64', 0, target, 23),
    failure('__syscall_getdents64', 0, target, -1),
    failure('__syscall_getdents64', 0, STAND_IN_END - 10, 100),
    failure('__syscall_getdents64', 1, target, 100),
    failure('__syscall_getdents64', 5, target, 100),
  ]).toEqual(['EINVAL', 'EFAULT', 'EFAULT', 'ENOTDIR', 'EBADF'])
})

/** The names of the next entries. */
function entries({ call, memory, room }: StandIn, size: number, descriptor = 0): string[] {
  const target = room(size)
  const bytes = Number(call('__syscall_getdents64', descriptor, target, size))
  const names: string[] = []
  for (let place = target; place < target + bytes; place += memory.int16(place + 16)) {
    names.push(new TextDecoder().decode(memory.zeroTerminated(place + 19, 256)))
  }
  return names
}
