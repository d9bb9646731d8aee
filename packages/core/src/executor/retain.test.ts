import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retain } from './retain.ts'

describe('retain', () => {
  test('keeps a text whole that is as long as it may be', () => {
    expect(retained(10, ['12345', '', '67890'])).toEqual({ text: '1234567890', droppedBytes: 0 })
  })

  test('keeps half from the head and half from the tail of a longer one', () => {
    expect(retained(6, ['abcdefghijk'])).toEqual({ text: 'abcijk', droppedBytes: 5 })
    expect(retained(6, Array.from('abcdefghijk'))).toEqual({ text: 'abcijk', droppedBytes: 5 })
    expect(retained(5, ['abcdefghijk'])).toEqual({ text: 'abcjk', droppedBytes: 6 })
  })

  test('cuts between characters and gives the tail what did not fit into the head', () => {
    expect(retained(8, ['a😀b😀c'])).toEqual({ text: 'ab😀c', droppedBytes: 4 })
    expect(retained(9, ['😀😀😀😀'])).toEqual({ text: '😀😀', droppedBytes: 8 })
  })

  test('keeps nothing where nothing may be kept', () => {
    expect(retained(0, ['abc', 'ä'])).toEqual({ text: '', droppedBytes: 5 })
  })

  test('keeps a byte order mark as the character that it is', () => {
    expect(retained(7, ['abc', 'xyz\uFEFFd'])).toEqual({ text: 'abcxd', droppedBytes: 5 })
    expect(retained(8, ['abc', 'xyz\uFEFFd'])).toEqual({ text: 'abcx\uFEFFd', droppedBytes: 2 })
  })

  test('counts bytes while it takes the text', () => {
    const retainer = retain(2)
    retainer.add('ä')
    retainer.add('€😀')
    expect(retainer.bytes).toBe(9)
  })

  test('keeps a beginning and an end, and counts every byte between, of any text in any pieces', () => {
    const pieces = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(9_000))), { maxLength: 30 })
    fc.assert(
      fc.property(fc.nat(12_000), pieces, (limit, texts) => {
        const all = texts.join('')
        const { text, droppedBytes } = retained(limit, texts)
        expect(bytes(text) + droppedBytes).toBe(bytes(all))
        expect(bytes(text)).toBeLessThanOrEqual(limit)
        if (bytes(all) <= limit) expect(text).toBe(all)
        // Three bytes are lost at most, where a character of four did not fit.
        else expect(bytes(text)).toBeGreaterThanOrEqual(limit - 3)
        expect(isHeadAndTail(text, all)).toBe(true)
      }),
    )
  })

  test('takes a million short pieces in bounded memory', () => {
    const retainer = retain(1_000)
    for (let number = 0; number < 1_000_000; number += 1) retainer.add('0123456789'.charAt(number % 10))
    expect(retainer.retained()).toEqual({ text: '0123456789'.repeat(100), droppedBytes: 999_000 })
  })
})

function retained(limit: number, pieces: readonly string[]) {
  const retainer = retain(limit)
  for (const piece of pieces) retainer.add(piece)
  return retainer.retained()
}

function isHeadAndTail(text: string, all: string): boolean {
  let head = 0
  while (head < text.length && text[head] === all[head]) head += 1
  let tail = 0
  while (tail < text.length && text.at(-1 - tail) === all.at(-1 - tail)) tail += 1
  return head + tail >= text.length
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
