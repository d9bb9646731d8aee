import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn } from '../../../test/host/stand-in.ts'
import { CREATE, READ_WRITE, WRITE_ONLY } from '../file-system/open.ts'

const READ = 1
const WRITE = 2
const SHARED = 1
const PRIVATE = 2

test('a mapping holds the bytes of the file, and zeros behind its end', () => {
  const guest = withFile('abcdef')
  const [isAllocated, address] = [guest.room(4), guest.room(4)]
  expect(guest.call('_mmap_js', 8, READ, PRIVATE, 0, 2n, isAllocated, address)).toBe(0)
  expect(guest.memory.int32(isAllocated)).toBe(1)
  expect(new TextDecoder().decode(guest.memory.slice(guest.memory.uint32(address), 8))).toBe('cdef\0\0\0\0')
})

test('what was written to a shared mapping goes to the file, and nothing behind its end', () => {
  const guest = withFile('abcdef')
  const place = guest.text('UVWXYZ')
  expect([guest.call('_msync_js', place, 6, WRITE, SHARED, 0, 3n), content(guest)]).toEqual([0, 'abcUVW'])
  expect([guest.call('_munmap_js', place, 2, WRITE, SHARED, 0, 0n), content(guest)]).toEqual([0, 'UVcUVW'])
  expect([guest.call('_munmap_js', place + 2, 2, WRITE, PRIVATE, 0, 0n), content(guest)]).toEqual([0, 'UVcUVW'])
  expect([guest.call('_msync_js', place, 6, READ, SHARED, 0, 0n), guest.call('_msync_js', place, 6, WRITE, SHARED, 0, 99n)]).toEqual([0, 0])
  expect(content(guest)).toBe('UVcUVW')
  expect(guest.files.takeChanges('/home')).toEqual([{ path: 'file', size: 6, change: 'modified' }])
})

test('mappings that cannot be are refused', () => {
  const guest = withFile('abcdef')
  guest.open('file', WRITE_ONLY)
  guest.open('file', 0)
  guest.open('.', 0)
  const [isAllocated, address] = [guest.room(4), guest.room(4)]
  const map = (
    length: number,
    protection: number,
    flags: number,
    descriptor: number,
    offset: bigint,
    places = [isAllocated, address],
  ): unknown => guest.failure('_mmap_js', length, protection, flags, descriptor, offset, ...places)
  expect([
    map(8, READ, PRIVATE, 9, 0n),
    map(8, READ, PRIVATE, 3, 0n),
    map(8, READ, PRIVATE, 1, 0n),
    map(8, WRITE, SHARED, 2, 0n),
    map(0, READ, PRIVATE, 0, 0n),
    map(8, READ, PRIVATE, 0, -1n),
    map(8, READ, PRIVATE, 0, 2n ** 63n - 1n),
    map(-1, READ, PRIVATE, 0, 0n),
    map(8, READ, PRIVATE, 0, 0n, [-1, address]),
    map(8, READ, PRIVATE, 0, 0n, [isAllocated, STAND_IN_END - 3]),
  ]).toEqual(['EBADF', 'ENODEV', 'EACCES', 'EACCES', 'EINVAL', 'EINVAL', 'EOVERFLOW', 'ENOMEM', 'EFAULT', 'EFAULT'])
})

test('writing back from where nothing is, or to where nothing may be written, is refused', () => {
  const guest = withFile('abcdef')
  guest.open('file', 0)
  const place = guest.text('XY')
  const sync = (address: number, length: number, descriptor: number, offset: bigint): unknown =>
    guest.failure('_msync_js', address, length, WRITE, SHARED, descriptor, offset)
  expect([sync(place, 2, 1, 0n), sync(place, 2, 9, 0n), sync(-1, 2, 0, 0n), sync(place, -1, 0, 0n), sync(place, 2, 0, -1n)]).toEqual([
    'EACCES',
    'EBADF',
    'EFAULT',
    'EFAULT',
    'EACCES',
  ])
  expect(guest.failure('_munmap_js', -1, 2, WRITE, SHARED, 0, 0n)).toBe('EFAULT')
  expect(content(guest)).toBe('abcdef')
})

function withFile(text: string): StandIn {
  const guest = standIn()
  const writer = guest.files.createFile()
  writer.write(new TextEncoder().encode(text))
  writer.place('/home/file')
  guest.open('file', CREATE | READ_WRITE)
  return guest
}

function content({ files }: StandIn): string {
  const target = new Uint8Array(files.fileSize('/home/file') ?? 0)
  files.readFile('/home/file', 0, target)
  return new TextDecoder().decode(target)
}
