import { expect, it } from 'vitest'
import type { ModelChunk } from '../model.ts'
import { mergeChunks } from './merge-chunks.ts'
import { answer } from './scripted-model.ts'

const said = (...parts: readonly object[]): ModelChunk => ({ candidates: [{ content: { role: 'model', parts } }] })

it.each<[string, readonly ModelChunk[], ModelChunk | undefined]>([
  ['nothing', [], {}],
  [
    'one chunk as it is',
    answer.code('print(4)', { id: 'fc-1', signature: 'c2ln' }),
    answer.code('print(4)', { id: 'fc-1', signature: 'c2ln' })[0],
  ],
  ['text in pieces', answer.text('It is 42.', { in: 4 }), answer.text('It is 42.')[0]],
  ['a call and what fills up the stream', answer.code('print(4)', { in: 3 }), answer.code('print(4)')[0]],
  [
    'a thought and an answer apart',
    [said({ text: 'Hm', thought: true }), said({ text: 'm.', thought: true }), said({ text: '4' }), said({ text: '2' })],
    said({ text: 'Hmm.', thought: true }, { text: '42' }),
  ],
  [
    'signed parts as they are',
    [said({ text: '4' }), said({ text: '', thoughtSignature: 'c2ln' }), said({ text: '2' })],
    said({ text: '4' }, { text: '', thoughtSignature: 'c2ln' }, { text: '2' }),
  ],
  [
    'the last of all else',
    [
      { ...said({ text: '4' }), usageMetadata: { totalTokenCount: 1 }, modelVersion: 'm', responseId: 'r' },
      { candidates: [{ finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 2 } },
    ],
    {
      candidates: [{ content: { role: 'model', parts: [{ text: '4' }] }, finishReason: 'STOP' }],
      usageMetadata: { totalTokenCount: 2 },
      modelVersion: 'm',
      responseId: 'r',
    },
  ],
  ['a content without parts', answer.finish('MALFORMED_FUNCTION_CALL', 'x'), answer.finish('MALFORMED_FUNCTION_CALL', 'x')[0]],
  ['a blocked prompt', answer.blocked('SAFETY'), answer.blocked('SAFETY')[0]],
])('merges %s', (_, chunks, expected) => {
  expect(mergeChunks(chunks)).toEqual(expected)
})
