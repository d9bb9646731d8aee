import { describe, expect, it } from 'vitest'
import { retryAfterOf, retryInfoOf } from './retry-after.ts'

describe('retryInfoOf', () => {
  it.each([
    ['34s', 34_000],
    ['34.4s', 34_400],
    ['34.074824224s', 34_075],
    ['0s', 0],
    ['34', undefined],
    ['-1s', undefined],
    [34, undefined],
  ])('reads the duration %j', (retryDelay, expected) => {
    expect(retryInfoOf([{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure' }, { retryDelay }])).toBe(expected)
  })
})

describe('retryAfterOf', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')

  it.each([
    [null, undefined],
    ['7', 7_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-7', undefined],
  ])('reads the header %j', (header, expected) => {
    expect(retryAfterOf(header, now)).toBe(expected)
  })
})
