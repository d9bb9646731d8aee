import { expect, test } from 'vitest'
import { STAND_IN_END, standIn } from '../../../test/host/stand-in.ts'

test('the environment is what the host was given, and nothing of its own', () => {
  const { call, memory, room } = standIn({ host: { environment: { A: 'é', NAME: '' } } })
  const [places, target] = [room(8), room(32)]
  call('environ_sizes_get', places, places + 4)
  expect([memory.int32(places), memory.int32(places + 4)]).toEqual([2, 11])
  expect(call('environ_get', places, target)).toBe(0)
  const text = (pointer: number): string => new TextDecoder().decode(memory.zeroTerminated(pointer, 100))
  expect([text(memory.uint32(places)), text(memory.uint32(places + 4))]).toEqual(['A=é', 'NAME='])
})

test('an environment without entries has nowhere to be written', () => {
  const { call } = standIn({ host: { environment: {} } })
  expect(call('environ_get', -1, -1)).toBe(0)
})

test('an environment that has no room fails', () => {
  const { failure, room } = standIn()
  expect([
    failure('environ_get', STAND_IN_END - 2, room(64)),
    failure('environ_get', room(64), STAND_IN_END - 2),
    failure('environ_get', -1, -1),
    failure('environ_sizes_get', -1, room(4)),
    failure('environ_sizes_get', room(4), 0),
  ]).toEqual(Array(5).fill('EFAULT'))
})

test('random bytes come from the host, and go where there is room', () => {
  const { call, failure, memory, room } = standIn()
  const target = room(8)
  expect([call('random_get', target, 3), [...memory.slice(target, 4)], call('random_get', 0, 0)]).toEqual([0, [7, 7, 7, 0], 0])
  expect([failure('random_get', target, -1), failure('random_get', STAND_IN_END - 1, 2), failure('random_get', 0, 1)]).toEqual([
    'EFAULT',
    'EFAULT',
    'EFAULT',
  ])
})

test('the name of the program is written where there is room for all of it', () => {
  const { call, memory, room } = standIn()
  const target = room(16)
  for (const [pointer, size] of [
    [target, 6],
    [target, 0],
    [-1, 16],
    [STAND_IN_END - 3, 16],
  ] as const)
    call('_emscripten_get_progname', pointer, size)
  expect(memory.uint8(target)).toBe(0)
  call('_emscripten_get_progname', target, -1)
  expect(new TextDecoder().decode(memory.zeroTerminated(target, 16))).toBe('python')
})

test('the user is always the same, the mask is the program’s own, and there is no shell', () => {
  const { call } = standIn()
  expect(call('__syscall_getuid32_js')).toBe(1_000)
  expect([call('__syscall_umask_js', 0o77), call('__syscall_umask_js', -1), call('__syscall_umask_js', 0)]).toEqual([0o22, 0o77, 0o777])
  expect([call('_emscripten_system', 0), call('_emscripten_system', -1)]).toEqual([0, -1])
})
