import { expect, test } from 'vitest'
import { STAND_IN_END, standIn } from '../../../test/host/stand-in.ts'

const PAGE = 65_536

test('the heap grows by a fifth, or by what is wanted', () => {
  const { call, context } = standIn({ host: { maxMemoryBytes: 12 * PAGE } })
  const size = (): number => context.exports.memory.buffer.byteLength
  expect([call('emscripten_resize_heap', STAND_IN_END + 1), size()]).toEqual([1, 5 * PAGE])
  expect([call('emscripten_resize_heap', 7 * PAGE + 1), size()]).toEqual([1, 8 * PAGE])
  expect([call('emscripten_resize_heap', 8 * PAGE + 1), size()]).toEqual([1, 10 * PAGE])
  expect([call('emscripten_resize_heap', 1), size(), context.state.isOutOfMemory]).toEqual([1, 10 * PAGE, false])
})

test('the heap ends at the page at which it has to, and what is refused is remembered', () => {
  const { call, context } = standIn({ host: { maxMemoryBytes: 6 * PAGE + 5 } })
  const size = (): number => context.exports.memory.buffer.byteLength
  expect(call('emscripten_get_heap_max')).toBe(6 * PAGE)
  expect([call('emscripten_resize_heap', 6 * PAGE + 1), size(), context.state.isOutOfMemory]).toEqual([0, STAND_IN_END, true])
  context.state.isOutOfMemory = false
  expect([call('emscripten_resize_heap', 6 * PAGE), size(), context.state.isOutOfMemory]).toEqual([1, 6 * PAGE, false])
  expect([call('emscripten_resize_heap', -1), call('emscripten_resize_heap', -(2 ** 31)), context.state.isOutOfMemory]).toEqual([
    0,
    0,
    true,
  ])
})

test('an engine that has no more memory is a refusal', () => {
  // The stand-in's own maximum is 16 pages.
  const { call, context } = standIn({ host: { maxMemoryBytes: 2 ** 32 } })
  expect([call('emscripten_resize_heap', 17 * PAGE), context.state.isOutOfMemory]).toEqual([0, true])
})
