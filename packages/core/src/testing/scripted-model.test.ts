import { describe, expect, it } from 'vitest'
import { ModelError } from '../errors.ts'
import type { Model, ModelChunk, ModelRequest } from '../model.ts'
import { answer, type ScriptedAnswer, scriptedModel } from './scripted-model.ts'

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }
const question: ModelRequest = { contents: [{ role: 'user', parts: [{ text: '2 + 2?' }] }] }

describe('scriptedModel', () => {
  it('gives one answer after the other and remembers what it was asked', async () => {
    const model = scriptedModel([answer.text('4'), answer.text('5')])
    expect(await ask(model)).toEqual(answer.text('4'))
    expect(await ask(model)).toEqual(answer.text('5'))
    expect(model.requests).toEqual([question, question])
    model.assertDone()
  })

  it('throws when it is asked for more than it knows', async () => {
    const model = scriptedModel([answer.text('4')])
    await ask(model)
    await expect(ask(model)).rejects.toThrow('scriptedModel knows 1 answer, and was asked 2 times')
  })

  it('says what is left over', async () => {
    const model = scriptedModel([answer.text('4'), answer.text('5'), answer.text('6')])
    await ask(model)
    expect(() => model.assertDone()).toThrow('scriptedModel has 2 answers left over of 3')
  })

  it('lets a function answer, which sees request, signal and how often the call was sent again', async () => {
    const seen: unknown[] = []
    const model = scriptedModel([
      (...asked) => {
        seen.push(asked)
        return answer.text('4')
      },
    ])
    const { signal } = new AbortController()
    await Array.fromAsync(model.generate(question, { signal, retried: 2 }))
    expect(seen).toEqual([[question, signal, 2]])
  })

  it('stops between two chunks when the signal aborts', async () => {
    const controller = new AbortController()
    const model = scriptedModel([answer.text('a long answer', { in: 3 })])
    const heard: ModelChunk[] = []
    await expect(async () => {
      for await (const chunk of model.generate(question, { signal: controller.signal })) {
        heard.push(chunk)
        controller.abort(new Error('enough'))
      }
    }).rejects.toThrow('enough')
    expect(heard).toHaveLength(1)
  })

  it('has the name and the traits that it was given', () => {
    expect(scriptedModel([]).name).toBe('scripted')
    const traits = { nativeCodeExecution: true }
    expect(scriptedModel([], { name: 'gemini-3.5-flash', traits })).toMatchObject({ name: 'gemini-3.5-flash', traits })
  })
})

describe('answer', () => {
  it.each<[string, ScriptedAnswer, readonly ModelChunk[]]>([
    ['text', answer.text('4'), [said([{ text: '4' }], 'STOP')]],
    [
      'text in pieces that no character is cut by',
      answer.text('a😀b', { in: 2, signature: 'c2ln' }),
      [said([{ text: 'a😀' }]), said([{ text: 'b', thoughtSignature: 'c2ln' }], 'STOP')],
    ],
    ['text in more pieces than it has characters', answer.text('4', { in: 2 }), [said([{ text: '4' }]), said([{ text: '' }], 'STOP')]],
    [
      'code as a call of run_python, never cut',
      answer.code('print(4)', { in: 2, id: 'fc-1', signature: 'c2ln', before: 'So:' }),
      [
        said([{ text: 'So:' }, { functionCall: { id: 'fc-1', name: 'run_python', args: { code: 'print(4)' } }, thoughtSignature: 'c2ln' }]),
        said([{ text: '' }], 'STOP'),
      ],
    ],
    [
      'a call of another function',
      answer.call('look_up', { word: 'four' }),
      [said([{ functionCall: { name: 'look_up', args: { word: 'four' } } }], 'STOP')],
    ],
    [
      'code in the form of Google, with what its host made of it',
      answer.native('print(4)', { id: 'c1', result: { outcome: 'OUTCOME_OK', output: '4\n' }, after: 'Four.' }),
      [
        said(
          [
            { executableCode: { id: 'c1', language: 'PYTHON', code: 'print(4)' } },
            { codeExecutionResult: { id: 'c1', outcome: 'OUTCOME_OK', output: '4\n' } },
            { text: 'Four.' },
          ],
          'STOP',
        ),
      ],
    ],
    [
      'code in a fence, cut anywhere',
      answer.fenced('print(4)', { in: 2, before: 'So:\n', after: 'Done.' }),
      [said([{ text: 'So:\n```python\npr' }]), said([{ text: 'int(4)\n```\nDone.' }], 'STOP')],
    ],
    [
      'parts as they are',
      answer.parts([{ text: 'a', newField: 1 }], { usageMetadata: { totalTokenCount: 1 } }),
      [
        {
          candidates: [{ content: { role: 'model', parts: [{ text: 'a', newField: 1 } as object] }, finishReason: 'STOP' }],
          usageMetadata: { totalTokenCount: 1 },
        },
      ],
    ],
    [
      'a stream that ends without a finish reason',
      answer.text('fo', { finishReason: null }),
      [{ candidates: [{ content: { role: 'model', parts: [{ text: 'fo' }] } }], usageMetadata }],
    ],
    [
      'an end without content',
      answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print('),
      [
        {
          candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed function call: print(' }],
          usageMetadata,
        },
      ],
    ],
    ['nothing', answer.finish(null), []],
    [
      'a blocked prompt',
      answer.blocked('PROHIBITED_CONTENT'),
      [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } }],
    ],
  ])('makes %s', (_, made, expected) => {
    expect(made).toEqual(expected)
  })

  it('fails after what it said', async () => {
    const error = new ModelError('network', 'The line is cut.', { hint: '', retryable: true })
    const model = scriptedModel([answer.failure(error, answer.text('fo', { finishReason: null }))])
    const heard: ModelChunk[] = []
    await expect(async () => {
      for await (const chunk of model.generate(question, { signal: new AbortController().signal })) heard.push(chunk)
    }).rejects.toBe(error)
    expect(heard).toEqual(answer.text('fo', { finishReason: null }))
  })
})

function ask(model: Model): Promise<ModelChunk[]> {
  return Array.fromAsync(model.generate(question, { signal: new AbortController().signal }))
}

/** One chunk; the last one of an answer carries its end and its usage. */
function said(parts: readonly object[], finishReason?: string): ModelChunk {
  const content = { role: 'model', parts }
  return finishReason === undefined ? { candidates: [{ content }] } : { candidates: [{ content, finishReason }], usageMetadata }
}
