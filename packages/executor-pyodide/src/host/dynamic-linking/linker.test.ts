import { describe, expect, test } from 'vitest'
import { assemble, type LibraryText, op } from '../../../test/libraries/assembler.ts'
import { GuestAbort } from '../faults.ts'
import type { Library } from './library.ts'
import { LibraryError } from './library-error.ts'
import { createLinker, type Linker } from './linker.ts'

const FOLDER = '/site/one'

/** The interpreter's part: `seven` and `answer`, which is in its table already, a place in memory, and room for libraries. */
interface Bench {
  readonly linker: Linker
  readonly table: WebAssembly.Table
  readonly memory: WebAssembly.Memory
  readonly allocated: (readonly [alignment: number, bytes: number])[]
  load(name: string, isGlobal?: boolean): Library
  call(library: Library, name: string): unknown
}

const INTERPRETER = new WebAssembly.Instance(
  new WebAssembly.Module(
    assemble({
      functions: [
        { name: 'seven', body: op.constant(7) },
        { name: 'answer', body: op.constant(42) },
      ],
      addresses: { place: 640 },
    }),
  ),
).exports

function bench(libraries: Readonly<Record<string, LibraryText>>, isAllowed: (bytes: Uint8Array) => boolean = () => true): Bench {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 3 })
  table.set(2, INTERPRETER['answer'])
  const allocated: (readonly [number, number])[] = []
  let next = 1_024
  const linker = createLinker({
    exports: INTERPRETER,
    memory,
    table,
    allocate(alignment, bytes) {
      allocated.push([alignment, bytes])
      const place = Math.ceil(next / alignment) * alignment
      next = place + bytes
      return next > 65_536 ? 0 : place
    },
    hostFunctions: new Map([['now', () => 99]]),
    readFile(path) {
      const text = libraries[path.startsWith(`${FOLDER}/`) ? path.slice(FOLDER.length + 1) : path]
      return text && assemble(text)
    },
    isAllowed,
  })
  return {
    linker,
    table,
    memory,
    allocated,
    load: (name, isGlobal = false) => linker.load(`${FOLDER}/${name}`, isGlobal),
    call: (library, name) => (library.exports[name] as () => unknown)(),
  }
}

const library = (text: LibraryText): LibraryText => ({ ...text, dylink: text.dylink ?? {} })
const gives = (name: string, value: number) => ({ name, body: op.constant(value) })

describe('a library', () => {
  test('calls the interpreter, the host, and itself', () => {
    const { load, call } = bench({
      'one.so': library({
        imports: [
          ['env', 'seven', 'function'],
          ['env', 'now', 'function'],
          ['env', 'own', 'function'],
        ],
        functions: [gives('own', 5), { name: 'sum', body: [...op.call(0), ...op.call(1), ...op.add, ...op.call(2), ...op.add] }],
      }),
    })
    expect(call(load('one.so'), 'sum')).toBe(7 + 99 + 5)
  })

  test('gets memory of its own, aligned to 16 bytes at least and zero, and starts with its relocations and constructors', () => {
    const { load, allocated, memory } = bench({
      'small.so': library({ dylink: { memory: [10, 0] } }),
      'large.so': library({
        dylink: { memory: [8, 6] },
        imports: [
          ['env', 'memory', 'memory'],
          ['env', '__memory_base', 'constant'],
        ],
        functions: [
          {
            name: '__wasm_call_ctors',
            isAction: true,
            body: [...op.global(0), ...op.global(0), ...op.load, ...op.constant(1), ...op.add, ...op.store],
          },
          { name: '__wasm_apply_data_relocs', isAction: true, body: [...op.global(0), ...op.constant(20), ...op.store] },
        ],
      }),
    })
    load('small.so')
    const { memoryBase } = load('large.so')
    expect([allocated, memoryBase % 64]).toEqual([[[16, 10], [64, 8]], 0]) // biome-ignore format: pairs
    expect(new DataView(memory.buffer).getInt32(memoryBase, true)).toBe(21)
  })

  test('is loaded once, whoever asks', () => {
    const { load, allocated } = bench({ 'one.so': library({ dylink: { memory: [4, 0] } }) })
    expect(load('one.so')).toBe(load('one.so', true))
    expect(allocated).toHaveLength(1)
  })

  test('gets slots of the table at its alignment', () => {
    const { load, table, linker } = bench({
      'one.so': library({
        dylink: { table: [2, 3] },
        imports: [
          ['env', '__indirect_function_table', 'table'],
          ['env', '__table_base', 'constant'],
        ],
        functions: [gives('first', 1), gives('second', 2)],
        slots: [0, 1],
      }),
    })
    const one = load('one.so')
    expect([one.tableBase, table.length, linker.addressOf('second', one)]).toEqual([8, 10, 9])
  })
})

