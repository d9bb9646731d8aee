import { expect, test } from 'vitest'
import { joined } from './joined.ts'

test('pieces are joined in order, in bytes of their own', () => {
  const piece = Buffer.from([1])
  const whole = joined([piece, new Uint8Array(0), Uint8Array.of(2, 3)])
  piece[0] = 9
  expect([whole, whole.constructor]).toEqual([Uint8Array.of(1, 2, 3), Uint8Array])
})
