import { expect, test } from 'vitest'
import { STAND_IN_DATE, STAND_IN_END, type StandIn, standIn, WORKING_FOLDER } from '../../../test/host/stand-in.ts'
import { CREATE, READ_WRITE } from '../file-system/open.ts'

test('the status of a file is told by its path, by its descriptor and below a folder', () => {
  const guest = standIn()
  const { call, open, text, room } = guest
  open('file', CREATE | READ_WRITE, 0o640)
  const target = room(96)
  const file = { mode: 0o100640, links: 1, user: 1_000, group: 1_000, size: 0, blocks: 0, time: STAND_IN_DATE }
  call('__syscall_stat64', text('file'), target)
  expect(status(guest, target)).toEqual(file)
  call('__syscall_fstat64', 0, target)
  expect(status(guest, target)).toEqual(file)
  call('__syscall_newfstatat', WORKING_FOLDER, text('/home/file'), target, 0)
  expect(status(guest, target)).toEqual(file)
  call('__syscall_newfstatat', 0, text(''), target, 0x1000)
  expect(status(guest, target)).toEqual(file)
  call('__syscall_newfstatat', WORKING_FOLDER, text(''), target, 0x1000)
  expect(status(guest, target)).toMatchObject({ mode: 0o040755, size: 4_096, blocks: 8 })
})

test('lstat looks at the link itself', () => {
  const guest = standIn()
  const { call, text, room } = guest
  call('__syscall_symlinkat', text('/dev/null'), WORKING_FOLDER, text('link'))
  const target = room(96)
  call('__syscall_lstat64', text('link'), target)
  expect(status(guest, target)).toMatchObject({ mode: 0o120777, size: 9 })
  call('__syscall_newfstatat', WORKING_FOLDER, text('link'), target, 0x100)
  expect(status(guest, target)).toMatchObject({ mode: 0o120777 })
  call('__syscall_stat64', text('link'), target)
  expect(status(guest, target)).toMatchObject({ mode: 0o020666, size: 0 })
})

test('a status that has no place to go, or nothing to be of, fails', () => {
  const { failure, text, room } = standIn()
  const target = room(96)
  expect([
    failure('__syscall_stat64', text('missing'), target),
    failure('__syscall_stat64', text(''), target),
    failure('__syscall_stat64', 0, target),
    failure('__syscall_stat64', text('.'), STAND_IN_END - 95),
    failure('__syscall_lstat64', text('.'), -1),
    failure('__syscall_fstat64', 0, target),
    failure('__syscall_fstat64', -1, target),
    failure('__syscall_newfstatat', 0, text(''), target, 0x1000),
    failure('__syscall_newfstatat', 5, text('.'), target, 0),
    failure('__syscall_newfstatat', WORKING_FOLDER, -1, target, 0),
  ]).toEqual(['ENOENT', 'ENOENT', 'EFAULT', 'EFAULT', 'EFAULT', 'EBADF', 'EBADF', 'EBADF', 'EBADF', 'EFAULT'])
})

test('access is what the permissions of the owner say, and nothing is written where only reading is', () => {
  const { call, failure, files, open, text } = standIn()
  files.mountFile('/home/mounted', { size: 1, read: (target) => target.fill(0) })
  open('file', CREATE | READ_WRITE, 0o500)
  const access = (path: string, wanted: number): unknown =>
    failure('__syscall_faccessat', WORKING_FOLDER, text(path), wanted, 0) ?? 'granted'
  expect([access('file', 0), access('file', 4), access('file', 1), access('file', 2), access('file', 7), access('file', 8)]).toEqual([
    'granted',
    'granted',
    'granted',
    'EACCES',
    'EACCES',
    'EINVAL',
  ])
  expect([access('mounted', 4), access('mounted', 2), access('missing', 0), access('/dev/null', 6)]).toEqual([
    'granted',
    'EROFS',
    'ENOENT',
    'granted',
  ])
  expect([call('__syscall_faccessat', WORKING_FOLDER, text('.'), 7, 0), failure('__syscall_faccessat', WORKING_FOLDER, -1, 0, 0)]).toEqual([
    0,
    'EFAULT',
  ])
})

test('permissions are set but on what is the host’s', () => {
  const guest = standIn()
  const { call, failure, open, text, room } = guest
  open('file', CREATE | READ_WRITE)
  call('__syscall_symlinkat', text('file'), WORKING_FOLDER, text('link'))
  const target = room(96)
  const modes = [
    call('__syscall_chmod', text('link'), 0o1_00600),
    mode(guest, target),
    call('__syscall_fchmod', 0, 0o7755),
    mode(guest, target),
    call('__syscall_fchmodat2', WORKING_FOLDER, text('file'), -1, 0),
    mode(guest, target),
  ]
  expect(modes).toEqual([0, 0o100600, 0, 0o107755, 0, 0o107777])
  expect([
    failure('__syscall_chmod', text('/dev'), 0),
    failure('__syscall_chmod', text('missing'), 0),
    failure('__syscall_chmod', -1, 0),
    failure('__syscall_fchmod', 9, 0),
    failure('__syscall_fchmodat2', WORKING_FOLDER, text('link'), 0o600, 0x100),
    failure('__syscall_fchmodat2', 9, text('file'), 0o600, 0),
  ]).toEqual(['EPERM', 'ENOENT', 'EFAULT', 'EBADF', 'EOPNOTSUPP', 'EBADF'])
})

