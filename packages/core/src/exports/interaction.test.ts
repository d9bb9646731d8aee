import { describe, expect, test } from 'vitest'
import { PIXEL, sampleSummary, TRACEBACK } from '../../test/sample-summary.ts'
import { toInteraction } from './interaction.ts'

describe('toInteraction', () => {
  test('is what Google answers: its members alone, figures as images of an output, code as it ran', () => {
    expect(toInteraction(sampleSummary())).toEqual({
      id: 'run',
      object: 'interaction',
      model: 'gemini-3.5-flash',
      status: 'completed',
      created: '2026-11-24T12:00:00.000Z',
      updated: '2026-11-24T12:00:01.000Z',
      steps: [
        { type: 'thought', summary: [{ type: 'text', text: 'I need sympy.' }], signature: 'sig-thought' },
        { type: 'model_output', content: [{ type: 'text', text: 'Let me compute.' }] },
        {
          type: 'code_execution_call',
          id: 'c1',
          arguments: { code: 'print("go")\nimport sympy', language: 'python' },
          signature: 'sig-c1',
        },
        { type: 'code_execution_call', id: 'skipped', arguments: { code: 'print(total)', language: 'python' } },
        { type: 'code_execution_result', call_id: 'c1', result: `stdout: go\n\n\nstderr: a warning\n${TRACEBACK}`, is_error: true },
        {
          type: 'code_execution_result',
          call_id: 'skipped',
          result: 'Not run, because an earlier call of the same answer was not carried out.',
          is_error: true,
        },
        { type: 'code_execution_call', id: 'c2', arguments: { code: 'draw(safe=True)', language: 'python' } },
        { type: 'code_execution_result', call_id: 'c2', result: '5117\n', is_error: false },
        { type: 'model_output', content: [{ type: 'image', mime_type: 'image/png', data: PIXEL }] },
        { type: 'function_call', id: 'f1', name: 'lookup', arguments: { article: 7 } },
        { type: 'function_result', call_id: 'f1', name: 'lookup', result: { price: 3 }, is_error: false },
        {
          type: 'code_execution_call',
          id: 'n1',
          arguments: { code: 'print(6 * 7); 1 / 0', language: 'python' },
          signature: 'sig-n1',
        },
        { type: 'code_execution_result', call_id: 'n1', result: '42\n', is_error: false },
        { type: 'code_execution_result', call_id: 'n1', result: 'division by zero\n', is_error: true },
        { type: 'code_execution_call', id: 'shown', arguments: { code: 'rm()', language: 'python' } },
        {
          type: 'code_execution_result',
          call_id: 'shown',
          result: 'Not run: the user only wanted to see this program, and has seen it.',
          is_error: false,
        },
        { type: 'code_execution_call', id: 'silent', arguments: { code: 'pass', language: 'python' } },
        { type: 'code_execution_result', call_id: 'silent', result: '', is_error: true },
        { type: 'model_output', content: [{ type: 'text', text: 'The chart' }] },
        { type: 'model_output', content: [{ type: 'text', text: 'The chart shows it.' }] },
      ],
      usage: {
        total_input_tokens: 30,
        total_cached_tokens: 8,
        total_output_tokens: 30,
        total_tool_use_tokens: 90,
        total_thought_tokens: 5,
        total_tokens: 155,
      },
    })
  })

  test('puts a figure and the text that follows it into one output', () => {
    const result = sampleSummary().steps.find((step) => step.type === 'code_execution_result' && step.call_id === 'c2')
    const steps = [...(result ? [result] : []), { type: 'model_output' as const, content: [{ type: 'text' as const, text: 'There.' }] }]
    expect(toInteraction(sampleSummary({ steps })).steps).toEqual([
      { type: 'code_execution_result', call_id: 'c2', result: '5117\n', is_error: false },
      {
        type: 'model_output',
        content: [
          { type: 'image', mime_type: 'image/png', data: PIXEL },
          { type: 'text', text: 'There.' },
        ],
      },
    ])
  })

  test('keeps the total the sum of its parts, as Google’s is', () => {
    const { usage } = toInteraction(sampleSummary())
    const { total_input_tokens: input, total_output_tokens: output, total_tool_use_tokens: toolUse, total_thought_tokens: thought } = usage
    expect(usage.total_tokens).toBe(input + output + toolUse + thought)
  })
})
