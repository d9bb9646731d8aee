import { expect, test } from 'vitest'
import { patienceFor } from './patience.ts'

const lost = (silences: number) => patienceFor({ isFirst: false, isStable: false, isAwaited: true, silences })

test('waits for a kernel that starts, and asks a quiet line each five seconds', () => {
  const quiet = { isStable: true, isAwaited: false, silences: 0 }
  expect(patienceFor({ ...quiet, isFirst: true })).toEqual({ handshakeMs: 75_000, pingMs: 5_000, silenceMs: 10_000 })
  expect(patienceFor({ ...quiet, isFirst: false })).toEqual({ handshakeMs: 8_000, pingMs: 5_000, silenceMs: 10_000 })
})

test('finds a dead line soon enough for two of them within the deadline of a program', () => {
  const { silenceMs, handshakeMs, pingMs } = patienceFor({ isFirst: false, isStable: true, isAwaited: true, silences: 0 })
  expect({ silenceMs, handshakeMs, pingMs }).toEqual({ silenceMs: 6_000, handshakeMs: 8_000, pingMs: 2_000 })
  expect(2 * (silenceMs + handshakeMs)).toBeLessThan(30_000)
})

test('watches a line that broke closely, and becomes more patient with each silence', () => {
  expect(lost(0)).toEqual({ handshakeMs: 1_500, pingMs: 400, silenceMs: 1_200 })
  expect(lost(1).silenceMs).toBeGreaterThan(lost(0).silenceMs)
  expect(lost(20)).toEqual({ handshakeMs: 8_000, pingMs: 10_000 / 3, silenceMs: 10_000 })
})