describe('an address', () => {
  test('of a function of the interpreter is the slot that it has', () => {
    const { load, call, table } = bench({
      'one.so': library({
        imports: [
          ['env', '__indirect_function_table', 'table'],
          ['GOT.func', 'answer', 'variable'],
        ],
        functions: [
          { name: 'address', body: op.global(0) },
          { name: 'called', body: [...op.global(0), ...op.callAddress] },
        ],
      }),
    })
    const one = load('one.so')
    expect([call(one, 'address'), call(one, 'called'), table.length]).toEqual([2, 42, 3])
  })

  test('of a function without a slot is the same for all who ask', () => {
    const wants = library({ imports: [['GOT.func', 'seven', 'variable']], functions: [{ name: 'address', body: op.global(0) }] })
    const { load, call } = bench({ 'one.so': wants, 'two.so': wants })
    expect([call(load('one.so'), 'address'), call(load('two.so'), 'address')]).toEqual([3, 3])
  })

  test('of data is that of the interpreter, or of the library itself, moved to where it lies', () => {
    const { load, call, linker } = bench({
      'one.so': library({
        dylink: { memory: [64, 0] },
        imports: [
          ['GOT.mem', 'place', 'variable'],
          ['GOT.mem', 'own', 'variable'],
        ],
        functions: [
          { name: 'first', body: op.global(0) },
          { name: 'second', body: op.global(1) },
        ],
        addresses: { own: 12 },
      }),
    })
    const one = load('one.so')
    expect([call(one, 'first'), call(one, 'second'), linker.addressOf('own', one)]).toEqual([640, one.memoryBase + 12, one.memoryBase + 12])
    expect(linker.addressOf('nothing', one)).toBeUndefined()
  })

  test('that may be missing is 0, and another one is an error that names it', () => {
    const text = { imports: [['GOT.mem', 'gone', 'variable']], functions: [{ name: 'address', body: op.global(0) }] } as const
    const { load, call } = bench({ 'weak.so': { ...text, dylink: { weak: ['gone'] } }, 'strong.so': { ...text, dylink: {} } })
    expect(call(load('weak.so'), 'address')).toBe(0)
    expect(() => load('strong.so')).toThrow(new LibraryError('/site/one/strong.so needs gone, which is nowhere'))
  })
})

describe('names', () => {
  const asks = library({ imports: [['env', 'value', 'function']], functions: [{ name: 'asked', body: op.call(0) }] })

  test('of a library are seen by those that need it, not by others', () => {
    const { load, call } = bench({
      'libvalue.so': library({ functions: [gives('value', 3)] }),
      'one.so': { ...asks, dylink: { needed: ['libvalue.so'] } },
      'other.so': asks,
    })
    expect(call(load('one.so'), 'asked')).toBe(3)
    const other = load('other.so')
    expect(() => call(other, 'asked')).toThrow(new GuestAbort('/site/one/other.so calls value, which is nowhere'))
  })

  test('of a library that was loaded for all are seen by later ones, and the first of a name stays', () => {
    const { load, call } = bench({
      'first.so': library({ functions: [gives('value', 3)] }),
      'second.so': library({ functions: [gives('value', 4)] }),
      'one.so': asks,
    })
    load('first.so', true)
    load('second.so', true)
    expect(call(load('one.so'), 'asked')).toBe(3)
  })

  test('that are nowhere when a library is loaded are looked for when they are called', () => {
    const { load, call } = bench({ 'one.so': asks, 'late.so': library({ functions: [gives('value', 8)] }) })
    const one = load('one.so')
    load('late.so', true)
    expect(call(one, 'asked')).toBe(8)
  })

  test('of the interpreter go before all others', () => {
    const { load, call } = bench({
      'one.so': library({
        imports: [['env', 'seven', 'function']],
        functions: [gives('seven', 1), { name: 'asked', body: op.call(0) }],
      }),
    })
    expect(call(load('one.so'), 'asked')).toBe(7)
  })
})

