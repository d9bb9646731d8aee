import { expect, test } from 'vitest'
import { STAND_IN_END, standIn, WORKING_FOLDER } from '../../../test/host/stand-in.ts'
import { APPEND, CLOSE_ON_EXEC, CREATE, EXCLUSIVE, FOLDER, NON_BLOCKING, READ_WRITE, WRITE_ONLY } from '../file-system/open.ts'

test('a file is opened on the lowest free descriptor, with the permissions that stand beside the call', () => {
  const { open, context, files } = standIn()
  expect([open('one', CREATE | WRITE_ONLY, 0o666), open('two', CREATE), open('missing', 0)]).toEqual([0, 1, -44])
  expect(context.fileSystem.guest.descriptors.get(0).node.permissions).toBe(0o644)
  expect(files.openDescriptors()).toEqual([0, 1])
})

test('opening without variable arguments makes a file that nobody may read', () => {
  const { call, text, open, failure } = standIn()
  expect(call('__syscall_openat', WORKING_FOLDER, text('secret'), CREATE | WRITE_ONLY, 0)).toBe(0)
  expect(failure('__syscall_openat', WORKING_FOLDER, text('secret'), 0, 0)).toBe('EACCES')
  expect(open('secret', CREATE | EXCLUSIVE)).toBe(-20)
})

test('opening with pointers that lead nowhere, and with a text that never ends, fails', () => {
  const { failure, memory, text } = standIn()
  const path = text('file')
  const unending = memory.slice(STAND_IN_END - 8, 8)
  unending.fill(65)
  expect([
    failure('__syscall_openat', WORKING_FOLDER, 0, 0, 0),
    failure('__syscall_openat', WORKING_FOLDER, -1, 0, 0),
    failure('__syscall_openat', WORKING_FOLDER, STAND_IN_END, 0, 0),
    failure('__syscall_openat', WORKING_FOLDER, STAND_IN_END - 8, 0, 0),
    failure('__syscall_openat', WORKING_FOLDER, path, CREATE, STAND_IN_END - 2),
    failure('__syscall_openat', 99, path, CREATE, 0),
    failure('__syscall_openat', WORKING_FOLDER, text('n'.repeat(5_000)), 0, 0),
    failure('__syscall_openat', WORKING_FOLDER, path, 3, 0),
    failure('__syscall_openat', WORKING_FOLDER, path, CREATE | FOLDER, 0),
  ]).toEqual(['EFAULT', 'EFAULT', 'EFAULT', 'EFAULT', 'EFAULT', 'EBADF', 'ENAMETOOLONG', 'EINVAL', 'EINVAL'])
})

test('a doubled descriptor leads to the same place, and takes what is asked for', () => {
  const { open, call, failure, files } = standIn()
  open('file', CREATE | READ_WRITE)
  expect([call('__syscall_dup', 0), call('__syscall_dup3', 0, 9, 0), call('__syscall_dup3', 0, 1, CLOSE_ON_EXEC)]).toEqual([1, 9, 1])
  expect(files.openDescriptors()).toEqual([0, 1, 9])
  expect([
    failure('__syscall_dup', 5),
    failure('__syscall_dup', -1),
    failure('__syscall_dup3', 0, 0, 0),
    failure('__syscall_dup3', 0, 256, 0),
    failure('__syscall_dup3', 0, -1, 0),
    failure('__syscall_dup3', 0, 4, 1),
    failure('__syscall_dup3', 77, 4, 0),
  ]).toEqual(['EBADF', 'EBADF', 'EINVAL', 'EBADF', 'EBADF', 'EINVAL', 'EBADF'])
})

test('what the host laid on descriptor 3 can neither be closed nor replaced, what it laid on 1 can', () => {
  const { files, open, call, failure } = standIn()
  for (const descriptor of [0, 1, 2, 3]) files.setDevice(descriptor, {})
  expect([failure('fd_close', 3), failure('__syscall_dup3', 1, 3, 0)]).toEqual(['EPERM', 'EPERM'])
  expect([call('fd_close', 1), open('file', CREATE | WRITE_ONLY)]).toEqual([0, 1])
})

test('a descriptor is closed once', () => {
  const { open, call, failure } = standIn()
  open('file', CREATE | WRITE_ONLY)
  expect([call('fd_close', 0), failure('fd_close', 0), failure('fd_close', -5), failure('fd_close', 2 ** 31 - 1)]).toEqual([
    0,
    'EBADF',
    'EBADF',
    'EBADF',
  ])
})

