import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ExecutorError, ModelError, OptionsError } from './errors.ts'
import type { Executor } from './executor.ts'
import { RunError } from './run.ts'
import type { LoopOptions } from './settings.ts'
import { type ScriptedExecution, scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, type ScriptedAnswer, scriptedModel } from './testing/scripted-model.ts'
import { tool } from './tool.ts'

const ok = answer.text('It is 4.')
const png = 'iVBORw0KGgo='

async function play(
  answers: readonly ScriptedAnswer[],
  executions: readonly ScriptedExecution[] = [],
  options: Partial<LoopOptions> = {},
  traits = {},
) {
  const model = scriptedModel(answers, { traits })
  const executor = scriptedExecutor(executions)
  const run = createLoop({ model, executor, ...options }).run('What is 2 + 2?')
  const seen = await watched(run)
  model.assertDone()
  executor.assertDone()
  return { ...seen, run, executor, requests: model.requests }
}

describe('how code is asked for', () => {
  test('off: nothing of ours is declared or said, and the executor is not prepared', async () => {
    const { requests, executor, types } = await play([ok], [], { interception: 'off', instructions: 'Be short.' })
    expect(requests[0]).toEqual({ contents: [{ role: 'user', parts: [{ text: 'What is 2 + 2?' }] }], instructions: 'Be short.' })
    expect(executor.sessions.made).toBe(0)
    expect(types).toContain('loop.environment')
  })
  test("native: Google's own tool is declared, and what it ran is passed through, shown and not counted", async () => {
    const native = answer.native('print(2/0)', {
      id: 'n1',
      result: { outcome: 'OUTCOME_FAILED', output: 'division by zero' },
      after: 'It cannot be done.',
    })
    const { requests, summary } = await play([native], [], { interception: 'native' }, { nativeCodeExecution: true })
    expect(requests[0]?.tools).toEqual([{ codeExecution: {} }])
    expect(summary.steps.slice(1)).toEqual([
      { type: 'code_execution_call', id: 'n1', arguments: { code: 'print(2/0)', language: 'python' }, regeneration: 0, host: 'model' },
      { type: 'code_execution_result', call_id: 'n1', is_error: true, result: 'division by zero', outcome: 'OUTCOME_FAILED' },
      { type: 'model_output', content: [{ type: 'text', text: 'It cannot be done.' }] },
    ])
    expect([summary.executions, summary.regenerations.used, summary.output_text]).toEqual([[], 0, 'It cannot be done.'])
  })
  test('fenced code streams as it is written, and its output comes back as text', async () => {
    const { requests, of } = await play([answer.fenced('print(2+2)', { in: 4 }), ok], [{ stdout: '4\n' }], { interception: 'fenced' })
    expect(
      of('step.delta')
        .flatMap(({ delta }) => (delta.type === 'code_delta' ? [delta.text] : []))
        .join(''),
    ).toBe('print(2+2)\n')
    expect(of('step.delta').some(({ delta }) => delta.type === 'code_execution_call')).toBe(false)
    expect(requests[1]?.contents.at(-1)?.parts?.[0]?.text).toContain('OUTCOME_OK')
    expect(requests[0]?.tools).toBeUndefined()
  })
  test('a salvaged program is quoted in the reply, because the model said nothing itself', async () => {
    const { requests, summary } = await play(
      [answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.run_python(code="print(4)"))'), ok],
      [{ stdout: '4\n' }],
    )
    expect(requests[1]?.contents).toHaveLength(2)
    expect(requests[1]?.contents[1]?.parts?.[0]?.text).toContain('it was run:\nprint(4)')
    expect(summary.repairs).toBe(0)
  })
})

describe('a response schema', () => {
  const config = { temperature: 0, responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } }
  test('goes with one more call, counted, without tools, after an answer without code', async () => {
    const { requests, summary } = await play([answer.code('a'), ok, answer.text('{"x":4}')], [{}], { config })
    expect(requests.map((request) => [request.config, request.tools !== undefined])).toEqual([
      [{ temperature: 0 }, true],
      [{ temperature: 0 }, true],
      [config, false],
    ])
    expect([summary.output_text, summary.model_calls.length, summary.status]).toEqual(['{"x":4}', 3, 'completed'])
  })
  test('goes with the first call where nothing is declared', async () => {
    const { requests } = await play([answer.text('{"x":4}')], [], { config, interception: 'off' })
    expect(requests.map((request) => request.config)).toEqual([config])
  })
  test('the closing call carries it itself', async () => {
    const { requests, summary } = await play([answer.code('a'), answer.text('{}')], [{}], { config, budgets: { modelCalls: 1 } })
    expect(requests[1]).toMatchObject({ config })
    expect(requests[1]?.tools).toBeUndefined()
    expect(summary.finish.reason).toBe('budget')
  })
  test('where that call fails the run has failed', async () => {
    const { summary } = await play([ok, answer.failure(new ModelError('invalid_request', 'Bad schema.', { hint: '' }))], [], { config })
    expect([summary.status, summary.finish.reason]).toEqual(['failed', 'model_error'])
  })
})

