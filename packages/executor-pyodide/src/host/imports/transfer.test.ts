import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn } from '../../../test/host/stand-in.ts'
import { APPEND, CREATE, READ_WRITE, WRITE_ONLY } from '../file-system/open.ts'

test('bytes go in and come out by lists of buffers, and the position moves along', () => {
  const guest = withFile()
  expect([write(guest, 'abc', 'defg'), seek(guest, 1n, 0), read(guest, [2, 3])]).toEqual([7, 1, 'bcdef'])
  expect([read(guest, [10]), read(guest, [10])]).toEqual(['g', ''])
})

test('reading and writing at a position leaves the position as it is', () => {
  const guest = withFile()
  const { call, memory } = guest
  write(guest, 'abcdef')
  const [list, done] = [buffers(guest, ['XY']), guest.room(4)]
  expect([call('fd_pwrite', 0, list, 1, 1n, done), memory.int32(done)]).toEqual([0, 2])
  expect([call('fd_pread', 0, buffers(guest, ['....']), 1, 3n, done), memory.int32(done)]).toEqual([0, 3])
  expect([seek(guest, 0n, 1), seek(guest, 0n, 0), read(guest, [10])]).toEqual([6, 0, 'aXYdef'])
})

test('a file that appends does so wherever its position is', () => {
  const guest = standIn()
  guest.open('file', CREATE | READ_WRITE | APPEND)
  write(guest, 'abc')
  seek(guest, 0n, 0)
  expect([write(guest, 'de'), seek(guest, 0n, 0), read(guest, [9])]).toEqual([2, 0, 'abcde'])
})

test('transfers with pointers and lengths that lie outside of the memory fail, and nothing is moved', () => {
  const guest = withFile()
  const { failure, memory, room } = guest
  const done = room(4)
  const list = room(8)
  const failures = (pointer: number, length: number): unknown => {
    memory.setInt32(list, pointer)
    memory.setInt32(list + 4, length)
    return failure('fd_write', 0, list, 1, done)
  }
  expect([failures(-1, 1), failures(STAND_IN_END - 4, 5), failures(8, -1), failures(8, 2 ** 31 - 1), failures(0, 1)]).toEqual(
    Array(5).fill('EFAULT'),
  )
  expect([
    failure('fd_write', 0, STAND_IN_END - 4, 1, done),
    failure('fd_write', 0, -8, 1, done),
    failure('fd_write', 0, list, -1, done),
    failure('fd_write', 0, list, 1_025, done),
    failure('fd_write', 0, list, 2 ** 31 - 1, done),
    failure('fd_write', 0, list, 0, -1),
    failure('fd_read', 0, list, 1, STAND_IN_END - 3),
    failure('fd_read', 7, list, 1, done),
  ]).toEqual(['EFAULT', 'EFAULT', 'EINVAL', 'EINVAL', 'EINVAL', 'EFAULT', 'EFAULT', 'EBADF'])
  expect(guest.files.fileSize('/home/file')).toBe(0)
})

test('positions that are negative or larger than a number can hold are refused', () => {
  const guest = withFile()
  const { failure, room } = guest
  const [list, done] = [buffers(guest, ['ab']), room(8)]
  expect([
    failure('fd_pwrite', 0, list, 1, -1n, done),
    failure('fd_pread', 0, list, 1, -(2n ** 63n), done),
    failure('fd_pread', 0, list, 1, 2n ** 63n - 1n, done),
    failure('fd_pwrite', 0, list, 1, 2n ** 53n, done),
    failure('fd_pwrite', 0, list, 1, 2n ** 53n - 1n, done),
    failure('fd_pwrite', 0, list, 1, 2n ** 40n, done),
    failure('fd_seek', 0, -1n, 0, done),
    failure('fd_seek', 0, 2n ** 63n - 1n, 0, done),
    failure('fd_seek', 0, 0n, 3, done),
    failure('fd_seek', 0, 0n, 0, STAND_IN_END - 7),
    failure('fd_seek', 5, 0n, 0, done),
  ]).toEqual(['EINVAL', 'EINVAL', 'EOVERFLOW', 'EOVERFLOW', 'EFBIG', 'EFBIG', 'EINVAL', 'EOVERFLOW', 'EINVAL', 'EFAULT', 'EBADF'])
})

test('what is not open for it is neither read nor written, not even nothing', () => {
  const guest = standIn()
  guest.open('file', CREATE | WRITE_ONLY)
  guest.open('file', 0)
  const done = guest.room(4)
  const list = buffers(guest, [''])
  expect([guest.failure('fd_read', 0, list, 1, done), guest.failure('fd_write', 1, list, 1, done)]).toEqual(['EBADF', 'EBADF'])
})

