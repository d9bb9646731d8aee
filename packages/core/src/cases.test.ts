import { afterEach, describe, expect, test, vi } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ExecutorError, ModelError } from './errors.ts'
import type { ModelChunk } from './model.ts'
import type { RunOptions } from './settings.ts'
import type { FinishReason, Status, Summary } from './summary.ts'
import { type ScriptedExecution, scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, type ScriptedAnswer, scriptedModel } from './testing/scripted-model.ts'

// What a model, or the way to it, can do wrong, and how a run ends then (design.md 4, 5, 8, 9; peers D2). Every case is read to its
// end by `watched`, which holds it to the rules of events, steps and history; none may end in an unhandled rejection.

interface Case {
  readonly name: string
  readonly answers: readonly ScriptedAnswer[]
  readonly executions?: readonly ScriptedExecution[]
  readonly options?: RunOptions
  readonly ends: readonly [Status, FinishReason]
  readonly text?: string
  readonly repairs?: number
  readonly regenerations?: number
  /** Programs that were run. */
  readonly ran?: number
  readonly notRun?: readonly string[]
  readonly error?: string
  readonly repairKinds?: readonly string[]
}

const ok = answer.text('It is 4.')
const four = { stdout: '4\n' }
const fails = { error: { name: 'ValueError', value: 'no', traceback: 'Traceback (most recent call last):\nValueError: no', line: 1 } }
const call = (code: string, finishReason: string | null, finishMessage?: string): readonly ModelChunk[] =>
  answer.code(code, { finishReason, finishMessage })
const broken = (text: string): readonly ModelChunk[] => answer.text(text, { finishReason: null })
const transient = new ModelError('network', 'terminated', { hint: 'Try again.', retryable: true, retryAfterMs: 0 })