describe('tools of the caller', () => {
  const add = tool({
    name: 'add',
    description: 'Adds two numbers.',
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }, { runId, callId }) => ({ sum: a + b, runId, callId }),
  })
  test('are declared beside run_python, called with checked arguments, and their results go back', async () => {
    const { requests, summary } = await play([answer.call('add', { a: 1, b: 2 }, { id: 'x' }), ok], [], { tools: [add] })
    expect(requests[0]?.tools).toMatchObject([
      { functionDeclarations: [{ name: 'run_python' }, { name: 'add', parametersJsonSchema: { type: 'object', required: ['a', 'b'] } }] },
    ])
    expect(requests[1]?.contents.at(-1)?.parts).toEqual([
      { functionResponse: { id: 'x', name: 'add', response: { output: { sum: 3, runId: summary.id, callId: 'x' } } } },
    ])
  })
  test('arguments that do not fit are told to the model', async () => {
    const { requests } = await play([answer.call('add', { a: 1, b: 'two' }), ok], [], { tools: [add] })
    expect(requests[1]?.contents.at(-1)?.parts?.[0]?.functionResponse?.response).toEqual({
      error: expect.stringMatching(/do not fit: b: /),
    })
  })
  test('what a tool throws, or cannot be said in JSON, is told to the model', async () => {
    const bad = tool({
      name: 'bad',
      description: 'Fails.',
      execute: () => {
        throw new Error('No.')
      },
    })
    const big = tool({ name: 'big', description: 'A BigInt.', execute: () => 4n })
    const { requests } = await play([answer.call('bad', {}), answer.call('big', {}), ok], [], { tools: [bad, big] })
    expect(requests[1]?.contents.at(-1)?.parts?.[0]?.functionResponse?.response).toEqual({ error: 'No.' })
    expect(JSON.stringify(requests[2]?.contents.at(-1))).toContain('BigInt')
  })
  test("Google's own stand beside ours where the model allows it", async () => {
    const { requests } = await play([ok], [], { modelTools: [{ googleSearch: {} }] }, { nativeWithFunctions: true })
    expect(requests[0]?.tools?.map((one) => Object.keys(one))).toEqual([['googleSearch'], ['functionDeclarations']])
    expect(() => createLoop({ model: scriptedModel([]), executor: scriptedExecutor([]), modelTools: [{ googleSearch: {} }] })).toThrow(
      /refuses Google's own tools \(googleSearch\) beside functions \(run_python\)/,
    )
  })
})

describe('prepareStep', () => {
  test('is asked before each request, and holds for one step', async () => {
    const other = scriptedModel([ok], { name: 'other' })
    const asked: unknown[] = []
    const { requests, executor } = await play([answer.code('a')], [{}], {
      prepareStep: ({ number, regenerations }) => {
        asked.push([number, regenerations])
        return number === 1 ? { limits: { wallMs: 5_000 }, instructions: 'First.' } : { model: other, config: { temperature: 1 } }
      },
    })
    expect(asked).toEqual([
      [1, 0],
      [2, 0],
    ])
    expect(requests[0]?.instructions).toContain('First.')
    expect(executor.requests[0]?.limits).toEqual({ wallMs: 5_000 })
    expect(other.requests[0]?.config).toEqual({ temperature: 1 })
    expect(other.requests[0]?.instructions).not.toContain('First.')
  })
  test('one that throws ends the run as host_error', async () => {
    const { summary } = await play([], [], {
      prepareStep: () => {
        throw new Error('No.')
      },
    })
    expect([summary.status, summary.finish.reason]).toEqual(['failed', 'host_error'])
  })
})

