import { expect, test } from 'vitest'
import { STAND_IN_END, standIn } from '../../../test/host/stand-in.ts'

test('no library is loaded and no symbol found, and the reason is told', () => {
  const { call, context, memory } = standIn()
  const told: string[] = []
  Object.assign(context.exports, {
    __dl_seterr: (text: number) => told.push(new TextDecoder().decode(memory.zeroTerminated(text, 100))),
  })
  expect([call('_dlopen_js', -1), call('_dlsym_js', -1, -1, -1)]).toEqual([0, 0])
  expect(told).toEqual(['no library can be loaded', 'no symbol can be looked up'])
})

test('a function for C gets memory and an empty slot, 256 times at most', () => {
  const { call, context, memory, room } = standIn()
  const place = room(4)
  const pointer = Number(call('ffi_closure_alloc_js', 16, place))
  const slot = memory.int32(place)
  expect([slot, memory.int32(pointer), context.exports.__indirect_function_table.get(slot)]).toEqual([3, 3, null])
  for (let count = 1; count < 256; count += 1) expect(call('ffi_closure_alloc_js', 16, place)).not.toBe(0)
  expect([call('ffi_closure_alloc_js', 16, place), context.exports.__indirect_function_table.length]).toEqual([0, 259])
})

test('closures that have no room, or too much, are none', () => {
  const { call, context, room } = standIn()
  const place = room(4)
  expect([
    call('ffi_closure_alloc_js', 16, -1),
    call('ffi_closure_alloc_js', 16, STAND_IN_END - 3),
    call('ffi_closure_alloc_js', 0, place),
    call('ffi_closure_alloc_js', -1, place),
    call('ffi_closure_alloc_js', 4_097, place),
  ]).toEqual([0, 0, 0, 0, 0])
  expect(context.exports.__indirect_function_table.length).toBe(3)
})

test('only what was given is freed, and once', () => {
  const { call, context, room } = standIn()
  const freed: number[] = []
  Object.assign(context.exports, { free: (pointer: number) => freed.push(pointer) })
  const pointer = call('ffi_closure_alloc_js', 16, room(4))
  for (const given of [-1, 0, 8, pointer, pointer]) call('ffi_closure_free_js', given)
  expect([freed, call('ffi_prep_closure_loc_js', -1, -1, -1, -1, -1)]).toEqual([[pointer], 0])
})
