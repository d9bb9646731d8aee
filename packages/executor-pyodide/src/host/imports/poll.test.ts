import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn } from '../../../test/host/stand-in.ts'
import type { Device } from '../file-system/device.ts'
import { CREATE, READ_WRITE } from '../file-system/open.ts'

const READABLE = 1
const WRITABLE = 4

test('polling nothing is sleeping, in pieces of at most 20 ms', () => {
  const waits: number[] = []
  const guest = standIn()
  const { options } = guest.context
  const wait = options.wait
  Object.assign(options, {
    wait: (ms: number) => {
      waits.push(ms)
      wait(ms)
    },
  })
  expect([guest.call('__syscall_poll', 0, 0, 50), waits, guest.waited()]).toEqual([0, [20, 20, 10], 50])
  expect([guest.call('__syscall_poll', 0, 0, 0), guest.waited()]).toEqual([0, 50])
})

test('a signal that is due ends a wait without end, and is what the interpreter hears next', () => {
  let asked = 0
  const guest = standIn({
    host: {
      dueSignal: () => {
        asked += 1
        return asked > 10 ? 2 : 0
      },
    },
  })
  expect(guest.failure('__syscall_poll', 0, 0, -1)).toBe('EINTR')
  expect([guest.waited(), guest.call('_Py_CheckEmscriptenSignals_Helper'), guest.call('_Py_CheckEmscriptenSignals_Helper')]).toEqual([
    200, 2, 0,
  ])
})

test('files are always ready, what is not open is told apart, and a negative number is passed over', () => {
  const guest = standIn()
  guest.open('file', CREATE | READ_WRITE)
  expect(poll(guest, 0, [0, READABLE | WRITABLE], [9, READABLE], [-1, READABLE])).toEqual([2, READABLE | WRITABLE, 0x20, 0])
})

test('a pipe is ready when there is something in it, and hung up when nobody writes', () => {
  const guest = standIn()
  guest.call('__syscall_pipe', guest.room(8))
  expect(poll(guest, 0, [0, READABLE], [1, WRITABLE])).toEqual([1, 0, WRITABLE])
  const list = guest.room(8)
  guest.memory.setInt32(list, guest.text('abc'))
  guest.memory.setInt32(list + 4, 3)
  guest.call('fd_write', 1, list, 1, guest.room(4))
  expect(poll(guest, 0, [0, READABLE])).toEqual([1, READABLE])
  guest.call('fd_close', 1)
  expect(poll(guest, 0, [0, READABLE])).toEqual([1, READABLE | 0x10])
})

test('a device that is wanted is waited for in one go, until it has something or a signal is due', () => {
  const asked: number[] = []
  const device: Device = {
    read: () => 0,
    waitReadable: (ms) => {
      asked.push(ms)
      return asked.length > 5
    },
  }
  const guest = standIn()
  guest.files.setDevice(3, device)
  expect(poll(guest, 500, [3, READABLE])).toEqual([1, READABLE])
  expect(asked).toEqual([0, 500, 0, 500, 0, 500, 0])
  expect(guest.waited()).toBe(0)
})

test('lists that do not lie in the memory, or are too long, fail', () => {
  const { failure, room } = standIn()
  expect([
    failure('__syscall_poll', STAND_IN_END - 4, 1, 0),
    failure('__syscall_poll', -1, 1, 0),
    failure('__syscall_poll', 0, 1, 0),
    failure('__syscall_poll', room(8), -1, 0),
    failure('__syscall_poll', room(8), 1_025, 0),
  ]).toEqual(['EFAULT', 'EFAULT', 'EFAULT', 'EINVAL', 'EINVAL'])
})

/** How many are ready, and what each is ready for. */
function poll({ call, memory, room }: StandIn, timeout: number, ...places: readonly [number, number][]): number[] {
  const list = room(places.length * 8)
  for (const [index, [descriptor, events]] of places.entries()) {
    memory.setInt32(list + index * 8, descriptor)
    memory.setInt16(list + index * 8 + 4, events)
  }
  const ready = Number(call('__syscall_poll', list, places.length, timeout))
  return [ready, ...places.map((_, index) => memory.int16(list + index * 8 + 6))]
}