const done = ['completed', 'answer'] as const
const CASES: readonly Case[] = [
  // the plain ways
  { name: 'a text', answers: [ok], ends: done, text: 'It is 4.' },
  { name: 'a call, then a text', answers: [answer.code('print(2+2)'), ok], executions: [four], ends: done, ran: 1 },
  {
    name: 'the answer in the same message as the code',
    answers: [answer.code('print(2+2)', { before: 'It will be 4.' }), ok],
    executions: [four],
    ends: done,
    text: 'It is 4.',
    ran: 1,
  },
  { name: 'a native part without the tool', answers: [answer.native('print(2+2)'), ok], executions: [four], ends: done, ran: 1 },
  {
    name: 'a native part with a result that the model made up',
    answers: [answer.native('print(2+2)', { result: { outcome: 'OUTCOME_OK', output: '5' } }), ok],
    executions: [four],
    ends: done,
    ran: 1,
  },
  {
    name: 'code in a thought part',
    answers: [answer.parts([{ thought: true, executableCode: { code: 'print(4)', language: 'PYTHON' } }]), ok],
    executions: [four],
    ends: done,
    ran: 1,
  },
  { name: 'a fence where fences are not asked for', answers: [answer.fenced('print(2+2)')], ends: done, ran: 0 },
  {
    name: 'a fence',
    answers: [answer.fenced('print(2+2)', { in: 5 }), ok],
    executions: [four],
    options: { interception: 'fenced' },
    ends: done,
    ran: 1,
  },
  {
    name: 'a fence of tool_code',
    answers: [answer.fenced('print(2+2)', { label: 'tool_code' }), ok],
    executions: [four],
    options: { interception: 'fenced' },
    ends: done,
    ran: 1,
  },
  {
    name: 'an indented fence',
    answers: [answer.text('1. so:\n   ```python\n   print(4)\n   ```\n', { in: 7 }), ok],
    executions: [four],
    options: { interception: 'fenced' },
    ends: done,
    ran: 1,
  },
  {
    name: 'two fences',
    answers: [answer.text('```python\na = 2\n```\nand\n```py\nprint(a+a)\n```'), ok],
    executions: [{}, four],
    options: { interception: 'fenced' },
    ends: done,
    ran: 2,
  },
  {
    name: 'a fence of another language',
    answers: [answer.fenced('console.log(4)', { label: 'js' })],
    options: { interception: 'fenced' },
    ends: done,
    ran: 0,
  },
  { name: 'a call without id', answers: [answer.code('print(2+2)'), ok], executions: [four], ends: done, ran: 1 },
  {
    name: 'a call by the inner name default_api.run_python',
    answers: [answer.call('default_api.run_python', { code: 'print(4)' }), ok],
    executions: [four],
    ends: done,
    ran: 1,
  },
  {
    name: 'two calls at once',
    answers: [
      answer.parts([
        { functionCall: { id: 'a', name: 'run_python', args: { code: 'a=2' } } },
        { functionCall: { id: 'b', name: 'run_python', args: { code: 'print(a+a)' } } },
      ]),
      ok,
    ],
    executions: [{}, four],
    ends: done,
    ran: 2,
  },
  {
    name: 'two calls with one id and the same code',
    answers: [
      answer.parts([
        { functionCall: { id: 'a', name: 'run_python', args: { code: 'print(4)' } } },
        { functionCall: { id: 'a', name: 'run_python', args: { code: 'print(4)' } } },
      ]),
      ok,
    ],
    executions: [four],
    ends: done,
    ran: 1,
  },
  {
    name: 'two calls with one id and other code',
    answers: [
      answer.parts([
        { functionCall: { id: 'a', name: 'run_python', args: { code: 'a=2' } } },
        { functionCall: { id: 'a', name: 'run_python', args: { code: 'print(a+a)' } } },
      ]),
      ok,
    ],
    executions: [{}, four],
    ends: done,
    ran: 2,
  },
  {
    name: 'the same id in two answers',
    answers: [answer.code('a=2', { id: 'x' }), answer.code('print(a+a)', { id: 'x' }), ok],
    executions: [{}, four],
    ends: done,
    ran: 2,
  },
  {
    name: 'the first of two programs fails',
    answers: [
      answer.parts([
        { functionCall: { name: 'run_python', args: { code: 'a' } } },
        { functionCall: { name: 'run_python', args: { code: 'b' } } },
      ]),
      ok,
    ],
    executions: [fails],
    ends: done,
    ran: 1,
    notRun: ['earlier_failure'],
    regenerations: 1,
  },
  // answers that cannot be used
  {
    name: 'MALFORMED_FUNCTION_CALL',
    answers: [answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.run_python(code="print('), ok],
    ends: done,
    repairs: 1,
    repairKinds: ['malformed_call'],
  },
  {
    name: 'MALFORMED_FUNCTION_CALL with the whole program in its message',
    answers: [
      answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.run_python(code="""print("4")\n"""))'),
      ok,
    ],
    executions: [four],
    ends: done,
    repairs: 0,
    ran: 1,
  },
  {
    name: 'UNEXPECTED_TOOL_CALL',
    answers: [answer.finish('UNEXPECTED_TOOL_CALL', 'Unexpected tool call: x'), ok],
    ends: done,
    repairs: 1,
    repairKinds: ['unexpected_call'],
  },
  {
    name: 'UNEXPECTED_TOOL_CALL that holds the call',
    answers: [call('print(4)', 'UNEXPECTED_TOOL_CALL'), ok],
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
  },
  {
    name: 'MALFORMED_RESPONSE',
    answers: [answer.finish('MALFORMED_RESPONSE'), ok],
    ends: done,
    repairs: 1,
    repairKinds: ['malformed_response'],
  },
  {
    name: 'TOO_MANY_TOOL_CALLS',
    answers: [call('print(4)', 'TOO_MANY_TOOL_CALLS'), ok],
    ends: done,
    repairs: 1,
    notRun: ['unusable'],
    repairKinds: ['too_many_calls'],
  },
  { name: 'an empty STOP', answers: [answer.finish('STOP'), ok], ends: done, repairs: 1, repairKinds: ['empty'] },
  {
    name: 'STOP after thoughts alone',
    answers: [answer.parts([{ thought: true, text: 'Hm.' }]), ok],
    ends: done,
    repairs: 1,
    repairKinds: ['empty'],
  },
  {
    name: 'a content of role alone',
    answers: [[{ candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] }], ok],
    ends: done,
    repairs: 1,
  },
  {
    name: 'a fence that never closes',
    answers: [answer.text('```python\nprint(4)'), ok],
    options: { interception: 'fenced' },
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
    repairKinds: ['unparsable'],
  },
  {
    name: 'a call of an unknown function',
    answers: [answer.call('launch', {}), ok],
    ends: done,
    repairs: 1,
    notRun: ['unusable'],
    repairKinds: ['unexpected_call'],
  },
  {
    name: 'run_python without code',
    answers: [answer.call('run_python', { source: 'print(4)' }), ok],
    ends: done,
    repairs: 1,
    notRun: ['unusable'],
    repairKinds: ['malformed_call'],
  },
  { name: 'an empty program', answers: [answer.code('  '), ok], ends: done, repairs: 1, ran: 0, notRun: ['unusable'] },
  {
    name: 'an unknown function beside a program',
    answers: [
      answer.parts([{ functionCall: { name: 'launch', args: {} } }, { functionCall: { name: 'run_python', args: { code: 'print(4)' } } }]),
      ok,
    ],
    executions: [four],
    ends: done,
    repairs: 0,
    ran: 1,
    notRun: ['unusable'],
  },
  {
    name: 'MAX_TOKENS in a text',
    answers: [answer.text('It is', { finishReason: 'MAX_TOKENS' })],
    ends: ['incomplete', 'max_tokens'],
    text: 'It is',
  },
  {
    name: 'MAX_TOKENS with a call',
    answers: [call('print(4', 'MAX_TOKENS'), ok],
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
    repairKinds: ['cut_off'],
  },
  {
    name: 'MAX_TOKENS in a fence',
    answers: [answer.text('```python\nprint(4', { finishReason: 'MAX_TOKENS' }), ok],
    options: { interception: 'fenced' },
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
    repairKinds: ['cut_off'],
  },
  { name: 'MAX_TOKENS without anything', answers: [answer.finish('MAX_TOKENS'), ok], ends: done, repairs: 1, repairKinds: ['cut_off'] },
  {
    name: 'four answers in a row that cannot be used',
    answers: Array.from({ length: 4 }, () => answer.finish('MALFORMED_RESPONSE')),
    options: { interception: 'function' },
    ends: ['incomplete', 'repairs_exhausted'],
    repairs: 3,
    text: '',
  },
  {
    name: 'an answer between two that cannot be used',
    answers: [answer.finish('MALFORMED_RESPONSE'), answer.code('print(4)'), answer.finish('MALFORMED_RESPONSE'), ok],
    executions: [four],
    ends: done,
    repairs: 2,
  },
  {
    name: 'a finish reason that nobody knows',
    answers: [answer.text('It is 4.', { finishReason: 'TIRED' })],
    ends: done,
    text: 'It is 4.',
  },
  {
    name: 'several finish reasons in one stream',
    answers: [[...answer.text('It ', { finishReason: 'STOP' }), ...answer.text('is 4.', { finishReason: 'STOP' })]],
    ends: done,
    text: 'It is 4.',
  },
  // answers that are refused
  ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE', 'IMAGE_SAFETY'].map(
    (reason): Case => ({
      name: `${reason} without output`,
      answers: [answer.finish(reason)],
      ends: ['failed', 'model_blocked'],
      error: 'blocked',
    }),
  ),
  {
    name: 'SAFETY after a program',
    answers: [answer.code('print(4)'), answer.finish('SAFETY')],
    executions: [four],
    ends: ['incomplete', 'model_blocked'],
    error: 'blocked',
  },
  {
    name: 'SAFETY with a call',
    answers: [call('print(4)', 'SAFETY')],
    ends: ['failed', 'model_blocked'],
    ran: 0,
    notRun: ['unusable'],
    error: 'blocked',
  },
  { name: 'a blocked prompt', answers: [answer.blocked('PROHIBITED_CONTENT')], ends: ['failed', 'model_blocked'], error: 'blocked' },
  // streams that break
  { name: 'a stream that ends in a text', answers: [broken('It i'), ok], ends: done, text: 'It is 4.', repairs: 0 },
  { name: 'a stream with an error in a text', answers: [answer.failure(transient, broken('It i')), ok], ends: done, text: 'It is 4.' },
  {
    name: 'a stream that ends after a call',
    answers: [call('print(4)', null), ok],
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
    repairKinds: ['cut_off'],
  },
  {
    name: 'a stream with an error after a call',
    answers: [answer.failure(transient, call('print(4)', null)), ok],
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
  },
  {
    name: 'a stream that ends in a fence',
    answers: [answer.text('```python\nprint(', { finishReason: null }), ok],
    options: { interception: 'fenced' },
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
    repairKinds: ['cut_off'],
  },
  { name: 'a stream that says nothing at all', answers: [answer.finish(null), ok], ends: done },
  {
    name: 'a server that always cuts after text',
    answers: Array.from({ length: 5 }, () => broken('It i')),
    ends: ['failed', 'model_error'],
    error: 'network',
  },
  {
    name: 'an error that would come again',
    answers: [answer.failure(new ModelError('quota_day', 'No more today.', { hint: 'Wait.' }), broken('It i'))],
    ends: ['failed', 'model_error'],
    error: 'quota_day',
  },
  {
    name: 'an error before anything came',
    answers: [answer.failure(new ModelError('key_invalid', 'API key not valid.', { hint: 'Check the key.' }))],
    ends: ['failed', 'model_error'],
    error: 'key_invalid',
  },
  {
    name: 'a model that throws what is no error of ours',
    answers: [answer.failure(new TypeError('x is undefined'))],
    ends: ['failed', 'model_error'],
    error: 'protocol',
  },
  // programs and executors
  {
    name: 'a program that fails and is mended',
    answers: [answer.code('a'), answer.code('b'), ok],
    executions: [fails, four],
    ends: done,
    regenerations: 1,
    ran: 2,
  },
  {
    name: 'six programs that fail',
    answers: [...'abcdef'].map((code) => answer.code(code)).concat([answer.text('I could not.')]),
    executions: Array.from({ length: 6 }, () => fails),
    ends: ['incomplete', 'regenerations_exhausted'],
    regenerations: 5,
    ran: 6,
    text: 'I could not.',
  },
  {
    name: 'a lost session',
    answers: [answer.code('a'), answer.code('b'), ok],
    executions: [() => Promise.reject(new ExecutorError('session_lost', 'It was restarted.')), four],
    ends: done,
    regenerations: 0,
    ran: 1,
    notRun: ['unknown'],
  },
  {
    name: 'an executor that is not there',
    answers: [answer.code('a')],
    executions: [() => Promise.reject(new ExecutorError('unavailable', 'Nobody answers.'))],
    ends: ['failed', 'executor_error'],
    notRun: ['unknown'],
    error: 'unavailable',
  },
  {
    name: 'a program that is too large',
    answers: [answer.code('a'.repeat(100)), ok],
    executions: [() => Promise.reject(new ExecutorError('too_large', 'The program has 100 bytes; 10 are allowed.', { started: 'no' }))],
    ends: done,
    notRun: ['unusable'],
  },
  {
    name: 'an executor with a bug',
    answers: [answer.code('a')],
    executions: [() => Promise.reject(new TypeError('x is undefined'))],
    ends: ['failed', 'executor_error'],
    error: 'internal',
    notRun: ['unknown'],
  },
  {
    name: 'a call although code is off',
    answers: [answer.code('print(4)'), ok],
    options: { interception: 'off' },
    ends: done,
    repairs: 1,
    ran: 0,
    notRun: ['unusable'],
  },
]

