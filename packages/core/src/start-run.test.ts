import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLoop } from './create-loop.ts'
import { ModelError } from './errors.ts'
import type { Run } from './run.ts'
import type { RunOptions } from './settings.ts'
import { type ScriptedExecution, scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, type ScriptedAnswer, scriptedModel } from './testing/scripted-model.ts'

// A run that has ended leaves no timer, no listener at the caller's signal, and no session of its own.

interface Case {
  readonly name: string
  readonly answers: readonly ScriptedAnswer[]
  readonly executions?: readonly ScriptedExecution[]
  readonly options?: RunOptions
  readonly during?: (run: Run, controller: AbortController) => void
}

const ok = answer.text('4.')
const hangs = (): Promise<never> => new Promise(() => {})
const CASES: readonly Case[] = [
  { name: 'an answer', answers: [ok] },
  { name: 'a program and an answer', answers: [answer.code('a'), ok], executions: [{}] },
  { name: 'a budget of time', answers: [answer.code('a'), ok], executions: [{}], options: { budgets: { wallMs: 60_000 } } },
  { name: 'a budget of time that ran out', answers: [answer.code('a'), ok], executions: [hangs], options: { budgets: { wallMs: 50 } } },
  { name: 'a model that fails', answers: [answer.failure(new ModelError('key_invalid', 'No.', { hint: 'Get one.' }))] },
  { name: 'a hook that throws', answers: [answer.code('a')], options: { approve: () => Promise.reject(new Error('no')) } },
  { name: 'an approval that nobody gives', answers: [answer.code('a')], options: { approve: () => 'ask', approvalWaitMs: 1_000 } },
  {
    name: 'an approval that is given',
    answers: [answer.code('a'), ok],
    executions: [{}],
    options: { approve: () => 'ask' },
    during: (run) => run.on('loop.approval_required', ({ approval_id }) => run.resolve(approval_id, 'allow')),
  },
  {
    name: "an abort by the caller's signal before it began",
    answers: [ok],
    during: (_, controller) => controller.abort(),
  },
  {
    name: "an abort by the caller's signal while a program hangs",
    answers: [answer.code('a')],
    executions: [hangs],
    during: (run, controller) => run.on('step.delta', ({ delta }) => delta.type === 'execution_status' && controller.abort()),
  },
  {
    name: 'an abort while an approval is waited for',
    answers: [answer.code('a')],
    options: { approve: () => 'ask' },
    during: (run) => run.on('loop.approval_required', () => run.abort()),
  },
  {
    name: 'an abort after its end',
    answers: [ok],
    during: (run) => run.on('interaction.completed', () => void run.summary.then(() => run.abort())),
  },
]

describe('a run leaves nothing behind', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each(CASES)('after $name', async ({ answers, executions = [], options, during }) => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const executor = scriptedExecutor(executions)
    const controller = new AbortController()
    const run = createLoop({ model: scriptedModel(answers), executor }).run('2 + 2?', { signal: controller.signal, ...options })
    during?.(run, controller)
    const passing = setInterval(() => void vi.advanceTimersByTimeAsync(100), 1)
    await run.summary.finally(() => clearInterval(passing))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    expect(executor.sessions.made - executor.sessions.disposed).toBe(0)
    expect(rejections).toEqual([])
  })
})