test('a pipe is two descriptors; where there is no place for their numbers, none is opened', () => {
  const { call, failure, memory, room, files } = standIn()
  const pointer = room(8)
  expect(call('__syscall_pipe', pointer)).toBe(0)
  expect([memory.int32(pointer), memory.int32(pointer + 4)]).toEqual([0, 1])
  expect([failure('__syscall_pipe', STAND_IN_END - 4), failure('__syscall_pipe', 0)]).toEqual(['EFAULT', 'EFAULT'])
  expect(files.openDescriptors()).toEqual([0, 1])
})

test('a pipe that there is one descriptor too few for leaves none open', () => {
  const { files, open, failure, room } = standIn({ files: { maxDescriptors: 2 } })
  open('file', CREATE | WRITE_ONLY)
  expect(failure('__syscall_pipe', room(8))).toBe('EMFILE')
  expect(files.openDescriptors()).toEqual([0])
})

test('fcntl tells and sets the flags of a descriptor and of what it leads to, and doubles it', () => {
  const { call, failure, memory, room, open } = standIn()
  open('file', CREATE | READ_WRITE | APPEND | CLOSE_ON_EXEC)
  const values = room(4)
  const control = (command: number, value: number): unknown => {
    memory.setInt32(values, value)
    return call('__syscall_fcntl64', 0, command, values)
  }
  expect([control(1, 0), control(2, 0), control(1, 0), control(3, 0)]).toEqual([1, 0, 0, READ_WRITE | APPEND])
  expect([control(4, NON_BLOCKING), control(3, 0), control(0, 7), control(1030, 7)]).toEqual([0, READ_WRITE | NON_BLOCKING, 7, 8])
  expect([call('__syscall_fcntl64', 8, 1, values), control(13, 0), control(14, 0)]).toEqual([1, 0, 0])
  expect([
    failure('__syscall_fcntl64', 0, 99, values),
    failure('__syscall_fcntl64', 0, 0, -4),
    failure('__syscall_fcntl64', 9, 1, values),
    control(0, -1),
    control(0, 256),
  ]).toEqual(['EINVAL', 'EFAULT', 'EBADF', -28, -28])
})

test('a lock is free: nobody else is there', () => {
  const { call, memory, room, open } = standIn()
  open('file', CREATE | READ_WRITE)
  const [values, lock] = [room(4), room(32)]
  memory.setInt32(values, lock)
  memory.setInt16(lock, 1)
  expect([call('__syscall_fcntl64', 0, 12, values), memory.int16(lock)]).toEqual([0, 2])
})

test('ioctl sets flags of descriptors, and knows no terminal', () => {
  const { call, failure, memory, room, open, context } = standIn()
  open('file', CREATE | READ_WRITE)
  const [values, value] = [room(4), room(4)]
  memory.setInt32(values, value)
  memory.setInt32(value, 1)
  const { descriptors } = context.fileSystem.guest
  expect([call('__syscall_ioctl', 0, 0x5451, 0), descriptors.closesOnExec(0)]).toEqual([0, true])
  expect([call('__syscall_ioctl', 0, 0x5450, 0), descriptors.closesOnExec(0)]).toEqual([0, false])
  expect([call('__syscall_ioctl', 0, 0x5421, values), descriptors.get(0).statusFlags]).toEqual([0, NON_BLOCKING])
  memory.setInt32(value, 0)
  expect([call('__syscall_ioctl', 0, 0x5421, values), descriptors.get(0).statusFlags]).toEqual([0, 0])
  expect([
    failure('__syscall_ioctl', 0, 0x5413, values),
    failure('__syscall_ioctl', 4, 0x5413, 0),
    failure('__syscall_ioctl', 0, 0x5421, -1),
  ]).toEqual(['ENOTTY', 'EBADF', 'EFAULT'])
})

test('the type of a descriptor is never that of a terminal', () => {
  const { call, failure, memory, room, open, files } = standIn()
  files.setDevice(0, {})
  open('/dev/null', 0)
  open('file', CREATE | READ_WRITE)
  open('.', 0)
  const target = room(24)
  const types = [0, 1, 2, 3].map((descriptor) => [call('fd_fdstat_get', descriptor, target), memory.uint8(target)])
  expect(types).toEqual([
    [0, 0],
    [0, 0],
    [0, 4],
    [0, 3],
  ])
  expect([failure('fd_fdstat_get', 0, STAND_IN_END - 23), failure('fd_fdstat_get', 9, target)]).toEqual(['EFAULT', 'EBADF'])
})
