import { describe, expect, test } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import type { Executor } from './executor.ts'
import type { ModelRequest } from './model.ts'
import type { LoopOptions } from './settings.ts'
import { type ScriptedExecution, scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, type ScriptedAnswer, scriptedModel } from './testing/scripted-model.ts'
import { tool } from './tool.ts'

const ok = answer.text('It is 4.')

function scene(answers: readonly ScriptedAnswer[], executions: readonly ScriptedExecution[] = [], options: Partial<LoopOptions> = {}) {
  const model = scriptedModel(answers)
  const executor = scriptedExecutor(executions)
  return { model, executor, loop: createLoop({ model, executor, ...options }) }
}

const texts = (request: ModelRequest | undefined): readonly string[] =>
  (request?.contents ?? []).map(({ parts = [] }) => parts.map(({ text = '' }) => text).join('|'))
const weather = tool({ name: 'weather', description: 'The weather.' })

describe('a chat', () => {
  test('has one conversation and one session over many prompts', async () => {
    const { loop, model, executor } = scene([answer.code('x = 4'), ok, answer.code('print(x)'), ok], [{}, { stdout: '4' }])
    await using chat = loop.chat()
    await watched(chat.run('one'))
    const { summary } = await watched(chat.run('two'))
    expect(executor.sessions).toEqual({ made: 1, disposed: 0 })
    expect(model.requests[3]?.contents).toHaveLength(7)
    expect(model.requests[3]?.contents.slice(0, 4)).toEqual([
      ...(model.requests[1]?.contents ?? []),
      { role: 'model', parts: [{ text: 'It is 4.' }] },
    ])
    expect(chat.history).toHaveLength(8)
    expect(summary.executions[0]?.index).toBe(1)
  })
  test('disposes its session, and nothing before', async () => {
    const { loop, executor } = scene([answer.code('a'), ok], [{}])
    const chat = loop.chat()
    await chat.run('one').summary
    expect(executor.sessions.disposed).toBe(0)
    await chat[Symbol.asyncDispose]()
    expect(executor.sessions.disposed).toBe(1)
    expect(() => chat.run('two')).toThrow(/disposed/)
  })
  test('a run waits for the one before it', async () => {
    const { loop, model } = scene([ok, answer.text('Five.')])
    await using chat = loop.chat()
    const first = chat.run('one')
    const second = chat.run('two')
    expect(await second.text).toBe('Five.')
    expect(await first.text).toBe('It is 4.')
    expect(texts(model.requests[1])).toEqual(['one', 'It is 4.', 'two'])
  })
  test('a run that is aborted before its turn leaves no trace', async () => {
    const { loop, model } = scene([ok, ok])
    await using chat = loop.chat()
    const first = chat.run('one')
    const second = chat.run('two')
    second.abort()
    expect((await second.summary).status).toBe('cancelled')
    await first.summary
    await chat.run('three').summary
    expect(texts(model.requests[1])).toEqual(['one', 'It is 4.', 'three'])
  })
  test('after an abort the history can be sent', async () => {
    const { loop, model } = scene(
      [answer.code('a', { id: 'x' }), ok],
      [
        (_request, { signal }) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve({ reason: 'aborted', state: 'kept' }))),
      ],
    )
    await using chat = loop.chat()
    const run = chat.run('one')
    run.on('step.delta', ({ delta }) => void (delta.type === 'execution_status' && run.abort()))
    await watched(run)
    await watched(chat.run('two'))
    expect(model.requests[1]?.contents.map(({ role }) => role)).toEqual(['user', 'model', 'user', 'user'])
    expect(model.requests[1]?.contents[2]?.parts?.[0]?.functionResponse).toMatchObject({ id: 'x', name: 'run_python' })
  })
  test('files of later prompts are put into the session that is there, and numbered on', async () => {
    const { loop, executor, model } = scene([answer.code('a'), ok, answer.code('b'), ok], [{}, {}])
    await using chat = loop.chat()
    await chat.run([{ text: 'one' }, { content: 'a\n', mimeType: 'text/csv' }]).summary
    await chat.run([{ text: 'two' }, { content: 'b\n', mimeType: 'text/csv', name: 'b.csv' }]).summary
    expect([...executor.files.keys()]).toEqual(['input_file_0.csv', 'b.csv', 'input_file_1.csv'])
    expect(model.requests[2]?.contents.at(-1)?.parts?.at(-1)?.text).not.toContain('input_file_0')
  })
})

describe('misuse', () => {
  test('of a run that must wait is found when its turn comes', async () => {
    const { loop } = scene([answer.call('weather', {}, { id: 'w1' })], [], { tools: [weather] })
    await using chat = loop.chat()
    const first = chat.run('Weather?')
    const { summary } = await watched(chat.run('And now?'))
    expect((await first.summary).status).toBe('requires_action')
    expect([summary.status, summary.finish.reason, summary.error?.code]).toEqual(['failed', 'host_error', 'invalid_option'])
    expect(chat.history).toHaveLength(2)
  })
  test('files of one prompt are there with it', async () => {
    const { loop, executor, model } = scene([answer.code('a'), ok], [{}])
    await using chat = loop.chat()
    await chat.run('one', { files: [{ path: 'one.txt', content: '1' }] }).summary
    expect([...executor.files.keys()]).toEqual(['one.txt'])
    expect(model.requests[0]?.contents[0]?.parts?.at(-1)?.text).toContain('one.txt')
  })
})

