import { describe, expect, test } from 'vitest'
import { sessionUid } from './identity.ts'

const first = (from: number) => from
const last = (_: number, to: number) => to - 1

describe('the uid of a session', () => {
  test('is one that no account has', () => {
    const map = '         0          0 4294967295\n'
    expect([sessionUid(map, first), sessionUid(map, last)]).toEqual([1_879_048_192, 2_147_483_646])
  })

  test('lies within what a container maps', () => {
    const map = '         0     100000      65536\n'
    expect([sessionUid(map, first), sessionUid(map, last)]).toEqual([61_184, 65_519])
  })

  test('is none where root has no other ids', () => {
    expect(sessionUid('         0       1000          1\n')).toBeUndefined()
  })

  test('differs from session to session', () => {
    const uids = Array.from({ length: 50 }, () => sessionUid('0 0 4294967295'))
    expect(new Set(uids).size).toBe(50)
  })
})
