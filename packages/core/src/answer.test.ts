import { describe, expect, it } from 'vitest'
import { type AnyPart, checkSteps, chunk, output, read, readerIn, shape } from '../test/read-answer.ts'
import type { ModelChunk } from './model.ts'
import type { Step } from './steps.ts'

describe('what goes back to the model', () => {
  it.each<[string, readonly AnyPart[], readonly AnyPart[]]>([
    ['joins text that a stream has cut', [{ text: 'It ' }, { text: 'is ' }, { text: '4.' }], [{ text: 'It is 4.' }]],
    [
      'joins thoughts, and keeps them apart from text',
      [{ text: 'H', thought: true }, { text: 'm', thought: true }, { text: '4' }, { text: '2' }],
      [{ text: 'Hm', thought: true }, { text: '42' }],
    ],
    [
      'keeps a signed text as it is, and what stands around it',
      [{ text: 'a' }, { text: 'b', thoughtSignature: 's' }, { text: 'c' }, { text: 'd' }],
      [{ text: 'a' }, { text: 'b', thoughtSignature: 's' }, { text: 'cd' }],
    ],
    [
      'keeps a signature without text',
      [{ text: 'a' }, { text: '', thoughtSignature: 's' }],
      [{ text: 'a' }, { text: '', thoughtSignature: 's' }],
    ],
    [
      'keeps two signed parts apart',
      [
        { text: 'a', thoughtSignature: 's' },
        { text: 'b', thoughtSignature: 't' },
      ],
      [
        { text: 'a', thoughtSignature: 's' },
        { text: 'b', thoughtSignature: 't' },
      ],
    ],
    [
      'keeps fields that nobody knows',
      [{ text: 'a' }, { text: 'b', partMetadata: { x: 1 } }, { text: 'c' }],
      [{ text: 'a' }, { text: 'b', partMetadata: { x: 1 } }, { text: 'c' }],
    ],
    [
      'keeps parts that nobody knows',
      [{ text: 'a' }, { newThing: { x: 1 } }, { text: 'b' }],
      [{ text: 'a' }, { newThing: { x: 1 } }, { text: 'b' }],
    ],
    [
      'keeps calls, also two that are the same',
      [{ functionCall: { id: 'x', name: 'f', args: {} } }, { functionCall: { id: 'x', name: 'f', args: {} } }],
      [{ functionCall: { id: 'x', name: 'f', args: {} } }, { functionCall: { id: 'x', name: 'f', args: {} } }],
    ],
    ['leaves the filler of chunks out', [{ text: 'a' }, { text: '' }, { text: 'b' }], [{ text: 'ab' }]],
  ])('%s', (_, parts, expected) => {
    const together = read([chunk(...parts)])
    const apart = read(parts.map((part) => chunk(part)))
    expect(together.answer.content).toEqual({ role: 'model', parts: expected })
    expect(apart.answer.content).toEqual({ role: 'model', parts: expected })
  })

  it.each<[string, readonly ModelChunk[]]>([
    ['no chunk', []],
    ['no candidate', [{ usageMetadata: { totalTokenCount: 1 } }]],
    ['an empty content', [{ candidates: [{ content: {}, finishReason: 'STOP' }] }]],
    ['a content without parts', [{ candidates: [{ content: { role: 'model' } }] }]],
    ['filler alone', [chunk({ text: '' })]],
  ])('is nothing after %s', (_, chunks) => {
    const { answer } = read(chunks)
    expect('content' in answer).toBe(false)
    expect(answer.text).toBe('')
    expect(answer.steps).toEqual([])
  })

  it('does not change the chunks that it was given', () => {
    const given = [chunk({ text: 'a' }), chunk({ text: 'b' })]
    const before = structuredClone(given)
    read(given)
    expect(given).toEqual(before)
  })
})