describe('a chat kept as JSON', () => {
  test('goes on elsewhere, and the model is told that variables are gone', async () => {
    const before = scene([answer.code('x = 4'), ok], [{}])
    const first = before.loop.chat()
    await first.run('one').summary
    const kept = JSON.parse(JSON.stringify(await first.save()))
    await first[Symbol.asyncDispose]()

    const after = scene([answer.text('Gone.')], [])
    await using second = after.loop.chat(kept)
    await watched(second.run('two'))
    expect(after.model.requests[0]?.contents.slice(0, 4)).toEqual(kept.history)
    expect(texts(after.model.requests[0]).at(-1)).toMatch(/all variables, functions and imports are gone.*\|two/)
    await expect(second.save()).resolves.toEqual({ history: second.history })
  })
  test('takes its session along where the executor can', async () => {
    const inner = scriptedExecutor([{}, { stdout: '4' }])
    const resumed: string[] = []
    const executor: Executor = {
      ...inner,
      createSession: async (options) => ({
        ...(await inner.createSession(options)),
        snapshot: async () => ({ executor: 'scripted', id: 's1', generation: 1 }),
      }),
      resumeSession: async (ref, options) => {
        resumed.push(ref.id)
        return inner.createSession(options)
      },
    }
    const model = scriptedModel([answer.code('x = 4'), ok, answer.code('print(x)'), ok])
    const loop = createLoop({ model, executor })
    const first = loop.chat()
    await first.run('one').summary
    const kept = JSON.parse(JSON.stringify(await first.save()))
    expect(kept.session).toEqual({ executor: 'scripted', id: 's1', generation: 1 })
    await first[Symbol.asyncDispose]()
    await using second = loop.chat(kept)
    await watched(second.run('two'))
    expect(resumed).toEqual(['s1'])
    expect(texts(model.requests[2]).at(-1)).toBe('two')
  })
})

describe('a function that the caller answers', () => {
  test('ends the run, and the next one goes on with the result', async () => {
    const { loop, model } = scene([answer.call('weather', { city: 'Bonn' }, { id: 'w1' }), answer.text('Rain.')], [], { tools: [weather] })
    await using chat = loop.chat()
    const { summary } = await watched(chat.run('Weather?'))
    expect([summary.status, summary.finish.reason, summary.pending]).toEqual([
      'requires_action',
      'awaiting_function',
      { approvals: [], functions: [{ call_id: 'w1', name: 'weather', arguments: { city: 'Bonn' } }] },
    ])
    expect(() => chat.run('And now?')).toThrow(/waits for the results of weather \(w1\)/)
    expect(() => chat.run([{ callId: 'w2', result: 1 }])).toThrow(/No function call "w2"/)
    expect(() => chat.run([{ callId: 'w1', result: 1 }, { text: 'x' }])).toThrow(/must be these alone/)
    const run = chat.run([{ callId: 'w1', result: { sky: 'rain' } }])
    expect(await run.text).toBe('Rain.')
    expect(model.requests[1]?.contents.at(-1)).toEqual({
      role: 'user',
      parts: [{ functionResponse: { id: 'w1', name: 'weather', response: { output: { sky: 'rain' } } } }],
    })
    expect((await run.summary).steps[0]).toEqual({
      type: 'function_result',
      call_id: 'w1',
      name: 'weather',
      is_error: false,
      result: { sky: 'rain' },
    })
  })
  test('also in another process, also without ids, and with what was carried out beside it', async () => {
    const both = answer.parts([
      { functionCall: { name: 'weather', args: {} } },
      { functionCall: { name: 'run_python', args: { code: 'a' } } },
    ])
    const before = scene([both], [{ stdout: '4' }], { tools: [weather] })
    const first = before.loop.chat()
    const { summary } = await watched(first.run('Weather?'))
    const callId = summary.pending?.functions[0]?.call_id ?? ''
    const kept = JSON.parse(JSON.stringify(await first.save()))
    await first[Symbol.asyncDispose]()

    const after = scene([answer.text('Rain.')], [], { tools: [weather] })
    await using second = after.loop.chat(kept)
    expect(await second.run([{ callId, result: 'rain' }]).text).toBe('Rain.')
    expect(after.model.requests[0]?.contents.at(-1)?.parts?.map((part) => part.functionResponse?.name)).toEqual(['run_python', 'weather'])
  })
  test('results that nobody waits for are refused', () => {
    const { loop } = scene([])
    expect(() => loop.run([{ callId: 'x', result: 1 }])).toThrow(/belong to the chat/)
    expect(() => loop.chat().run([{ callId: 'x', result: 1 }])).toThrow(/No function call "x"/)
  })
})

describe('an approval that nobody gave', () => {
  test('has expired when the chat goes on', async () => {
    const { loop, model } = scene([answer.code('a', { id: 'x' }), ok], [], { approve: () => 'ask', approvalWaitMs: 1 })
    await using chat = loop.chat()
    expect((await watched(chat.run('one'))).summary.finish.reason).toBe('awaiting_approval')
    const run = chat.run('two')
    expect((await run.summary).steps.slice(0, 2)).toMatchObject([
      { type: 'code_execution_result', call_id: 'x', not_run: 'expired' },
      { type: 'user_input' },
    ])
    expect(model.requests[1]?.contents.slice(2)).toEqual([
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'x', name: 'run_python', response: { error: 'Not run: nobody allowed it in time.' } } }],
      },
      { role: 'user', parts: [{ text: 'two' }] },
    ])
  })
})
