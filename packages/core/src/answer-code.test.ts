import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyPart, checkSteps, chunk, read, readerIn, shape } from '../test/read-answer.ts'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ModelError } from './errors.ts'
import type { Step } from './steps.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, scriptedModel } from './testing/scripted-model.ts'

// How programs in an answer become steps; answer.test.ts has the rest.

describe('code in fences', () => {
  it('streams as it is written', () => {
    const { told, answer } = read(
      [chunk({ text: 'So:\n```py' }), chunk({ text: 'thon\nprint(' }), chunk({ text: '4)\n```\nDone.' })],
      'fenced',
    )
    expect(told.map(shape)).toEqual([
      'start 3 model_output',
      'delta 3 text',
      'stop 3 model_output',
      'start 4 code_execution_call',
      'delta 4 code_delta',
      'delta 4 code_delta',
      'stop 4 code_execution_call',
      'start 5 model_output',
      'delta 5 text',
      'stop 5 model_output',
    ])
    expect(answer.calls).toEqual([{ kind: 'code', form: 'fenced', id: 'code_0', code: 'print(4)\n', language: 'python', host: 'executor' }])
    expect(answer.text).toBe('So:\nDone.')
    expect(answer.unclosed).toBe(false)
    checkSteps(told)
  })

  it('is unclosed where its end is missing', () => {
    const { told, answer } = read([chunk({ text: '```python\nprint(' })], 'fenced')
    expect(answer.unclosed).toBe(true)
    expect(answer.calls.map((call) => call.kind === 'code' && call.code)).toEqual(['print('])
    checkSteps(told)
  })

  it.each<[string, readonly AnyPart[]]>([
    ['after its last line', [{ text: '```python\na\n```' }, { text: '', thoughtSignature: 's' }]],
    ['with its last line', [{ text: '```python\na\n' }, { text: '```', thoughtSignature: 's' }]],
    ['in its midst', [{ text: '```python\na', thoughtSignature: 's' }, { text: '\n```' }]],
  ])('takes a signature that comes %s', (_, parts) => {
    const { told, answer } = read(
      parts.map((part) => chunk(part)),
      'fenced',
    )
    expect(answer.steps).toEqual([
      {
        type: 'code_execution_call',
        id: 'code_0',
        arguments: { code: 'a\n', language: 'python' },
        regeneration: 2,
        host: 'executor',
        signature: 's',
      },
    ])
    checkSteps(told)
  })

  it('has begun before it is whole', () => {
    const reader = readerIn('fenced')
    expect(reader.called()).toBe(false)
    reader.read(chunk({ text: '```python' }))
    expect(reader.called()).toBe(false)
    reader.read(chunk({ text: '\n' }))
    expect(reader.called()).toBe(true)
  })
})

describe("code that Google's own tool has run", () => {
  const call = { executableCode: { language: 'PYTHON', code: 'print(4)' } }
  const result = (outcome: string, text: string): AnyPart => ({ codeExecutionResult: { outcome, output: text } })

  it.each<[string, readonly AnyPart[], Partial<Step>]>([
    ['no result', [call], { is_error: false, result: '', outcome: 'OUTCOME_OK' }],
    ['one result', [call, result('OUTCOME_OK', '4\n')], { is_error: false, result: '4\n', outcome: 'OUTCOME_OK' }],
    [
      'two results, the first an output',
      [call, result('OUTCOME_OK', '4\n'), result('OUTCOME_FAILED', 'Traceback')],
      { is_error: true, result: '4\n\nTraceback', outcome: 'OUTCOME_FAILED' },
    ],
    [
      'a failure before an output',
      [call, result('OUTCOME_FAILED', 'Traceback'), result('OUTCOME_OK', '')],
      { is_error: true, result: 'Traceback\n', outcome: 'OUTCOME_FAILED' },
    ],
    ['a deadline', [call, result('OUTCOME_DEADLINE_EXCEEDED', '')], { is_error: true, result: '', outcome: 'OUTCOME_DEADLINE_EXCEEDED' }],
  ])('has exactly one result step after %s', (_, parts, expected) => {
    for (const chunks of [[chunk(...parts)], parts.map((part) => chunk(part))]) {
      const { told, answer } = read(chunks, 'native', true)
      expect(answer.steps).toEqual([
        {
          type: 'code_execution_call',
          id: 'code_0',
          arguments: { code: 'print(4)', language: 'python' },
          regeneration: 2,
          host: 'model',
        },
        { type: 'code_execution_result', call_id: 'code_0', ...expected },
      ])
      checkSteps(told)
    }
  })

  it('is followed by text, by a signature, by another program, in their order', () => {
    const { told, answer } = read(
      [chunk(call, result('OUTCOME_OK', '4'), call, { text: 'It ', thoughtSignature: 's' }, { text: 'is 4.' })],
      'native',
      true,
    )
    expect(answer.steps.map(({ type }) => type)).toEqual([
      'code_execution_call',
      'code_execution_result',
      'code_execution_call',
      'code_execution_result',
      'model_output',
    ])
    expect(answer.text).toBe('It is 4.')
    checkSteps(told)
  })

  it('says in the end what stands after its last result', () => {
    const { answer } = read([chunk({ text: 'I compute.' }, call, result('OUTCOME_OK', '4'), { text: '4.' })], 'native', true)
    expect(answer.text).toBe('4.')
  })

  it('does not take what a model makes up about code that we run for a result', () => {
    const { told, answer } = read([chunk(call, result('OUTCOME_OK', '5'), { text: 'It is 5.' })], 'function')
    expect(answer.steps.map(({ type }) => type)).toEqual(['code_execution_call', 'model_output'])
    checkSteps(told)
  })
})