describe('needed libraries', () => {
  test('are found in runtime paths, beside the library, and among the shared ones', () => {
    const { load, call } = bench({
      'libs/libone.so': library({ functions: [gives('one', 1)] }),
      'libtwo.so': library({ functions: [gives('two', 2)] }),
      '/usr/lib/libthree.so': library({ functions: [gives('three', 3)] }),
      'all.so': library({
        dylink: { needed: ['libone.so', 'libtwo.so', 'libthree.so'], runtimePaths: ['$ORIGIN/libs'] },
        imports: [
          ['env', 'one', 'function'],
          ['env', 'two', 'function'],
          ['env', 'three', 'function'],
        ],
        functions: [{ name: 'sum', body: [...op.call(0), ...op.call(1), ...op.add, ...op.call(2), ...op.add] }],
      }),
    })
    expect(call(load('all.so'), 'sum')).toBe(6)
  })

  test('that are not there, or need one another, are told', () => {
    const { load } = bench({
      'one.so': library({ dylink: { needed: ['libgone.so'] } }),
      'two.so': library({ dylink: { needed: ['three.so'] } }),
      'three.so': library({ dylink: { needed: ['two.so'] } }),
    })
    expect(() => load('one.so')).toThrow('/site/one/one.so needs the library libgone.so, which is in none of /site/one, /usr/lib')
    expect(() => load('two.so')).toThrow(new LibraryError('/site/one/two.so needs itself'))
  })
})

describe('refused is', () => {
  test.each<[string, LibraryText, string]>([
    [
      'JavaScript that a library brings as functions',
      { functions: [gives('f', 1)], marks: ['__em_js__alert'] },
      'brings JavaScript (__em_js__alert)',
    ],
    [
      'JavaScript that it brings as statements',
      { functions: [gives('f', 1)], marks: ['__start_em_asm'] },
      'brings JavaScript (__start_em_asm)',
    ],
    [
      'a function of JavaScript',
      { imports: [['env', 'emscripten_asm_const_int', 'function']] },
      'it calls emscripten_asm_const_int, a function of',
    ],
    ['what no library imports', { imports: [['node', 'read', 'function']] }, 'it imports from node, where no library finds anything'],
    [
      'a variable that nobody has',
      { imports: [['env', 'gone', 'variable']] },
      'it imports gone (global), which the interpreter does not have',
    ],
    ['a tag that nobody has', { imports: [['env', '__cpp_exception', 'tag']] }, 'it imports __cpp_exception (tag)'],
    ['a function that takes other values', { imports: [['env', 'seven', 'action']] }, 'it was built for another interpreter'],
    ['a module that is no library', { dylink: undefined }, 'it is no WebAssembly library'],
    ['more memory than there is', { dylink: { memory: [65_536, 0] } }, 'there is no memory for /site/one/one.so'],
  ])('%s, with its name', (_what, text, message) => {
    const { load } = bench({ 'one.so': 'dylink' in text ? text : library(text) })
    expect(() => load('one.so')).toThrow(LibraryError)
    expect(() => load('one.so')).toThrow(message)
    expect(() => load('one.so')).toThrow('/site/one/one.so')
  })

  test('a library of no package, and one that is not there', () => {
    const { load, allocated } = bench({ 'one.so': library({ dylink: { memory: [4, 0] } }) }, () => false)
    expect(() => load('one.so')).toThrow(new LibraryError('/site/one/one.so belongs to no package that was checked: only those are loaded'))
    expect(() => load('gone.so')).toThrow(new LibraryError('there is no file /site/one/gone.so'))
    expect(allocated).toEqual([])
  })

  test('one that needs a library of no package', () => {
    const needs = library({ dylink: { needed: ['libbad.so'] } })
    const wanted = assemble(needs)
    const { load } = bench({ 'one.so': needs, 'libbad.so': library({}) }, (bytes) => Buffer.from(bytes).equals(wanted))
    expect(() => load('one.so')).toThrow('/site/one/libbad.so belongs to no package')
  })
})