describe('files', () => {
  test('an input goes to the session by its own name and by the one Gemini expects, and to the model where it can take it', async () => {
    const model = scriptedModel([answer.code('a'), ok])
    const executor = scriptedExecutor([{}])
    const run = createLoop({ model, executor }).run([
      { text: 'Sum it.' },
      { content: 'a,b\n1,2\n', mimeType: 'text/csv', name: 'data.csv' },
      { content: new Uint8Array([1, 2, 3]), mimeType: 'application/zip' },
    ])
    const { summary } = await watched(run)
    expect(model.requests[0]?.contents[0]?.parts).toEqual([
      { text: 'Sum it.' },
      { inlineData: { mimeType: 'text/csv', data: btoa('a,b\n1,2\n') } },
      {
        text: expect.stringMatching(
          /- data\.csv, also as input_file_0\.csv \(text\/csv, 8 characters, columns: a, b\)\n- input_file_1\.zip \(application\/zip, 3 bytes\)/,
        ),
      },
    ])
    expect([...executor.files.keys()].toSorted()).toEqual(['data.csv', 'input_file_0.csv', 'input_file_1.zip'])
    expect(summary.steps[0]).toEqual({
      type: 'user_input',
      content: [
        { type: 'text', text: 'Sum it.' },
        { type: 'document', mime_type: 'text/csv', name: 'data.csv' },
        { type: 'document', mime_type: 'application/zip', name: 'input_file_1.zip' },
      ],
    })
  })
  test('what programs make is there after the end: one item a path, and a saved figure is one with its display', async () => {
    const executor = scriptedExecutor([
      () => {
        executor.files.set(
          'plot.png',
          Uint8Array.from(atob(png), (c) => c.charCodeAt(0)),
        )
        executor.files.set('table.csv', new TextEncoder().encode('a\n'))
        return {
          displays: [{ data: { 'image/png': png } }],
          files: [
            { path: 'plot.png', change: 'created', size: 8 },
            { path: 'table.csv', change: 'created', size: 2 },
          ],
        }
      },
      () => {
        executor.files.set('table.csv', new TextEncoder().encode('a,b\n'))
        return { files: [{ path: 'table.csv', change: 'modified', size: 4 }] }
      },
    ])
    const model = scriptedModel([answer.code('a'), answer.code('b'), ok])
    const run = createLoop({ model, executor }).run('go')
    const { summary } = await watched(run)
    expect(summary.outputs.map(({ id, type, path, mime_type, size }) => [id, type, path, mime_type, size])).toEqual([
      ['output_1', 'image', 'plot.png', 'image/png', 8],
      ['output_2', 'file', 'table.csv', 'text/csv', 4],
    ])
    expect(new TextDecoder().decode(await run.output('output_2'))).toBe('a,b\n')
    await expect(run.output('output_9')).rejects.toThrow(/no output "output_9"/)
    expect(model.requests[1]?.contents.at(-1)?.parts?.[0]?.functionResponse?.parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: png } },
    ])
  })
  test('images follow as parts of their own where the model does not take them in responses', async () => {
    const { requests } = await play(
      [answer.code('a'), ok],
      [{ displays: [{ data: { 'image/png': png } }] }],
      {},
      { imagesInFunctionResponses: false },
    )
    expect(requests[1]?.contents.at(-1)?.parts?.map((part) => Object.keys(part))).toEqual([['functionResponse'], ['inlineData']])
  })
})

