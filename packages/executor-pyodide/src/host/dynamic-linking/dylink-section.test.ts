import { expect, test } from 'vitest'
import { assemble } from '../../../test/libraries/assembler.ts'
import { readDylinkSection } from './dylink-section.ts'
import { LibraryError } from './library-error.ts'

const LIBRARY = assemble({
  dylink: { memory: [300, 5], table: [2, 1], needed: ['libone.so', 'libtwo.so'], weak: ['maybe'], runtimePaths: ['$ORIGIN/libs'] },
})

test('a library says how much room it needs, what has to be there before, and what may be missing', () => {
  expect(readDylinkSection(LIBRARY)).toEqual({
    memorySize: 300,
    memoryAlignment: 32,
    tableSize: 2,
    tableAlignment: 2,
    needed: ['libone.so', 'libtwo.so'],
    weak: new Set(['maybe']),
    runtimePaths: ['$ORIGIN/libs'],
  })
})

test.each([
  ['a module without the section', assemble({})],
  ['a text', new TextEncoder().encode('#!/bin/sh')],
  ['nothing', new Uint8Array()],
])('%s is no library', (_what, bytes) => {
  expect(() => readDylinkSection(bytes)).toThrow(new LibraryError('it is no WebAssembly library'))
})

test('a section that is cut off or changed is read or refused, never anything else', () => {
  const attempt = (bytes: Uint8Array) => {
    try {
      readDylinkSection(bytes)
      return 'read'
    } catch (error) {
      if (error instanceof LibraryError) return 'refused'
      throw error
    }
  }
  const end = LIBRARY.length - 20
  expect(new Set(Array.from(LIBRARY.subarray(0, end), (_, length) => attempt(LIBRARY.subarray(0, length))))).toContain('refused')
  const changed = Array.from(LIBRARY, (byte, index) => [0x00, 0x7f, 0x80, 0xff].map((other) => attempt(LIBRARY.with(index, byte ^ other))))
  expect(new Set(changed.flat())).toEqual(new Set(['read', 'refused']))
})
