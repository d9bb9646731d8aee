import fc from 'fast-check'
import type { Approve } from '../src/approval.ts'
import { createLoop } from '../src/create-loop.ts'
import { ModelError } from '../src/errors.ts'
import type { Run } from '../src/run.ts'
import { answer, type ScriptedAnswer, type ScriptedExecution, scriptedExecutor, scriptedModel } from '../src/testing/index.ts'
import { tool } from '../src/tool.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const chunks = fc.integer({ min: 1, max: 4 })
const broken = new ModelError('network', 'The line broke.', { hint: '', retryable: true, retryAfterMs: 0 })

const answered: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  fc.tuple(text, chunks).map(([said, pieces]) => answer.text(said, { in: pieces })),
  fc.tuple(text, text, chunks).map(([code, before, pieces]) => answer.code(code, { before, in: pieces })),
  fc.tuple(text, text, chunks).map(([code, before, pieces]) => answer.fenced(code, { before, in: pieces })),
  fc.tuple(text, text).map(([code, output]) => answer.native(code, { result: { outcome: 'OUTCOME_OK', output }, after: 'So.' })),
  fc.constantFrom('lookup', 'unknown').map((name) => answer.call(name, { article: 7 })),
  fc
    .tuple(text, text)
    .map(([thought, code]) =>
      answer.parts([
        { text: thought, thought: true },
        { functionCall: { name: 'run_python', args: { code } }, thoughtSignature: 'signature' },
        { functionCall: { name: 'run_python', args: { code: `${code}#` } } },
      ]),
    ),
  fc.constantFrom('MALFORMED_FUNCTION_CALL', 'STOP', 'SAFETY', 'MAX_TOKENS').map((reason) => answer.finish(reason)),
  fc.tuple(text, chunks).map(([said, pieces]) => answer.failure(broken, answer.text(said, { in: pieces, finishReason: null }))),
  text.map((thought) => answer.failure(broken, answer.parts([{ text: thought, thought: true }, { text: 'So' }], { finishReason: null }))),
)

const executed: fc.Arbitrary<ScriptedExecution> = fc.oneof(
  text.map((stdout) => ({ stdout })),
  text.map((stderr) => ({ stderr, displays: [{ data: { 'image/png': 'iVBORw0KGgo=' } }] })),
  text.map((value) => ({ error: { name: 'ValueError', value, traceback: `ValueError: ${value}` } })),
  text.map(
    (said): ScriptedExecution =>
      (_, { emit }) => {
        for (const character of said) emit({ type: 'stdout', text: character })
        return { value: { data: { 'text/plain': said } } }
      },
  ),
)

type Permitted = 'allow' | 'deny' | 'show' | 'edit'

const permitted = fc.array(fc.constantFrom<Permitted>('allow', 'allow', 'deny', 'show', 'edit'), { minLength: 1 })

/** What is asked first gets the first decision, and so on, over and over. */
function approveBy(decisions: readonly Permitted[]): Approve {
  let asked = 0
  return ({ kind }) => {
    const decision = decisions[asked++ % decisions.length] ?? 'allow'
    if (decision !== 'edit') return decision
    return kind === 'code' ? { edit: { code: 'pass' } } : 'allow'
  }
}

const lookup = tool({ name: 'lookup', description: 'A price.', parameters: { type: 'object' }, execute: async () => ({ price: 3 }) })

/** A run of the loop itself over whatever a model may answer, an executor may make of it, and a caller may allow. */
export const arbitraryRun: fc.Arbitrary<{ readonly script: unknown; readonly start: () => Run }> = fc
  .record({
    answers: fc.array(answered, { minLength: 1, maxLength: 9 }),
    executions: fc.array(executed, { minLength: 20, maxLength: 20 }),
    decisions: permitted,
    interception: fc.constantFrom('auto' as const, 'fenced' as const, 'function' as const, 'native' as const),
  })
  .map((script) => ({ script, start: () => startRun(script) }))

interface Script {
  readonly answers: readonly ScriptedAnswer[]
  readonly executions: readonly ScriptedExecution[]
  readonly decisions: readonly Permitted[]
  readonly interception: 'auto' | 'fenced' | 'function' | 'native'
}

function startRun({ answers, executions, decisions, interception }: Script): Run {
  const model = scriptedModel([...answers, answer.text('Done.')], { traits: { nativeCodeExecution: true, nativeWithFunctions: true } })
  return createLoop({ model, executor: scriptedExecutor(executions), interception, approve: approveBy(decisions), tools: [lookup] }).run(
    'What is it?',
  )
}