describe('a run and who made what', () => {
  test('a session of the caller is used and left', async () => {
    const executor = scriptedExecutor([{ stdout: '4' }])
    const session = await executor.createSession()
    const { types } = await watched(createLoop({ model: scriptedModel([answer.code('a'), ok]), executor }).run('go', { session }))
    expect(executor.sessions).toEqual({ made: 1, disposed: 0 })
    expect(types).not.toContain('loop.session')
  })
  test('no program, no session', async () => {
    const { executor } = await play([ok])
    expect(executor.sessions.made).toBe(0)
  })
  test('an executor is prepared before the model is asked, and how far it is is told', async () => {
    const executor: Executor = {
      ...scriptedExecutor([]),
      prepare: async (options) => options?.onProgress?.({ phase: 'download', fraction: 0.5 }),
    }
    const { of, types } = await watched(createLoop({ model: scriptedModel([ok]), executor }).run('go'))
    expect(of('loop.session')).toMatchObject([{ state: 'preparing', cause: 'download', fraction: 0.5, generation: 1 }])
    expect(types.indexOf('loop.session')).toBeLessThan(types.indexOf('loop.environment'))
  })
  test('what is wrong with the model is found out before the executor is prepared', async () => {
    const prepare = vi.fn()
    const executor: Executor = { ...scriptedExecutor([]), prepare }
    const preflight = (): never => {
      throw new ModelError('key_missing', 'No key.', { hint: 'Get one.' })
    }
    const { summary } = await watched(createLoop({ model: { ...scriptedModel([]), preflight }, executor }).run('go'))
    expect([summary.finish.reason, summary.error?.code]).toEqual(['model_error', 'key_missing'])
    expect(prepare).not.toHaveBeenCalled()
  })
  test('one that cannot be prepared is an executor_error', async () => {
    const executor = { ...scriptedExecutor([]), prepare: () => Promise.reject(new ExecutorError('unavailable', 'No Python.')) }
    const { summary } = await watched(createLoop({ model: scriptedModel([]), executor }).run('go'))
    expect([summary.finish.reason, summary.error?.code]).toEqual(['executor_error', 'unavailable'])
  })
  test('run.text is the answer, or rejects with what happened, and the error itself as its cause', async () => {
    const loop = (answers: readonly ScriptedAnswer[]) => createLoop({ model: scriptedModel(answers), executor: scriptedExecutor([]) })
    expect(await loop([ok]).run('go').text).toBe('It is 4.')
    const cause = new ModelError('key_invalid', 'API key not valid.', { hint: 'Check GEMINI_API_KEY.' })
    const error: unknown = await loop([answer.failure(cause)])
      .run('go')
      .text.catch((reason: unknown) => reason)
    expect(
      RunError.is(error) && [
        error.message.includes('API key not valid. Check GEMINI_API_KEY.'),
        error.cause === cause,
        error.summary.status,
        Object.keys(error).includes('summary'), // what nobody catches is printed with all that it enumerates
      ],
    ).toEqual([true, true, 'failed', false])
  })
  test('what Gemini tells beside is kept', async () => {
    const { of, summary } = await play([
      [
        {
          candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP', groundingMetadata: { a: 1 } } as object],
          createTime: 't',
          responseId: 'r',
          modelVersion: 'v',
        } as object,
      ],
    ])
    expect(of('loop.model_call')).toMatchObject([
      { index: 1, response_id: 'r', model_version: 'v', finish_reason: 'STOP', extra: { groundingMetadata: { a: 1 }, createTime: 't' } },
    ])
    expect(summary.model_version).toBe('v')
  })
  test('settings of one run go before those of the loop', async () => {
    const model = scriptedModel([ok, ok])
    const loop = createLoop({ model, executor: scriptedExecutor([]), instructions: 'A.', config: { temperature: 0, topP: 1 } })
    await loop.run('go', { instructions: 'B.', config: { topP: 0.5 }, context: { user: 1 } }).summary
    await loop.run('go').summary
    expect(model.requests.map(({ instructions, config }) => [instructions?.slice(-2), config])).toEqual([
      ['B.', { temperature: 0, topP: 0.5 }],
      ['A.', { temperature: 0, topP: 1 }],
    ])
  })
  test('who is asking is handed to hooks and tools', async () => {
    const seen: unknown[] = []
    const who = tool({ name: 'who', description: 'Who.', execute: (_args, { context }) => void seen.push(context) })
    const model = scriptedModel([answer.call('who', {}), ok])
    const loop = createLoop({
      model,
      executor: scriptedExecutor([]),
      tools: [who],
      approve: ({ context }) => {
        seen.push(context)
        return 'allow'
      },
      prepareStep: ({ context }) => void seen.push(context),
    })
    await loop.run('go', { context: 'ann' }).summary
    expect(seen).toEqual(['ann', 'ann', 'ann', 'ann'])
  })
  test.each([
    ['model', { model: {} }],
    ['executor', { executor: { specVersion: 2, createSession() {}, capabilities: {} } }],
    ['maxRegenerations', { maxRegenerations: 6 }],
    ['budgets.tokens', { budgets: { tokens: -1 } }],
    ['maxRegeneration', { maxRegeneration: 3 }],
  ])('a wrong %s is an OptionsError at once', (option, wrong) => {
    const make = () => createLoop({ model: scriptedModel([]), executor: scriptedExecutor([]), ...(wrong as object) })
    expect(make).toThrow(OptionsError)
    expect(make).toThrow(option)
  })
  test('an empty input is one too', () => {
    const loop = createLoop({ model: scriptedModel([]), executor: scriptedExecutor([]) })
    for (const input of ['', []]) expect(() => loop.run(input)).toThrow(OptionsError)
  })
})