test('files can be given to their owner alone', () => {
  const { call, failure, open, text } = standIn()
  open('file', CREATE | READ_WRITE)
  expect([call('__syscall_fchown32', 0, 1_000, -1), call('__syscall_fchownat', WORKING_FOLDER, text('file'), -1, 1_000, 0)]).toEqual([0, 0])
  expect([
    failure('__syscall_fchown32', 0, 0, -1),
    failure('__syscall_fchown32', 0, -1, 5),
    failure('__syscall_fchown32', 4, -1, -1),
    failure('__syscall_fchownat', WORKING_FOLDER, text('file'), 0, 0, 0),
    failure('__syscall_fchownat', WORKING_FOLDER, text('missing'), -1, -1, 0),
    failure('__syscall_fchownat', WORKING_FOLDER, -1, -1, -1, 0),
  ]).toEqual(['EPERM', 'EPERM', 'EBADF', 'EPERM', 'ENOENT', 'EFAULT'])
})

test('times are set to the nanosecond, to now, or left', () => {
  const guest = standIn()
  const { call, memory, open, text, room } = guest
  open('file', CREATE | READ_WRITE)
  const [times, target] = [room(32), room(96)]
  setTimes(guest, times, [12n, 345], [-1n, 999_999_999])
  expect(call('__syscall_utimensat', WORKING_FOLDER, text('file'), times, 0)).toBe(0)
  call('__syscall_fstat64', 0, target)
  expect([memory.int64(target + 40), memory.int32(target + 48), memory.int64(target + 56), memory.int32(target + 64)]).toEqual([
    12n,
    345,
    -1n,
    999_999_999,
  ])
  setTimes(guest, times, [0n, 0x3ffffffe], [0n, 0x3fffffff])
  expect(call('__syscall_utimensat', 0, 0, times, 0)).toBe(0)
  call('__syscall_fstat64', 0, target)
  expect([memory.int64(target + 40), memory.int64(target + 56)]).toEqual([12n, BigInt(Math.floor(STAND_IN_DATE / 1_000))])
  expect(call('__syscall_utimensat', WORKING_FOLDER, text('file'), 0, 0)).toBe(0)
})

test('times that cannot be, and times of what is the host’s, are refused; the largest are kept', () => {
  const guest = standIn()
  const { call, failure, open, text, room } = guest
  open('file', CREATE | READ_WRITE)
  const times = room(32)
  setTimes(guest, times, [0n, -1], [0n, 0])
  expect(failure('__syscall_utimensat', 0, 0, times, 0)).toBe('EINVAL')
  setTimes(guest, times, [0n, 1_000_000_000], [0n, 0])
  expect(failure('__syscall_utimensat', 0, 0, times, 0)).toBe('EINVAL')
  setTimes(guest, times, [2n ** 63n - 1n, 0], [-(2n ** 63n), 1])
  expect([call('__syscall_utimensat', 0, 0, times, 0), call('__syscall_fstat64', 0, room(96))]).toEqual([0, 0])
  expect([
    failure('__syscall_utimensat', 0, 0, STAND_IN_END - 31, 0),
    failure('__syscall_utimensat', WORKING_FOLDER, text('/dev'), times, 0),
    failure('__syscall_utimensat', 8, 0, times, 0),
    failure('__syscall_utimensat', WORKING_FOLDER, text('missing'), times, 0),
  ]).toEqual(['EFAULT', 'EPERM', 'EBADF', 'ENOENT'])
})

test('the file system tells what is free of its quotas', () => {
  const { call, failure, files, memory, open, room, text } = standIn({ files: { maxBytes: 8 * 4_096, maxFiles: 10 } })
  open('file', CREATE | READ_WRITE)
  call('__syscall_ftruncate64', 0, 4_097n)
  const target = room(88)
  const told = (): unknown => [8, 16, 24, 32, 40].map((offset) => Number(memory.int64(target + offset)))
  expect([call('__syscall_statfs64', text('.'), 88, target), told()]).toEqual([0, [8, 6, 6, 10, 9]])
  expect([call('__syscall_fstatfs64', 0, 88, target), told(), files.usedBytes]).toEqual([0, [8, 6, 6, 10, 9], 4_097])
  expect([
    failure('__syscall_statfs64', text('.'), 87, target),
    failure('__syscall_statfs64', text('missing'), 88, target),
    failure('__syscall_statfs64', text('.'), 88, -1),
    failure('__syscall_fstatfs64', 3, 88, target),
    failure('__syscall_fstatfs64', 0, -88, target),
  ]).toEqual(['EINVAL', 'ENOENT', 'EFAULT', 'EBADF', 'EINVAL'])
})

function status({ memory }: StandIn, target: number): object {
  return {
    mode: memory.int32(target + 4),
    links: memory.int32(target + 8),
    user: memory.int32(target + 12),
    group: memory.int32(target + 16),
    size: Number(memory.int64(target + 24)),
    blocks: memory.int32(target + 36),
    time: Number(memory.int64(target + 56)) * 1_000 + memory.int32(target + 64) / 1_000_000,
  }
}

function mode(guest: StandIn, target: number): number {
  guest.call('__syscall_fstat64', 0, target)
  return guest.memory.int32(target + 4)
}

function setTimes({ memory }: StandIn, times: number, ...values: readonly [bigint, number][]): void {
  for (const [index, [seconds, nanoseconds]] of values.entries()) {
    memory.setInt64(times + index * 16, seconds)
    memory.setInt32(times + index * 16 + 8, nanoseconds)
  }
}
