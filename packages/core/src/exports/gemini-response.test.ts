import { GoogleGenAI } from '@google/genai'
import { describe, expect, test, vi } from 'vitest'
import { PIXEL, sampleSummary, TRACEBACK } from '../../test/sample-summary.ts'
import { summaryOf } from '../../test/told-run.ts'
import type { Content } from '../model.ts'
import type { FinishReason, Summary } from '../summary.ts'
import { type GeminiResponse, toGenerateContentResponse } from './gemini-response.ts'

const contents: readonly Content[] = [
  { role: 'user', parts: [{ text: 'Sum the primes.' }] },
  {
    role: 'model',
    parts: [
      { text: 'I need sympy.', thought: true, thoughtSignature: 'sig-thought' },
      { text: 'Let me ' },
      { text: 'compute.', thoughtSignature: 'sig-text' },
      { functionCall: { name: 'run_python', args: {} }, thoughtSignature: 'sig-c1' },
      { text: '', thoughtSignature: 'sig-alone' },
    ],
  },
  { role: 'model', parts: [{ text: 'The chart' }] },
  { role: 'model', parts: [{ text: 'The chart shows it.' }, { text: '', thoughtSignature: 'sig-end' }] },
]

const parts = [
  { text: 'I need sympy.', thought: true, thoughtSignature: 'sig-thought' },
  { text: 'Let me ' },
  { text: 'compute.', thoughtSignature: 'sig-text' },
  { executableCode: { id: 'c1', language: 'PYTHON', code: 'print("go")\nimport sympy' }, thoughtSignature: 'sig-c1' },
  { codeExecutionResult: { id: 'c1', outcome: 'OUTCOME_FAILED', output: `stdout: go\n\n\nstderr: a warning\n${TRACEBACK}` } },
  { executableCode: { id: 'skipped', language: 'PYTHON', code: 'print(total)' } },
  {
    codeExecutionResult: {
      id: 'skipped',
      outcome: 'OUTCOME_FAILED',
      output: 'Not run, because an earlier call of the same answer was not carried out.',
    },
  },
  { executableCode: { id: 'c2', language: 'PYTHON', code: 'draw(safe=True)' } },
  { codeExecutionResult: { id: 'c2', outcome: 'OUTCOME_OK', output: '5117\n' } },
  { inlineData: { mimeType: 'image/png', data: PIXEL } },
  { executableCode: { id: 'n1', language: 'PYTHON', code: 'print(6 * 7); 1 / 0' }, thoughtSignature: 'sig-n1' },
  { codeExecutionResult: { id: 'n1', outcome: 'OUTCOME_OK', output: '42\n' } },
  { codeExecutionResult: { id: 'n1', outcome: 'OUTCOME_FAILED', output: 'division by zero\n' } },
  { executableCode: { id: 'shown', language: 'PYTHON', code: 'rm()' } },
  { executableCode: { id: 'silent', language: 'PYTHON', code: 'pass' } },
  { codeExecutionResult: { id: 'silent', outcome: 'OUTCOME_DEADLINE_EXCEEDED' } },
  { text: 'The chart\n\nThe chart shows it.' },
  { text: '', thoughtSignature: 'sig-end' },
]

/** gemini-wire.md 3.1, one letter a part: text, code, result, image. */
const GRAMMAR = /^(t?cr{0,2}i*)*t*$/

function letters(response: GeminiResponse): string {
  const said = response.candidates?.[0]?.content.parts.filter((part) => !('thought' in part && part.thought)) ?? []
  return said.map((part) => ('text' in part ? 't' : 'executableCode' in part ? 'c' : 'codeExecutionResult' in part ? 'r' : 'i')).join('')
}

