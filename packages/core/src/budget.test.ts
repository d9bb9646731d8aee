import { describe, expect, it } from 'vitest'
import { type Budgets, DEFAULT_BUDGETS, exhausted, leftMs } from './budget.ts'
import type { Progress } from './progress.ts'
import type { ModelCall } from './summary.ts'

const EXECUTION = {} as Progress['executions'][number] // only counted

describe('a budget', () => {
  it('is not there where it is not said', () => {
    const spent = progressWith({ modelCalls: [call(1_000), call(1_000)], toolCalls: 1_000 })
    for (const wanted of ['model_call', 'execution', 'tool_call'] as const) expect(exhausted(spent, {}, 1e9, wanted)).toBeUndefined()
  })

  it('is 32 requests to the model and 32 programs where nothing is said', () => {
    expect(DEFAULT_BUDGETS).toEqual({ modelCalls: 32, executions: 32 })
  })

  it.each<[string, Budgets, Partial<Progress>, 'model_call' | 'execution' | 'tool_call', object | undefined]>([
    ['requests: one left', { modelCalls: 2 }, { modelCalls: [call(1)] }, 'model_call', undefined],
    ['requests: none left', { modelCalls: 1 }, { modelCalls: [call(1)] }, 'model_call', { name: 'modelCalls', used: 1, limit: 1 }],
    ['requests bound no program', { modelCalls: 1 }, { modelCalls: [call(1)] }, 'execution', undefined],
    ['programs: one left', { executions: 1 }, {}, 'execution', undefined],
    ['programs: none left', { executions: 1 }, { executions: [EXECUTION] }, 'execution', { name: 'executions', used: 1, limit: 1 }],
    ['programs bound no request', { executions: 1 }, { executions: [EXECUTION] }, 'model_call', undefined],
    ['tool calls: one left', { toolCalls: 2 }, { toolCalls: 1 }, 'tool_call', undefined],
    ['tool calls: none left', { toolCalls: 2 }, { toolCalls: 2 }, 'tool_call', { name: 'toolCalls', used: 2, limit: 2 }],
    ['tokens: room for one more like the last', { tokens: 300 }, { modelCalls: [call(100), call(100)] }, 'model_call', undefined],
    [
      'tokens: no room for it',
      { tokens: 299 },
      { modelCalls: [call(100), call(100)] },
      'model_call',
      { name: 'tokens', used: 200, limit: 299 },
    ],
    ['tokens before the first request', { tokens: 1 }, {}, 'model_call', undefined],
    ['time: some left', { wallMs: 101 }, { startedMs: 1_000 }, 'model_call', undefined],
    ['time: none left', { wallMs: 99.5 }, { startedMs: 1_000.2 }, 'execution', { name: 'wallMs', used: 100, limit: 99.5 }],
  ])('of %s', (_, budgets, progress, wanted, expected) => {
    const told = exhausted(progressWith({ startedMs: 1_000, ...progress }), budgets, 1_100, wanted)
    expect(told).toEqual(expected && { event_type: 'loop.budget', ...expected })
  })

  it('of requests is named before that of tokens, and both before that of time', () => {
    const spent = progressWith({ modelCalls: [call(100)], startedMs: 0 })
    expect(exhausted(spent, { wallMs: 1, tokens: 1, modelCalls: 1 }, 10, 'model_call')?.name).toBe('modelCalls')
    expect(exhausted(spent, { wallMs: 1, tokens: 1 }, 10, 'model_call')?.name).toBe('tokens')
    expect(exhausted(spent, { wallMs: 1 }, 10, 'model_call')?.name).toBe('wallMs')
  })
})

describe('the time that is left', () => {
  it.each<[Budgets, Partial<Progress>, number | undefined]>([
    [{}, {}, undefined],
    [{}, { closing: { reason: 'stuck' } }, undefined],
    [{ wallMs: 150 }, {}, 50],
    [{ wallMs: 100 }, {}, 0],
    [{ wallMs: 50 }, {}, 0],
    [{ wallMs: 50 }, { closing: { reason: 'budget', detail: 'wallMs' } }, 15_000],
  ])('of %j in %j is %s', (budgets, progress, expected) => {
    expect(leftMs(progressWith({ startedMs: 1_000, ...progress }), budgets, 1_100)).toBe(expected)
  })
})

function progressWith(more: Partial<Progress>): Progress {
  return { startedMs: 0, modelCalls: [], executions: [], toolCalls: 0, ...more } as Partial<Progress> as Progress // all that is read
}

/** `total` tokens, of which four fifths were sent and a fifth came back. */
function call(total: number): ModelCall {
  const usage = { input: total * 0.8, output: total * 0.2, thought: 0, cached: 0, tool_use: 0, total }
  return { index: 1, ms: 1, usage }
}
