import type { ExecutorEvent } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { serveToolCalls, type ToolAnswer, type ToolCall } from './tool-calls.ts'

type CallTool = Parameters<typeof serveToolCalls>[0]['callTool']

function open(callTool: CallTool) {
  const events: ExecutorEvent[] = []
  const answers: [string, ToolAnswer][] = []
  const calls = serveToolCalls({ callTool, emit: (event) => events.push(event) }, (id, answer) => answers.push([id, answer]))
  return { events, answers, calls }
}

function call(id: string, given: string = '{}'): ToolCall {
  return { id, name: 'weather', arguments: given }
}

test('a call is answered with the value, and told as waiting', async () => {
  const { events, answers, calls } = open(async ({ arguments: given }) => ({ given }))
  calls.serve(call('1', '{"city":"Oslo"}'))
  await expect.poll(() => answers).toEqual([['1', { value: { given: { city: 'Oslo' } } }]])
  expect(events).toEqual([
    { type: 'status', status: 'waiting_tool', detail: 'weather' },
    { type: 'status', status: 'running' },
  ])
})

test('a tool that returns nothing answers null', async () => {
  const { answers, calls } = open(async () => undefined)
  calls.serve(call('1'))
  await expect.poll(() => answers).toEqual([['1', { value: null }]])
})

test('what a tool rejects with is the text of the error', async () => {
  const { answers, calls } = open(() => Promise.reject(new Error('refused')))
  calls.serve(call('1'))
  await expect.poll(() => answers).toEqual([['1', { error: 'refused' }]])
})

test('a value that is no JSON is an error', async () => {
  const { answers, calls } = open(async () => 1n)
  calls.serve(call('1'))
  await expect.poll(() => answers).toEqual([['1', { error: expect.stringContaining('BigInt') }]])
})

test('forged calls are refused: too many, too large, too deep, no JSON', async () => {
  let heard = 0
  const { answers, calls } = open(() => {
    heard += 1
    return Promise.withResolvers<void>().promise
  })
  for (let number = 1; number <= 17; number += 1) calls.serve(call(String(number)))
  await expect.poll(() => answers).toEqual([['17', { error: '16 tool calls are open already' }]])
  expect(heard).toBe(16)

  const other = open(async () => 'heard')
  other.calls.serve(call('large', JSON.stringify('x'.repeat(2 ** 20))))
  other.calls.serve(call('deep', '['.repeat(65) + ']'.repeat(65)))
  other.calls.serve(call('text', 'nonsense'))
  await expect
    .poll(() => other.answers.map(([id, answer]) => [id, 'error' in answer]))
    .toEqual([
      ['large', true],
      ['deep', true],
      ['text', true],
    ])
})

test('nothing is answered or told after the end', async () => {
  const late = Promise.withResolvers<string>()
  const { events, answers, calls } = open(() => late.promise)
  calls.serve(call('1'))
  calls.end()
  late.resolve('late')
  await late.promise
  await Promise.resolve()
  expect([answers, events.length]).toEqual([[], 1])
})