describe('toGenerateContentResponse', () => {
  test('is the one answer that the hosted tool would have given', () => {
    expect(toGenerateContentResponse({ summary: sampleSummary(), contents })).toEqual({
      candidates: [
        {
          content: { role: 'model', parts },
          finishReason: 'STOP',
          index: 0,
          groundingMetadata: { webSearchQueries: ['primes'] },
        },
      ],
      usageMetadata: {
        promptTokenCount: 30,
        candidatesTokenCount: 30,
        totalTokenCount: 155,
        cachedContentTokenCount: 8,
        thoughtsTokenCount: 5,
        toolUsePromptTokenCount: 90,
      },
      modelVersion: 'gemini-3.5-flash-001',
      responseId: 'run',
    })
  })

  test('has its parts in the order of Google’s grammar', () => {
    expect(letters(toGenerateContentResponse({ summary: sampleSummary(), contents: [] }))).toMatch(GRAMMAR)
  })

  test('ends with the functions that are waited for', () => {
    const summary = summaryOf({
      status: 'requires_action',
      finish: { reason: 'awaiting_function' },
      steps: [{ type: 'function_call', id: 'f1', name: 'pay', arguments: { sum: 3 }, signature: 'sig' }],
      pending: { approvals: [], functions: [{ call_id: 'f1', name: 'pay', arguments: { sum: 3 } }] },
    })
    expect(toGenerateContentResponse({ summary, contents: [] }).candidates?.[0]).toEqual({
      content: { role: 'model', parts: [{ functionCall: { id: 'f1', name: 'pay', args: { sum: 3 } }, thoughtSignature: 'sig' }] },
      finishReason: 'STOP',
      index: 0,
    })
  })

  test.each<[FinishReason, Partial<Summary>, string]>([
    ['max_tokens', {}, 'MAX_TOKENS'],
    ['regenerations_exhausted', { output_text: 'Sorry.' }, 'STOP'],
    ['regenerations_exhausted', {}, 'TOO_MANY_TOOL_CALLS'],
    ['stuck', {}, 'TOO_MANY_TOOL_CALLS'],
    ['budget', {}, 'TOO_MANY_TOOL_CALLS'],
    ['repairs_exhausted', {}, 'MALFORMED_RESPONSE'],
    ['aborted', {}, 'OTHER'],
    [
      'model_blocked',
      { model_calls: [{ ...(sampleSummary().model_calls[0] as Summary['model_calls'][0]), finish_reason: 'SAFETY' }] },
      'SAFETY',
    ],
  ])('says %s in Gemini’s words (%o)', (reason, more, expected) => {
    const summary = summaryOf({ finish: { reason, detail: 'because' }, ...more })
    const [candidate] = toGenerateContentResponse({ summary, contents: [] }).candidates ?? []
    expect([candidate?.finishReason, candidate?.finishMessage]).toEqual([expected, expected === 'STOP' ? undefined : 'because'])
  })

  test('tells a blocked prompt as Gemini does, without a candidate', () => {
    const summary = summaryOf({ status: 'failed', finish: { reason: 'model_blocked', detail: 'PROHIBITED_CONTENT' } })
    expect(toGenerateContentResponse({ summary, contents: [] })).toEqual({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
      modelVersion: 'scripted',
      responseId: 'run',
    })
  })
})

describe('the real SDK', () => {
  test('reads it as an answer of the API, and sends it back as history', async () => {
    const response = toGenerateContentResponse({ summary: sampleSummary(), contents })
    const sent: { readonly contents: readonly unknown[] }[] = []
    const ai = new GoogleGenAI({
      apiKey: 'key',
      httpOptions: {
        fetch: async (_url, init) => {
          sent.push(JSON.parse(String(init?.body)))
          return Response.json(response)
        },
      },
    })
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const chat = ai.chats.create({ model: 'gemini-3.5-flash' })
    const read = await chat.sendMessage({ message: 'Sum the primes.' })
    expect({
      text: read.text,
      executableCode: read.executableCode,
      codeExecutionResult: read.codeExecutionResult,
      data: read.data,
      functionCalls: read.functionCalls,
      usageMetadata: read.usageMetadata,
    }).toEqual({
      text: 'Let me compute.The chart\n\nThe chart shows it.',
      executableCode: 'print("go")\nimport sympy',
      codeExecutionResult: `stdout: go\n\n\nstderr: a warning\n${TRACEBACK}`,
      data: PIXEL,
      functionCalls: undefined,
      usageMetadata: response.usageMetadata,
    })
    await chat.sendMessage({ message: 'And now?' })
    expect(sent[1]?.contents[1]).toEqual({ role: 'model', parts })
    warned.mockRestore()
  })
})
