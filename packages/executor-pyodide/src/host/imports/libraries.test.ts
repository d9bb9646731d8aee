import { expect, test } from 'vitest'
import { STAND_IN_END, type StandIn, standIn } from '../../../test/host/stand-in.ts'
import { assemble, op } from '../../../test/libraries/assembler.ts'

const LIBRARY = assemble({
  dylink: { memory: [32, 0] },
  functions: [{ name: 'five', body: op.constant(5) }],
  addresses: { place: 8 },
})

/** A handle as libc makes it: the name of the file, and the file, which it has read. */
function handleFor({ room, memory, text }: StandIn, path: string, flags = 0): number {
  const bytes = new TextEncoder().encode(`${path}\0`)
  const handle = room(36 + bytes.length)
  memory.slice(handle, 36).fill(0)
  memory.slice(handle + 36, bytes.length).set(bytes)
  memory.setInt32(handle + 4, flags)
  memory.setInt32(handle + 28, text('the file'))
  memory.setInt32(handle + 32, 8)
  return handle
}

/** What `dlerror` gives, and what was given back to the allocator. */
function observed({ context, memory }: StandIn): { readonly told: string[]; readonly freed: number[] } {
  const told: string[] = []
  const freed: number[] = []
  Object.assign(context.exports, {
    __dl_seterr: (text: number) => told.push(new TextDecoder().decode(memory.zeroTerminated(text, 200))),
    free: (pointer: number) => freed.push(pointer),
  })
  return { told, freed }
}

function withLibrary(isLibraryAllowed: () => boolean): StandIn {
  const made = standIn({ host: { isLibraryAllowed } })
  made.files.mountFile('/site/one.so', {
    size: LIBRARY.length,
    read: (target, start) => target.set(LIBRARY.subarray(start, start + target.length)),
  })
  return made
}

test('a library that may be loaded is, libc learns where it lies, and its copy of the file is given back', () => {
  const made = withLibrary(() => true)
  const { call, memory, text, context } = made
  const { freed } = observed(made)
  const handle = handleFor(made, '/site/one.so')
  const copy = memory.int32(handle + 28)
  expect([call('_dlopen_js', handle), freed]).toEqual([1, [copy]])
  const [hasMemory, base, size, , , file, fileSize] = [8, 12, 16, 20, 24, 28, 32].map((member) => memory.int32(handle + member))
  expect([hasMemory, size, file, fileSize]).toEqual([1, 32, 0, 0])
  expect(call('_dlsym_js', handle, text('place'), 0)).toBe((base ?? 0) + 8)
  const slot = Number(call('_dlsym_js', handle, text('five'), 0))
  expect((context.exports.__indirect_function_table.get(slot) as () => number)()).toBe(5)
})

test('a library that may not be loaded is not, and why is told', () => {
  const made = withLibrary(() => false)
  const { told } = observed(made)
  expect([made.call('_dlopen_js', handleFor(made, '/site/one.so')), made.call('_dlopen_js', handleFor(made, '/site/gone.so'))]).toEqual([
    0, 0,
  ])
  expect(told).toEqual(['/site/one.so belongs to no package that was checked: only those are loaded', 'there is no file /site/gone.so'])
})

test('a file that a program wrote may not be loaded, whatever is in it', () => {
  const made = standIn()
  const { told } = observed(made)
  const writer = made.files.createFile()
  writer.write(LIBRARY)
  writer.place('/tmp/one.so')
  expect(made.call('_dlopen_js', handleFor(made, '/tmp/one.so'))).toBe(0)
  expect(told).toEqual(['/tmp/one.so belongs to no package that was checked: only those are loaded'])
})

test('a symbol is found by a handle and a name that are there, and what is not is told', () => {
  const made = withLibrary(() => true)
  const { call, text } = made
  const { told } = observed(made)
  const handle = handleFor(made, '/site/one.so')
  call('_dlopen_js', handle)
  expect([call('_dlsym_js', handle, text('six'), 0), call('_dlsym_js', 8, text('five'), 0), call('_dlsym_js', handle, -1, 0)]).toEqual([
    0, 0, 0,
  ])
  expect(told).toEqual(['there is no symbol six', 'there is no symbol five', 'EFAULT'])
})

test.each([-1, 0, STAND_IN_END - 3])('a handle at %d is none', (handle) => {
  const made = withLibrary(() => true)
  const { told } = observed(made)
  expect([made.call('_dlopen_js', handle), told.length]).toEqual([0, 1])
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
