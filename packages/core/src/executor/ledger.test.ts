import { describe, expect, test, vi } from 'vitest'
import { ExecutorError } from '../errors.ts'
import { abortedResult } from './aborted-result.ts'
import { createLedger } from './ledger.ts'

const RESULT = abortedResult(1, 0)

describe('createLedger', () => {
  test('runs a key once, also while it runs', async () => {
    const ledger = createLedger()
    const run = vi.fn(async () => RESULT)
    const results = await Promise.all([ledger.once('key', run), ledger.once('key', run)])
    expect([...results, await ledger.once('key', run)]).toEqual([RESULT, RESULT, RESULT])
    expect(run).toHaveBeenCalledTimes(1)
  })

  test('runs a key again that certainly did not start', async () => {
    const ledger = createLedger()
    const refused = new ExecutorError('overloaded', 'later', { started: 'no' })
    await expect(ledger.once('key', () => Promise.reject(refused))).rejects.toBe(refused)
    expect(await ledger.once('key', async () => RESULT)).toBe(RESULT)
  })

  test('fails again for a key of which nobody knows whether it ran', async () => {
    const ledger = createLedger()
    const broken = new ExecutorError('unavailable', 'no answer')
    await expect(ledger.once('key', () => Promise.reject(broken))).rejects.toBe(broken)
    await expect(ledger.once('key', async () => RESULT)).rejects.toBe(broken)
  })

  test('never runs a key again whose result is no longer kept', async () => {
    const ledger = createLedger()
    for (let number = 0; number <= 100; number += 1) await ledger.once(`key ${number}`, async () => RESULT)
    const run = vi.fn(async () => RESULT)
    await expect(ledger.once('key 0', run)).rejects.toMatchObject({ code: 'not_found', started: 'yes' })
    expect(await ledger.once('key 1', run)).toBe(RESULT)
    expect(run).toHaveBeenCalledTimes(0)
  })

  test('keeps the result of a key that had often been refused before', async () => {
    const ledger = createLedger()
    const refused = new ExecutorError('overloaded', 'later', { started: 'no' })
    for (let time = 0; time < 10; time += 1) await expect(ledger.once('key', () => Promise.reject(refused))).rejects.toBe(refused)
    expect(await ledger.once('key', async () => RESULT)).toBe(RESULT)
    for (let number = 1; number < 100; number += 1) await ledger.once(`key ${number}`, async () => RESULT)
    expect(await ledger.once('key', () => Promise.reject(refused))).toBe(RESULT)
  })
})