describe('steps', () => {
  it('grow with each piece of text', () => {
    const { told } = read([chunk({ text: 'It ' }), chunk({ text: 'is 4.' })])
    expect(told).toEqual([
      { event_type: 'step.start', index: 3, step: { type: 'model_output' } },
      { event_type: 'step.delta', index: 3, delta: { type: 'text', text: 'It ' } },
      { event_type: 'step.delta', index: 3, delta: { type: 'text', text: 'is 4.' } },
      { event_type: 'step.stop', index: 3, step: output('It is 4.') },
    ])
  })

  it('follow each other: a thought, text, a call', () => {
    const { told, answer } = read([
      chunk({ text: 'Hm.', thought: true }),
      chunk({ text: '', thought: true, thoughtSignature: 's' }),
      chunk({ text: 'So:' }, { functionCall: { id: 'x', name: 'run_python', args: { code: 'a' } }, thoughtSignature: 't' }),
    ])
    const steps: readonly Step[] = [
      { type: 'thought', summary: [{ type: 'text', text: 'Hm.' }], signature: 's' },
      output('So:'),
      {
        type: 'code_execution_call',
        id: 'x',
        arguments: { code: 'a', language: 'python' },
        regeneration: 2,
        host: 'executor',
        signature: 't',
      },
    ]
    expect(answer.steps).toEqual(steps)
    expect(told.filter((event) => event.event_type === 'step.stop')).toEqual(
      steps.map((step, at) => ({ event_type: 'step.stop', index: 3 + at, step })),
    )
    expect(told.filter((event) => event.event_type === 'step.delta').map(({ delta }) => delta)).toEqual([
      { type: 'thought_summary', text: 'Hm.' },
      { type: 'thought_signature', signature: 's' },
      { type: 'text', text: 'So:' },
      { type: 'code_execution_call', arguments: { code: 'a', language: 'python' } },
    ])
    checkSteps(told)
  })

  it('let the signature of a text ride on it', () => {
    const { told, answer } = read([chunk({ text: '4' }), chunk({ text: '', thoughtSignature: 's' })])
    expect(answer.steps).toEqual([output('4')])
    expect(told[2]).toEqual({ event_type: 'step.delta', index: 3, delta: { type: 'thought_signature', signature: 's' } })
  })

  it('make a thought of a signature that stands alone', () => {
    expect(read([chunk({ text: '', thoughtSignature: 's' })]).answer.steps).toEqual([{ type: 'thought', signature: 's' }])
  })

  it('keep two signatures that follow each other apart', () => {
    const { told, answer } = read([chunk({ text: 'a', thought: true, thoughtSignature: 's' }), chunk({ text: '', thoughtSignature: 't' })])
    expect(answer.steps).toEqual([
      { type: 'thought', summary: [{ type: 'text', text: 'a' }], signature: 's' },
      { type: 'thought', signature: 't' },
    ])
    checkSteps(told)
  })

  it('hold text and media in their order', () => {
    const { answer, told } = read([
      chunk({ text: 'See ' }, { inlineData: { mimeType: 'image/png', data: 'aQ==' } }, { text: 'and' }, { text: ' hear' }),
      chunk({ inlineData: { mimeType: 'audio/wav', data: 'aQ==' } }, { fileData: { mimeType: 'video/mp4', fileUri: 'u' } }),
      chunk({ fileData: { fileUri: 'd' } }),
    ])
    expect(answer.steps).toEqual([
      {
        type: 'model_output',
        content: [
          { type: 'text', text: 'See ' },
          { type: 'image', mime_type: 'image/png', data: 'aQ==' },
          { type: 'text', text: 'and hear' },
          { type: 'audio', mime_type: 'audio/wav', data: 'aQ==' },
          { type: 'video', mime_type: 'video/mp4', uri: 'u' },
          { type: 'document', mime_type: 'application/octet-stream', uri: 'd' },
        ],
      },
    ])
    expect(answer.text).toBe('See and hear')
    checkSteps(told)
  })

  it('name a function that is called', () => {
    const { answer } = read([chunk({ functionCall: { name: 'get_weather', args: { city: 'Berlin' } } })])
    expect(answer.steps).toEqual([{ type: 'function_call', id: 'call_0', name: 'get_weather', arguments: { city: 'Berlin' } }])
    expect(answer.calls).toEqual([{ kind: 'function', id: 'call_0', name: 'get_weather', arguments: { city: 'Berlin' } }])
  })
})

