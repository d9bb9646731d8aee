import { expect, test } from 'vitest'
import { codeOf } from '../../../test/host/stand-in.ts'
import { ForeignContent, StoredContent } from './content.ts'
import { Quota } from './quota.ts'

const LIMITS = { maxBytes: 1_000_000, maxFiles: 1, maxDescriptors: 1 }

test('what is written in pieces of any size is read in pieces of any other', () => {
  const whole = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7_919) % 251)
  for (const size of [1_000, 65_536, 65_537, 199_999]) {
    const content = new StoredContent(new Quota(LIMITS))
    for (let place = 0; place < whole.length; place += size) content.write(whole.subarray(place, place + size), place)
    expect(content.size).toBe(200_000)
    expect(read(content, 0, 300_000)).toEqual(whole)
    expect(read(content, 65_530, 12)).toEqual(whole.subarray(65_530, 65_542))
  }
})

test('what was never written is zero, also over what lay in the target', () => {
  const content = new StoredContent(new Quota(LIMITS))
  content.write(Uint8Array.of(1), 150_000)
  const target = new Uint8Array(10).fill(9)
  expect([content.read(target, 149_995), [...target]]).toEqual([6, [0, 0, 0, 0, 0, 1, 9, 9, 9, 9]])
  expect([content.read(target, 70_000), [...target]]).toEqual([10, Array(10).fill(0)])
  expect([content.read(target, 150_001), content.read(target, 2 ** 53)]).toEqual([0, 0])
})

test('what was cut off does not come back', () => {
  const content = new StoredContent(new Quota(LIMITS))
  content.write(new Uint8Array(140_000).fill(5), 0)
  for (const size of [65_537, 65_536, 3]) {
    content.resize(size)
    content.resize(140_000)
    expect(read(content, 0, 140_000)).toEqual(Uint8Array.from({ length: 140_000 }, (_, index) => (index < size ? 5 : 0)))
  }
})

test('bytes count by the size of the file, and are given back', () => {
  const quota = new Quota(LIMITS)
  const content = new StoredContent(quota)
  content.write(Uint8Array.of(1), 999_999)
  expect(quota.usedBytes).toBe(1_000_000)
  expect([codeOf(() => content.write(Uint8Array.of(1), 1_000_000)), codeOf(() => content.resize(1_000_001))]).toEqual(['EFBIG', 'EFBIG'])
  const other = new StoredContent(quota)
  expect([codeOf(() => other.write(Uint8Array.of(1), 0)), other.size]).toEqual(['ENOSPC', 0])
  content.resize(999_999)
  other.write(Uint8Array.of(7), 0)
  expect([quota.usedBytes, read(other, 0, 9), content.size]).toEqual([1_000_000, Uint8Array.of(7), 999_999])
})

test('nothing that is written at the end leaves the file as long as it was', () => {
  const content = new StoredContent(new Quota(LIMITS))
  content.write(new Uint8Array(), 500)
  expect(content.size).toBe(0)
})

test('bytes that lie elsewhere are fetched when they are read, and never written', () => {
  const asked: unknown[] = []
  const content = new ForeignContent({
    size: 10,
    read: (target, position) => {
      asked.push([target.length, position])
      target.fill(position)
    },
  })
  expect([read(content, 8, 5), read(content, 10, 5), read(content, 99, 5)]).toEqual([
    Uint8Array.of(8, 8),
    new Uint8Array(),
    new Uint8Array(),
  ])
  expect(asked).toEqual([[2, 8]])
  expect([codeOf(() => content.write()), codeOf(() => content.resize())]).toEqual(['EROFS', 'EROFS'])
})

function read(content: StoredContent | ForeignContent, position: number, size: number): Uint8Array {
  const target = new Uint8Array(size)
  return target.subarray(0, content.read(target, position))
}
