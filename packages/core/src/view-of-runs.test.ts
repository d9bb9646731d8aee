import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Approve } from './approval.ts'
import { createLoop } from './create-loop.ts'
import { ModelError } from './errors.ts'
import { createEventLog } from './event-log.ts'
import type { LoopEvent } from './events.ts'
import { answer, type ScriptedAnswer, type ScriptedExecution, scriptedExecutor, scriptedModel } from './testing/index.ts'
import { tool } from './tool.ts'
import { applyEvent, type RunView } from './view.ts'

// Runs of the loop itself over whatever a model may answer and an executor may make of it.

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

const decided: fc.Arbitrary<Approve> = fc
  .array(fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const, 'show' as const, 'edit' as const), { minLength: 1 })
  .map((decisions) => {
    let asked = 0
    return ({ kind }) => {
      const decision = decisions[asked++ % decisions.length] ?? 'allow'
      return decision === 'edit' ? (kind === 'code' ? { edit: { code: 'pass' } } : 'allow') : decision
    }
  })

const lookup = tool({ name: 'lookup', description: 'A price.', parameters: { type: 'object' }, execute: async () => ({ price: 3 }) })

test('at the end of every run the steps of the view are the summary’s, also over a stream that was cut and read on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        answers: fc.array(answered, { minLength: 1, maxLength: 9 }),
        executions: fc.array(executed, { minLength: 20, maxLength: 20 }),
        approve: decided,
        interception: fc.constantFrom('auto' as const, 'fenced' as const, 'function' as const, 'native' as const),
        cutAt: fc.nat(),
        bound: fc.nat(4_000),
      }),
      async ({ answers, executions, approve, interception, cutAt, bound }) => {
        const loop = createLoop({
          model: scriptedModel([...answers, answer.text('Done.')], { traits: { nativeCodeExecution: true, nativeWithFunctions: true } }),
          executor: scriptedExecutor(executions),
          interception,
          approve,
          tools: [lookup],
        })
        const run = loop.run('What is it?')
        let whole: RunView | undefined
        const events: LoopEvent[] = []
        for await (const event of run) {
          const before = whole?.steps.at(-1)
          whole = applyEvent(whole, event)
          events.push(event)
          // What the deltas had shown is what the stop says.
          const after = whole.steps.at(-1)
          if (event.event_type === 'step.stop' && !(after?.step && 'discarded' in after.step) && event.step.type !== 'user_input')
            expect([before?.index, before?.text, before?.code]).toEqual([event.index, after?.text, after?.code])
        }
        const summary = await run.summary
        expect(whole?.steps.map(({ step }) => step)).toEqual(summary.steps)
        expect(whole).toMatchObject({ status: summary.status, regenerations: summary.regenerations.used, summary })
        expect(whole?.steps.map(({ index, open }) => ({ index, open }))).toEqual(summary.steps.map((_, index) => ({ index, open: false })))

        // The line broke somewhere; meanwhile deltas were dropped; some events come twice.
        const log = createEventLog(bound)
        for (const event of events) log.append(event)
        const cut = cutAt % events.length
        const until = events.slice(0, cut).reduce<RunView | undefined>(applyEvent, undefined)
        let readOn = until
        for await (const event of log.read({ after: cut - 3 })) readOn = applyEvent(readOn, event)
        expect(readOn).toEqual(whole)
      },
    ),
    { numRuns: 200 },
  )
})
