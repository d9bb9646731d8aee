import { describe, expect, it } from 'vitest'
import type { Part } from '../model.ts'
import type { Found, Mode } from './found.ts'
import { interceptor } from './intercept.ts'

describe('interceptor', () => {
  it.each<[string, Part, readonly Found[]]>([
    ['text', { text: 'It is 4.' }, [{ kind: 'text', text: 'It is 4.' }]],
    ['a text without a character', { text: '' }, []],
    ['a thought', { text: 'Hm.', thought: true }, [{ kind: 'thought', text: 'Hm.' }]],
    [
      'a signed text',
      { text: '4', thoughtSignature: 'c2ln' },
      [
        { kind: 'text', text: '4' },
        { kind: 'signature', signature: 'c2ln', of: 'model_output' },
      ],
    ],
    ['a signature alone', { text: '', thoughtSignature: 'c2ln' }, [{ kind: 'signature', signature: 'c2ln', of: 'model_output' }]],
    [
      'a signed thought',
      { text: 'Hm.', thought: true, thoughtSignature: 'c2ln' },
      [
        { kind: 'thought', text: 'Hm.' },
        { kind: 'signature', signature: 'c2ln', of: 'thought' },
      ],
    ],
    [
      'a call of run_python',
      { functionCall: { id: 'fc-1', name: 'run_python', args: { code: 'print(4)' } }, thoughtSignature: 'c2ln' },
      [
        {
          kind: 'call',
          streamed: false,
          call: {
            kind: 'code',
            form: 'function',
            id: 'fc-1',
            modelId: 'fc-1',
            signature: 'c2ln',
            code: 'print(4)',
            language: 'python',
            host: 'executor',
          },
        },
      ],
    ],
    [
      'a call without an id',
      { functionCall: { name: 'run_python', args: { code: '' } } },
      [
        {
          kind: 'call',
          streamed: false,
          call: { kind: 'code', form: 'function', id: 'call_new', code: '', language: 'python', host: 'executor' },
        },
      ],
    ],
    [
      'a call by the inner name',
      { functionCall: { name: 'default_api:run_python', args: { code: 'a' } } },
      [
        {
          kind: 'call',
          streamed: false,
          call: { kind: 'code', form: 'function', id: 'call_new', code: 'a', language: 'python', host: 'executor' },
        },
      ],
    ],
    [
      'a call of run_python whose code is no string',
      { functionCall: { name: 'run_python', args: { code: ['a'] } } },
      [{ kind: 'call', streamed: false, call: { kind: 'function', id: 'call_new', name: 'run_python', arguments: { code: ['a'] } } }],
    ],
    [
      'a call of another function',
      { functionCall: { id: 'x', name: 'default_api.get_weather', args: { city: 'Berlin' } } },
      [
        {
          kind: 'call',
          streamed: false,
          call: { kind: 'function', id: 'x', modelId: 'x', name: 'get_weather', arguments: { city: 'Berlin' } },
        },
      ],
    ],
    [
      'a call of nothing',
      { functionCall: {} },
      [{ kind: 'call', streamed: false, call: { kind: 'function', id: 'call_new', name: '', arguments: {} } }],
    ],
    [
      'native code',
      { executableCode: { id: 'x', language: 'PYTHON', code: 'print(4)' }, thoughtSignature: 'c2ln' },
      [
        {
          kind: 'call',
          streamed: false,
          call: {
            kind: 'code',
            form: 'native',
            id: 'x',
            modelId: 'x',
            code: 'print(4)',
            language: 'python',
            host: 'executor',
            signature: 'c2ln',
          },
        },
      ],
    ],
    [
      'native code that says nothing',
      { executableCode: {} },
      [
        {
          kind: 'call',
          streamed: false,
          call: { kind: 'code', form: 'native', id: 'code_new', code: '', language: 'python', host: 'executor' },
        },
      ],
    ],
    [
      'a native result',
      { codeExecutionResult: { id: 'x', outcome: 'OUTCOME_FAILED', output: 'no' } },
      [{ kind: 'hosted_result', callId: 'x', outcome: 'OUTCOME_FAILED', output: 'no' }],
    ],
    ['a native result that says nothing', { codeExecutionResult: {} }, [{ kind: 'hosted_result', outcome: 'OUTCOME_OK', output: '' }]],
    ['an image', { inlineData: { mimeType: 'image/png', data: 'aQ==' } }, [{ kind: 'media', mimeType: 'image/png', data: 'aQ==' }]],
    ['bytes of no type', { inlineData: {} }, [{ kind: 'media', mimeType: 'application/octet-stream', data: '' }]],
    [
      'a file',
      { fileData: { fileUri: 'https://files/a', mimeType: 'video/mp4' } },
      [{ kind: 'media', mimeType: 'video/mp4', uri: 'https://files/a' }],
    ],
    ['a part that nobody knows', { newThing: 1 } as Part, []],
  ])('understands %s in every mode', (_, part, expected) => {
    for (const mode of ['function', 'native', 'fenced', 'off'] as const) expect(found([part], mode)).toEqual(expected)
  })

  it('knows that native code was run by the host of the model where the tool was declared', () => {
    const [call] = found([{ executableCode: { code: 'a' } }], 'native', true)
    expect(call).toMatchObject({ kind: 'call', call: { form: 'native', host: 'model' } })
  })

  it('takes fences for text where they are not asked for', () => {
    expect(found([{ text: '```python\na\n```\n' }], 'function')).toEqual([{ kind: 'text', text: '```python\na\n```\n' }])
  })

  it('takes no program out of a thought', () => {
    expect(found([{ text: '```python\na\n```\n', thought: true }], 'fenced')).toEqual([{ kind: 'thought', text: '```python\na\n```\n' }])
  })

  it('finds a program in text parts that a signature stands between', () => {
    const parts = [{ text: '```python\nprint(' }, { text: '4)\n', thoughtSignature: 'c2ln' }, { text: '```' }]
    expect(found(parts, 'fenced')).toEqual([
      { kind: 'code_start', id: 'code_new' },
      { kind: 'code', text: 'print(' },
      { kind: 'code', text: '4)\n' },
      { kind: 'signature', signature: 'c2ln', of: 'model_output' },
      {
        kind: 'call',
        call: { kind: 'code', form: 'fenced', id: 'code_new', code: 'print(4)\n', language: 'python', host: 'executor' },
        streamed: true,
      },
    ])
  })

  it.each<[string, Part]>([
    ['a call', { functionCall: { name: 'f' } }],
    ['native code', { executableCode: { code: 'a' } }],
    ['an image', { inlineData: { mimeType: 'image/png', data: 'aQ==' } }],
    ['a thought', { text: 'Hm.', thought: true }],
  ])('tells text that was held back before %s that follows it', (_, part) => {
    const finds = found([{ text: 'So: \n``' }, part], 'fenced')
    expect(finds.slice(0, 2)).toEqual([
      { kind: 'text', text: 'So: \n' },
      { kind: 'text', text: '``' },
    ])
    expect(finds).toHaveLength(3)
  })

  it('ends a program where anything but text follows it', () => {
    const call = { functionCall: { name: 'f' } }
    expect(found([{ text: '```python\na\n```' }, call], 'fenced').map(shape)).toEqual(['code_start', 'code', 'call', 'call'])
    expect(found([{ text: '```python\na\n' }, call], 'fenced').map(shape)).toEqual(['code_start', 'code', 'call unclosed', 'call'])
  })
})

function found(parts: readonly Part[], mode: Mode, hosted = false): readonly Found[] {
  const reader = interceptor(mode, hosted, (kind, given) => given ?? `${kind}_new`)
  return [...parts.flatMap((part) => [...reader.read(part)]), ...reader.end()]
}

function shape(find: Found): string {
  return find.kind === 'call' && find.unclosed ? 'call unclosed' : find.kind
}
