import { describe, expect, it } from 'vitest'
import { joined } from '../joined.ts'
import { ImageError } from './image-error.ts'
import { strip, withFirstExports } from './strip.ts'
import { encodedNumber, readSections, writeSections } from './wasm-sections.ts'

const text = (value: string) => joined([encodedNumber(value.length), new TextEncoder().encode(value)])
const exported = (name: string, index: number) => joined([text(name), Uint8Array.of(0, index)])

/** Three functions that return 0, 1 and 2, a memory with a byte of data, and a name for debuggers. */
const MODULE = writeSections([
  { id: 0, body: joined([text('name'), Uint8Array.of(0, 2, 1, 0x78)]) },
  { id: 1, body: Uint8Array.of(1, 0x60, 0, 1, 0x7f) },
  { id: 3, body: Uint8Array.of(3, 0, 0, 0) },
  { id: 5, body: Uint8Array.of(1, 1, 1, 0x80, 0x80, 0x04) },
  {
    id: 7,
    body: joined([encodedNumber(4), exported('zero', 0), exported('one', 1), exported('two', 2), text('memory'), Uint8Array.of(2, 0)]),
  },
  { id: 12, body: Uint8Array.of(1) },
  { id: 10, body: joined([encodedNumber(3), ...[0, 1, 2].map((value) => Uint8Array.of(4, 0, 0x41, value, 0x0b))]) },
  { id: 11, body: Uint8Array.of(1, 0, 0x41, 0, 0x0b, 1, 0x2a) },
])

const instance = (module: Uint8Array<ArrayBuffer>) => new WebAssembly.Instance(new WebAssembly.Module(module)).exports
const firstByte = (exports: WebAssembly.Instance['exports']) => new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer)[0]

describe('a stripped module', () => {
  it('works, without data and with the exports that were named', () => {
    const whole = instance(MODULE)
    expect([Object.keys(whole), firstByte(whole)]).toEqual([['zero', 'one', 'two', 'memory'], 42])
    const stripped = instance(strip(MODULE, new Set(['memory', 'two'])))
    expect([Object.keys(stripped), firstByte(stripped)]).toEqual([['memory', 'two'], 0])
    expect((stripped['two'] as () => number)()).toBe(2)
  })

  it('can be cut down to the exports that come first', () => {
    const stripped = strip(MODULE, new Set(['two', 'memory', 'one', 'zero']))
    expect([Object.keys(instance(stripped)), Object.keys(instance(withFirstExports(stripped, 2)))]).toEqual([
      ['two', 'memory', 'one', 'zero'],
      ['two', 'memory'],
    ])
    expect(() => withFirstExports(stripped, 5)).toThrow(new ImageError('the WebAssembly module has fewer than 5 exports'))
  })

  it('keeps its memory section as it was', () => {
    const memoryOf = (module: Uint8Array) => readSections(module).find(({ id }) => id === 5)?.body
    expect(memoryOf(strip(MODULE, new Set(['two'])))).toEqual(memoryOf(MODULE))
  })

  it('is refused where an export is missing, which is named', () => {
    expect(() => strip(MODULE, new Set(['two', 'three', 'four']))).toThrow(
      new ImageError('the WebAssembly module does not export three, four'),
    )
  })

  it('is refused where the module exports nothing', () => {
    expect(() => strip(writeSections([{ id: 5, body: Uint8Array.of(1, 0, 1) }]), new Set())).toThrow(ImageError)
  })

  it('is refused where there is more than the exports', () => {
    const body = joined([encodedNumber(1), exported('zero', 0), Uint8Array.of(0)])
    expect(() => strip(writeSections([{ id: 7, body }]), new Set(['zero']))).toThrow('followed by something else')
  })

  it('is one that V8 takes, or is refused with an `ImageError`, wherever the module was cut off or changed', () => {
    const exports = new Set(['memory', 'two'])
    const attempt = (module: Uint8Array) => {
      try {
        return WebAssembly.validate(strip(module, exports)) ? 'taken' : 'invalid'
      } catch (error) {
        if (error instanceof ImageError) return 'refused'
        throw error
      }
    }
    const ends = Array.from(MODULE, (_, length) => attempt(MODULE.slice(0, length)))
    const changes = Array.from(MODULE, (byte, index) =>
      [0x00, 0x7f, 0x80, 0xff].map((other) => attempt(MODULE.with(index, byte ^ other || other))),
    ).flat()
    expect(new Set(ends).has('refused') && new Set(changes).has('refused')).toBe(true)
    expect(attempt(MODULE)).toBe('taken')
  })
})