const rejections: unknown[] = []
const note = (reason: unknown): void => void rejections.push(reason)

describe('whatever a model does, a run ends as it is written', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('the table has at least forty cases, each with a name of its own', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(40)
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length)
  })

  test.each(CASES)('$name', async (one) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    process.on('unhandledRejection', note)
    const model = scriptedModel(one.answers)
    const executor = scriptedExecutor(one.executions ?? [])
    const run = createLoop({ model, executor }).run('What is 2 + 2?', one.options)
    const ending = watched(run)
    const running = setInterval(() => void vi.advanceTimersByTimeAsync(10_000), 1) // waits between retries pass at once
    const { summary, of } = await ending.finally(() => clearInterval(running))
    process.off('unhandledRejection', note)

    expect(
      told(
        summary,
        of('loop.repair').map(({ kind }) => kind),
      ),
    ).toEqual({ ...told(summary, one.repairKinds ?? of('loop.repair').map(({ kind }) => kind)), ...wanted(one) })
    expect(rejections.splice(0)).toEqual([])
    model.assertDone()
    executor.assertDone()
  })
})

function told(summary: Summary, repairKinds: readonly string[]): object {
  return {
    ends: [summary.status, summary.finish.reason],
    text: summary.output_text,
    repairs: summary.repairs,
    regenerations: summary.regenerations.used,
    ran: summary.executions.length,
    notRun: summary.steps.flatMap((step) => ('not_run' in step && step.not_run ? [step.not_run] : [])),
    error: summary.error?.code,
    repairKinds,
  }
}

/** What a case says; what it leaves out it does not care for, but nothing is left unrun unseen. */
function wanted({ ends, text, repairs, regenerations, ran, notRun = [], error, repairKinds }: Case): object {
  return {
    ends,
    notRun,
    error,
    ...(text !== undefined && { text }),
    ...(repairs !== undefined && { repairs }),
    ...(regenerations !== undefined && { regenerations }),
    ...(ran !== undefined && { ran }),
    ...(repairKinds !== undefined && { repairKinds }),
  }
}
