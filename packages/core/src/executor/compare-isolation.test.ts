import { describe, expect, test } from 'vitest'
import type { Capabilities, Isolation } from '../executor.ts'
import { weakerIn, weakest } from './compare-isolation.ts'

// The orders of design.md 12, written out again.
const isolations: readonly (readonly Isolation[])[] = [['none', 'unknown'], ['thread'], ['process'], ['sandbox'], ['container'], ['vm']]
const networks: readonly (readonly Capabilities['network'][])[] = [['none'], ['allowlist'], ['open', 'unknown']]

const pairs = <Value>(levels: readonly (readonly Value[])[]) =>
  levels.flatMap((firsts, first) =>
    firsts.flatMap((one) => levels.flatMap((seconds, second) => seconds.map((other) => ({ one, other, rise: second - first })))),
  )

describe('a second place', () => {
  test.each(pairs(isolations))('with isolation $other after $one', ({ one, other, rise }) => {
    const fault = rise < 0 ? `its isolation is ${other}, that of the first ${one}` : undefined
    expect(weakerIn({ isolation: other, network: 'none' }, { isolation: one, network: 'none' })).toBe(fault)
    const expected = rise < 0 ? other : one
    expect(weakest({ isolation: one, network: 'none' }, { isolation: other, network: 'none' }).isolation).toBe(expected)
  })

  test.each(pairs(networks))('with network $other after $one', ({ one, other, rise }) => {
    const fault = rise > 0 ? `its network is ${other}, that of the first ${one}` : undefined
    expect(weakerIn({ isolation: 'vm', network: other }, { isolation: 'vm', network: one })).toBe(fault)
    expect(weakest({ isolation: 'vm', network: one }, { isolation: 'vm', network: other }).network).toBe(rise > 0 ? other : one)
  })

  test('that is weaker in both ways says both', () => {
    expect(weakerIn({ isolation: 'none', network: 'open' }, { isolation: 'vm', network: 'none' })).toBe(
      'its isolation is none, that of the first vm; its network is open, that of the first none',
    )
  })
})