describe('the same call twice', () => {
  const same = { functionCall: { id: 'x', name: 'run_python', args: { code: 'a' } } }

  it('is one, with a copy', () => {
    const { answer } = read([chunk(same, same, same)])
    expect(answer.calls).toEqual([
      { kind: 'code', form: 'function', id: 'x', modelId: 'x', code: 'a', language: 'python', host: 'executor', copies: 2 },
    ])
    expect(answer.steps).toHaveLength(1)
  })

  it.each<[string, AnyPart, AnyPart]>([
    ['other code', same, { functionCall: { id: 'x', name: 'run_python', args: { code: 'b' } } }],
    ['another id', same, { functionCall: { id: 'y', name: 'run_python', args: { code: 'a' } } }],
    ['no id', { functionCall: { name: 'run_python', args: { code: 'a' } } }, { functionCall: { name: 'run_python', args: { code: 'a' } } }],
    ['other arguments', { functionCall: { id: 'x', name: 'f', args: { a: 1 } } }, { functionCall: { id: 'x', name: 'f', args: { a: 2 } } }],
    ['another name', { functionCall: { id: 'x', name: 'f', args: {} } }, { functionCall: { id: 'x', name: 'g', args: {} } }],
  ])('is two with %s', (_, first, second) => {
    const { answer, told } = read([chunk(first, second)])
    expect(answer.calls).toHaveLength(2)
    expect(new Set(answer.calls.map(({ id }) => id)).size).toBe(2)
    checkSteps(told)
  })
})

describe('what Gemini tells beside', () => {
  it('is taken from the last chunk that says it', () => {
    const { answer } = read([
      {
        ...chunk({ text: 'a' }),
        modelVersion: 'v1',
        responseId: 'r',
        usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
      },
      { candidates: [{ content: { role: 'model', parts: [] }, finishReason: 'STOP' }] },
      {
        candidates: [{ finishReason: 'MAX_TOKENS', finishMessage: 'too long' }],
        usageMetadata: { promptTokenCount: 5, totalTokenCount: 9 },
      },
    ])
    expect(answer).toMatchObject({
      finishReason: 'MAX_TOKENS',
      finishMessage: 'too long',
      modelVersion: 'v1',
      responseId: 'r',
      usage: { promptTokenCount: 5, totalTokenCount: 9 },
      ms: 7,
    })
  })

  it('is kept as it came where it has no place of its own', () => {
    const { answer } = read([
      {
        candidates: [
          { content: { role: 'model', parts: [{ text: 'a' }] }, index: 0, groundingMetadata: { x: 1 }, avgLogprobs: -1 } as object,
        ],
        createTime: 'now',
        automaticFunctionCallingHistory: undefined,
      } as ModelChunk,
      { promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] } as object },
    ])
    expect(answer.extra).toStrictEqual({
      groundingMetadata: { x: 1 },
      avgLogprobs: -1,
      createTime: 'now',
      promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] },
    })
    expect(answer.blockReason).toBe('SAFETY')
  })
})

describe('a stream that broke', () => {
  it('has its steps discarded, those that stopped by their index', () => {
    const reader = readerIn('function')
    const told = [...reader.read(chunk({ text: 'Hm.', thought: true })), ...reader.read(chunk({ text: 'It is' })), ...reader.end(7, true)]
    expect(told.map(shape)).toEqual([
      'start 3 thought',
      'delta 3 thought_summary',
      'stop 3 thought',
      'start 4 model_output',
      'delta 4 text',
      'stop 4 model_output discarded',
    ])
    const answer = reader.answer()
    expect(answer.stopped).toEqual([3])
    expect(answer.steps).toEqual([
      { type: 'thought', summary: [{ type: 'text', text: 'Hm.' }], discarded: true },
      { ...output('It is'), discarded: true },
    ])
    expect(answer.text).toBe('')
  })

  it.each(['```python', '``', '~~~js'])('tells nothing more of %j, which was held back', (held) => {
    const reader = readerIn('fenced')
    const told = [...reader.read(chunk({ text: 'Hm.', thought: true }, { text: held })), ...reader.end(7, true)]
    expect(told.map(shape)).toEqual(['start 3 thought', 'delta 3 thought_summary', 'stop 3 thought discarded'])
    expect(reader.answer()).toMatchObject({ calls: [], stopped: [], unclosed: false })
  })
})
