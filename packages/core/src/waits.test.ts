import { expect, test } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ExecutorError, ModelError } from './errors.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, scriptedModel } from './testing/scripted-model.ts'

// A wait that a server wants beyond a minute is an error, not a wait (design.md 4). These tests would take an hour otherwise.

const HOUR_MS = 3_600_000

test('a stream that broke for an hour is not asked for again', async () => {
  const failure = new ModelError('overloaded', 'Later.', { hint: 'Wait.', retryable: true, retryAfterMs: HOUR_MS })
  const model = scriptedModel([answer.failure(failure, answer.text('It is', { finishReason: null }))])
  const { summary, of } = await watched(createLoop({ model, executor: scriptedExecutor([]) }).run('Hi'))
  expect([summary.status, summary.finish.reason, summary.error?.code]).toEqual(['failed', 'model_error', 'overloaded'])
  expect(summary.error?.retry_after_ms).toBe(HOUR_MS)
  expect(of('loop.retry')).toEqual([])
})

test('an executor that is busy for an hour is not asked again', async () => {
  const failure = new ExecutorError('overloaded', 'Later.', { retryable: true, started: 'no', retryAfterMs: HOUR_MS })
  const model = scriptedModel([answer.code('a')])
  const executor = scriptedExecutor([() => Promise.reject(failure)])
  const { summary, of } = await watched(createLoop({ model, executor }).run('Hi'))
  expect([summary.status, summary.finish.reason, summary.error?.code]).toEqual(['failed', 'executor_error', 'overloaded'])
  expect(summary.error?.retry_after_ms).toBe(HOUR_MS)
  expect(of('loop.retry')).toEqual([])
})
