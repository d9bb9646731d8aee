import { type ExecutionResult, ExecutorError } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { createKnownKeys } from './known-keys.ts'

const RESULT: ExecutionResult = {
  outcome: 'OUTCOME_OK',
  reason: 'completed',
  stdout: '',
  stderr: '',
  displays: [],
  files: [],
  state: 'kept',
  generation: 1,
  usage: { queuedMs: 0, wallMs: 0, toolMs: 0 },
}

const first = () => 1

test('runs a key once, and gives its result again', async () => {
  const keys = createKnownKeys()
  let runs = 0
  const run = async () => {
    runs += 1
    return RESULT
  }
  const both = [keys.once('key', first, run), keys.once('key', first, run)]
  expect([await both[0], await both[1], runs]).toEqual([RESULT, RESULT, 1])
})

test('runs again what certainly had not started, in any interpreter', async () => {
  const keys = createKnownKeys()
  await expect(keys.once('key', first, () => Promise.reject(new ExecutorError('session_lost', 'gone', { started: 'no' })))).rejects.toThrow(
    'gone',
  )
  expect(
    await keys.once(
      'key',
      () => 2,
      () => Promise.resolve(RESULT),
    ),
  ).toEqual(RESULT)
})

test('asks the ledger of the same interpreter again after an error, and never another one', async () => {
  const keys = createKnownKeys()
  const fail = () => Promise.reject(new ExecutorError('unavailable', 'cut', { started: 'unknown' }))
  await expect(keys.once('key', first, fail)).rejects.toThrow('cut')
  expect(await keys.once('key', first, () => Promise.resolve(RESULT))).toEqual(RESULT)
  await expect(keys.once('other', first, fail)).rejects.toThrow('cut')
  await expect(
    keys.once(
      'other',
      () => 2,
      () => Promise.resolve(RESULT),
    ),
  ).rejects.toMatchObject({ code: 'not_found', started: 'yes' })
})

test('remembers every key, but only the last hundred results by itself', async () => {
  const keys = createKnownKeys()
  for (let number = 0; number < 150; number += 1) await keys.once(`key ${number}`, first, () => Promise.resolve(RESULT))
  const asked: string[] = []
  const again = async (key: string) => {
    await keys.once(key, first, async () => {
      asked.push(key)
      return RESULT
    })
  }
  await again('key 149')
  await again('key 0')
  expect(asked).toEqual(['key 0'])
  await expect(
    keys.once(
      'key 1',
      () => 2,
      () => Promise.resolve(RESULT),
    ),
  ).rejects.toMatchObject({ started: 'yes' })
})
