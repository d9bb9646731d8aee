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

  test('keeps as many results as their texts leave room for, and never runs a key again whose result is gone', async () => {
    const ledger = createLedger({ keptBytes: 100_000 })
    const long = { ...RESULT, stdout: 'x'.repeat(40_000) }
    await ledger.once('long 0', async () => long)
    for (let number = 0; number < 50; number += 1) await ledger.once(`short ${number}`, async () => RESULT)
    const run = vi.fn(async () => RESULT)
    expect([await ledger.once('long 0', run), await ledger.once('short 0', run)]).toEqual([long, RESULT])
    await ledger.once('long 1', async () => long)
    await expect(ledger.once('long 0', run)).rejects.toMatchObject({ code: 'not_found', started: 'yes' })
    expect([await ledger.once('short 0', run), await ledger.once('long 1', run)]).toEqual([RESULT, long])
    expect(run).toHaveBeenCalledTimes(0)
  })

  test('counts what was shown, and keeps the newest result however large it is', async () => {
    const ledger = createLedger({ keptBytes: 10_000 })
    const png = { data: { 'image/png': 'x'.repeat(20_000) } }
    const shown = { ...RESULT, displays: [png] }
    const valued = { ...RESULT, value: png }
    await ledger.once('small', async () => RESULT)
    await ledger.once('shown', async () => shown)
    const run = vi.fn(async () => RESULT)
    await expect(ledger.once('small', run)).rejects.toMatchObject({ started: 'yes' })
    expect(await ledger.once('shown', run)).toBe(shown)
    await ledger.once('valued', async () => valued)
    await expect(ledger.once('shown', run)).rejects.toMatchObject({ started: 'yes' })
    expect(await ledger.once('valued', run)).toBe(valued)
    expect(run).toHaveBeenCalledTimes(0)
  })

  test('lets no result go for one that still runs, nor one that runs', async () => {
    const ledger = createLedger({ keptBytes: 10_000 })
    const { promise, resolve } = Promise.withResolvers<typeof RESULT>()
    const running = ledger.once('running', () => promise)
    const large = { ...RESULT, stdout: 'x'.repeat(20_000) }
    await ledger.once('large', async () => large)
    const again = ledger.once('running', () => Promise.reject(new Error('it ran twice')))
    resolve(RESULT)
    expect([await running, await again]).toEqual([RESULT, RESULT])
  })
})
