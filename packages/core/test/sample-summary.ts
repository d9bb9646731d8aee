import type { ExecutionRecord, Step } from '../src/steps.ts'
import type { Summary } from '../src/summary.ts'
import { summaryOf } from './told-run.ts'

/** A PNG of one pixel. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const TRACEBACK =
  'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\nModuleNotFoundError: No module named \'sympy\'\n'

/** A run in which everything happened that an export must show, or must leave out. */
export function sampleSummary(more: Partial<Summary> = {}): Summary {
  return summaryOf({
    model: 'gemini-3.5-flash',
    model_version: 'gemini-3.5-flash-001',
    output_text: 'The chart shows it.',
    steps: STEPS,
    executions: STEPS.flatMap((step) => (step.type === 'code_execution_result' && step.execution ? [step.execution] : [])),
    outputs: [
      { id: 'o1', type: 'image', path: 'chart (1).png', mime_type: 'image/png', size: 70, sha256: 'a', call_id: 'c2' },
      { id: 'o2', type: 'file', path: 'data/primes.csv', mime_type: 'text/csv', size: 9, sha256: 'b', call_id: 'c2' },
    ],
    model_calls: [
      { index: 1, finish_reason: 'STOP', ms: 10, usage: { input: 30, output: 20, thought: 5, cached: 8, tool_use: 0, total: 55 } },
      {
        index: 2,
        finish_reason: 'STOP',
        ms: 10,
        usage: { input: 90, output: 10, thought: 0, cached: 0, tool_use: 0, total: 100 },
        extra: { groundingMetadata: { webSearchQueries: ['primes'] }, createTime: '2026-11-24T12:00:00Z' },
      },
    ],
    usage: {
      total_input_tokens: 120,
      total_output_tokens: 30,
      total_thought_tokens: 5,
      total_cached_tokens: 8,
      total_tool_use_tokens: 0,
      total_tokens: 155,
      intermediate_tokens: 90,
      native_equivalent: { prompt: 30, tool_use_prompt: 90, candidates: 30, thoughts: 5, total: 155 },
    },
    ...more,
  })
}

function record(index: number, call_id: string, more: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    index,
    call_id,
    regeneration: 0,
    code_sha256: '',
    outcome: 'OUTCOME_OK',
    reason: 'completed',
    state: 'kept',
    generation: 1,
    executor: 'scripted',
    usage: { queued_ms: 0, wall_ms: 1, tool_ms: 0 },
    ...more,
  }
}

function call(id: string, code: string, more: { readonly signature?: string; readonly host?: 'model' } = {}): Step {
  return { type: 'code_execution_call', id, arguments: { code, language: 'python' }, regeneration: 0, host: 'executor', ...more }
}

const STEPS: readonly Step[] = [
  {
    type: 'user_input',
    content: [
      { type: 'text', text: 'Sum the primes.\nDraw them.' },
      { type: 'image', mime_type: 'image/png', data: PIXEL, name: 'sketch.png' },
    ],
  },
  { type: 'thought', summary: [{ type: 'text', text: 'I need sympy.' }], signature: 'sig-thought' },
  { type: 'model_output', content: [{ type: 'text', text: 'The ans' }], discarded: true },
  { type: 'model_output', content: [{ type: 'text', text: 'Let me compute.' }] },
  // Two programs in one answer: both are told before the first runs.
  call('c1', 'print("go")\nimport sympy', { signature: 'sig-c1' }),
  call('skipped', 'print(total)'),
  {
    type: 'code_execution_result',
    call_id: 'c1',
    is_error: true,
    result: `stdout: go\n\n\nstderr: a warning\n${TRACEBACK}`,
    outcome: 'OUTCOME_FAILED',
    execution: record(1, 'c1', {
      outcome: 'OUTCOME_FAILED',
      reason: 'exception',
      error: { name: 'ModuleNotFoundError', value: "No module named 'sympy'", line: 2 },
    }),
    output: { stdout: 'go\n', stderr: 'a warning', displays: [] },
  },
  {
    type: 'code_execution_result',
    call_id: 'skipped',
    is_error: true,
    result: 'Not run, because an earlier call of the same answer was not carried out.',
    not_run: 'earlier_failure',
  },
  call('c2', 'draw()', { signature: 'sig-c2' }),
  {
    type: 'code_execution_result',
    call_id: 'c2',
    is_error: false,
    result: '5117\n',
    outcome: 'OUTCOME_OK',
    execution: record(2, 'c2', { regeneration: 1 }),
    output: {
      stdout: '5117\n',
      stderr: '',
      value: { data: { 'text/plain': '5117', 'application/json': '{"sum":5117}' } },
      displays: [
        { data: { 'image/png': `${PIXEL.slice(0, 40)}\n${PIXEL.slice(40)}\n`, 'text/plain': '<Figure>' }, metadata: { width: 1 } },
        { data: { 'image/png': PIXEL } },
        { data: { 'text/html': '<b>5117</b>' } },
      ],
    },
    edited: { code: 'draw(safe=True)' },
  },
  { type: 'function_call', id: 'f1', name: 'lookup', arguments: { article: 7 } },
  { type: 'function_result', call_id: 'f1', name: 'lookup', is_error: false, result: { price: 3 } },
  // Run by the model's host: an older model's two results for one program.
  call('n1', 'print(6 * 7); 1 / 0', { host: 'model', signature: 'sig-n1' }),
  { type: 'code_execution_result', call_id: 'n1', is_error: false, result: '42\n', outcome: 'OUTCOME_OK' },
  { type: 'code_execution_result', call_id: 'n1', is_error: true, result: 'division by zero\n', outcome: 'OUTCOME_FAILED' },
  call('shown', 'rm()'),
  {
    type: 'code_execution_result',
    call_id: 'shown',
    is_error: false,
    result: 'Not run: the user only wanted to see this program, and has seen it.',
    not_run: 'shown',
  },
  call('silent', 'pass'),
  {
    type: 'code_execution_result',
    call_id: 'silent',
    is_error: true,
    result: '',
    outcome: 'OUTCOME_DEADLINE_EXCEEDED',
    execution: record(3, 'silent', { outcome: 'OUTCOME_DEADLINE_EXCEEDED', reason: 'deadline' }),
    output: { stdout: '', stderr: '', displays: [] },
  },
  { type: 'model_output', content: [{ type: 'text', text: 'The chart' }] },
  { type: 'model_output', content: [{ type: 'text', text: 'The chart shows it.' }] },
]