test('the size of a file is set, and what is new in it is zero', () => {
  const guest = withFile()
  const { call, failure, text } = guest
  write(guest, 'abcdef')
  expect([call('__syscall_ftruncate64', 0, 3n), call('__syscall_truncate64', text('file'), 5n)]).toEqual([0, 0])
  expect([seek(guest, 0n, 0), read(guest, [9])]).toEqual([0, 'abc\0\0'])
  expect([
    failure('__syscall_ftruncate64', 0, -1n),
    failure('__syscall_ftruncate64', 0, 2n ** 62n),
    failure('__syscall_ftruncate64', 0, 2n ** 40n),
    failure('__syscall_ftruncate64', 9, 0n),
    failure('__syscall_truncate64', text('file'), -1n),
    failure('__syscall_truncate64', text('.'), 0n),
    failure('__syscall_truncate64', text('/dev/null'), 0n),
    failure('__syscall_truncate64', -1, 0n),
  ]).toEqual(['EINVAL', 'EOVERFLOW', 'EFBIG', 'EBADF', 'EINVAL', 'EISDIR', 'EINVAL', 'EFAULT'])
})

test('room is made for a file, and holes are not punched', () => {
  const guest = withFile()
  const { call, failure, files } = guest
  expect([call('__syscall_fallocate', 0, 0, 10n, 90n), files.fileSize('/home/file')]).toEqual([0, 100])
  expect([call('__syscall_fallocate', 0, 0, 0n, 1n), files.fileSize('/home/file')]).toEqual([0, 100])
  expect([
    failure('__syscall_fallocate', 0, 2, 0n, 1n),
    failure('__syscall_fallocate', 0, 0, -1n, 1n),
    failure('__syscall_fallocate', 0, 0, 0n, 0n),
    failure('__syscall_fallocate', 0, 0, 0n, 2n ** 63n - 1n),
    failure('__syscall_fallocate', 0, 0, 0n, 2n ** 50n),
    failure('__syscall_fallocate', 3, 0, 0n, 1n),
  ]).toEqual(['EOPNOTSUPP', 'EINVAL', 'EINVAL', 'EOVERFLOW', 'EFBIG', 'EBADF'])
})

test('syncing and advice need an open descriptor, and do nothing', () => {
  const { call, failure, room } = withFile()
  call('__syscall_pipe', room(8))
  expect([call('fd_sync', 0), call('__syscall_fdatasync', 0), call('__syscall_fadvise64', 0, -1n, -1n, 99)]).toEqual([0, 0, 0])
  expect([
    failure('fd_sync', -1),
    failure('__syscall_fdatasync', 9),
    failure('__syscall_fadvise64', 9),
    failure('__syscall_fadvise64', 1),
  ]).toEqual(['EBADF', 'EBADF', 'EBADF', 'ESPIPE'])
})

test('a failure after the first buffer is not told before the next call', () => {
  const guest = standIn({ files: { maxBytes: 4 } })
  guest.open('file', CREATE | READ_WRITE)
  expect([write(guest, 'abcd', 'ef'), write(guest, 'g')]).toEqual([4, -22])
})

function withFile(): StandIn {
  const guest = standIn()
  guest.open('file', CREATE | READ_WRITE)
  return guest
}

/** A list of buffers that hold these texts; where it is. */
function buffers({ memory, room, text }: StandIn, texts: readonly string[]): number {
  const list = room(texts.length * 8)
  for (const [index, value] of texts.entries()) {
    memory.setInt32(list + index * 8, text(value))
    memory.setInt32(list + index * 8 + 4, value.length)
  }
  return list
}

/** How many bytes were written, or the negative number of a failure. */
function write(guest: StandIn, ...texts: readonly string[]): number {
  const done = guest.room(4)
  const result = Number(guest.call('fd_write', 0, buffers(guest, texts), texts.length, done))
  return result === 0 ? guest.memory.int32(done) : -result
}

function read(guest: StandIn, sizes: readonly number[]): string {
  const list = buffers(
    guest,
    sizes.map((size) => '?'.repeat(size)),
  )
  const done = guest.room(4)
  expect(guest.call('fd_read', 0, list, sizes.length, done)).toBe(0)
  const texts = sizes.map((size, index) => new TextDecoder().decode(guest.memory.slice(guest.memory.uint32(list + index * 8), size)))
  return texts.join('').slice(0, guest.memory.int32(done))
}

function seek(guest: StandIn, offset: bigint, origin: number): number {
  const target = guest.room(8)
  expect(guest.call('fd_seek', 0, offset, origin, target)).toBe(0)
  return Number(guest.memory.int64(target))
}