describe('any answer', () => {
  const part: fc.Arbitrary<AnyPart> = fc.oneof(
    fc.record({ text: fc.constantFrom('a', '\n', '```', '```python\n', '```\n', '~~~\n', '``', '  ') }),
    fc.record({ text: fc.constantFrom('', 'a', '```'), thoughtSignature: fc.constantFrom('s', 't') }),
    fc.record({ text: fc.constantFrom('', 'Hm.'), thought: fc.constant(true) }),
    fc.constantFrom<AnyPart>(
      { text: '', thought: true, thoughtSignature: 's' },
      { functionCall: { id: 'x', name: 'run_python', args: { code: 'a' } } },
      { functionCall: { name: 'f', args: {} } },
      { executableCode: { language: 'PYTHON', code: 'a' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '4' } },
      { inlineData: { mimeType: 'image/png', data: 'aQ==' } },
      { newThing: 1 },
    ),
  )

  it('has one step after the other, each call in a step of its own, whatever comes after what', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.constantFrom('function', 'fenced', 'native', 'off'),
        fc.boolean(),
        (parts, mode, hosted) => {
          const { told, answer: whole } = read([...parts.map((one) => chunk(one))], mode, hosted)
          checkSteps(told)
          const ids = whole.steps.flatMap((step) => (step.type === 'code_execution_call' || step.type === 'function_call' ? [step.id] : []))
          expect(ids).toEqual(whole.calls.map(({ id }) => id))
          expect(told.flatMap((event) => (event.event_type === 'step.stop' ? [event.step] : []))).toEqual(whole.steps)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['at its opening line', 'So:\n```python'],
    ['where one may begin', 'So:\n``'],
  ])('that breaks off %s is asked for again, and nothing of it is left', async (_, text) => {
    const failure = new ModelError('network', 'terminated', { hint: 'Try again.', retryable: true, retryAfterMs: 0 })
    const model = scriptedModel([answer.failure(failure, answer.text(text, { finishReason: null })), answer.text('4.')])
    const run = createLoop({ model, executor: scriptedExecutor([]) }).run('2 + 2?', { interception: 'fenced' })
    const { summary, of } = await watched(run)
    expect([summary.finish.reason, summary.output_text, of('loop.retry').length]).toEqual(['answer', '4.', 1])
    expect(summary.steps.map((step) => ('discarded' in step && step.discarded ? `${step.type} discarded` : step.type))).toEqual([
      'user_input',
      'model_output discarded',
      'model_output',
    ])
  })

  it('with a signature after a fenced program is run as it is, and goes back as it was', async () => {
    const parts = [{ text: '```python\nprint(4)\n```' }, { text: '', thoughtSignature: 's' }]
    const chunks = parts.map((one, at) => ({
      candidates: [{ content: { role: 'model', parts: [one] }, ...(at === 1 && { finishReason: 'STOP' }) }],
    }))
    const model = scriptedModel([chunks, answer.text('4.')])
    const executor = scriptedExecutor([{ stdout: '4\n' }])
    const { summary } = await watched(createLoop({ model, executor }).run('2 + 2?', { interception: 'fenced' }))
    expect([summary.finish.reason, executor.requests.map(({ code }) => code)]).toEqual(['answer', ['print(4)\n']])
    expect(model.requests[1]?.contents[1]).toEqual({ role: 'model', parts })
  })
})
