import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEventLog } from './event-log.ts'
import type { LoopEvent, Told } from './events.ts'
import type { Delta, Step } from './steps.ts'
import { headOf } from './steps.ts'
import type { Summary } from './summary.ts'
import { applyEvent, type RunView } from './view.ts'

const stamp = (told: Told, seq: number): LoopEvent => ({
  schema: 1,
  event_id: `run-${seq}`,
  seq,
  run_id: 'run',
  time: '2026-11-24T00:00:00.000Z',
  elapsed_ms: seq,
  ...told,
})

const fold = (events: readonly LoopEvent[], view?: RunView): RunView | undefined => events.reduce<RunView | undefined>(applyEvent, view)

const viewOf = (told: readonly Told[]): RunView | undefined => fold(told.map(stamp))

/** Of the summary the view takes status, pending and itself. */
const completed = (steps: readonly Step[]): Told => ({
  event_type: 'interaction.completed',
  interaction: { status: 'completed', steps } as unknown as Summary,
})

describe('applyEvent', () => {
  test('shows an answer while it grows, and the whole once it has stopped', () => {
    const told: Told[] = [
      { event_type: 'interaction.created', interaction: { id: 'run', model: 'm', status: 'in_progress' } },
      { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'The sum ' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'is 5117' } },
    ]
    const open = { index: 0, type: 'model_output', open: true, text: 'The sum is 5117', code: '', stdout: '', stderr: '', displays: [] }
    expect(viewOf(told)).toEqual({ id: 'run', seq: 3, status: 'in_progress', steps: [open], regenerations: 0, pending: [] })

    const step: Step = { type: 'model_output', content: [{ type: 'text', text: 'The sum is 5117.' }] }
    const view = viewOf([...told, { event_type: 'step.stop', index: 0, step }, completed([step])])
    expect(view).toMatchObject({ seq: 5, status: 'completed', steps: [{ ...open, open: false, text: 'The sum is 5117.', step }] })
    expect(view?.summary?.steps).toEqual([step])
  })

  test('shows what a program prints, shows and raises', () => {
    const output = { stdout: '1\n', stderr: 'careful', displays: [{ data: { 'image/png': 'iVBOR' } }] }
    const step: Step = { type: 'code_execution_result', call_id: 'c', is_error: false, result: 'stdout: 1\n\n\nstderr: careful', output }
    const told: Told[] = [
      { event_type: 'step.start', index: 0, step: headOf(step) },
      { event_type: 'step.delta', index: 0, delta: { type: 'execution_status', status: 'running' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'stdout', text: '1\n' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'stderr', text: 'careful' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'display', display: { data: { 'image/png': 'iVBOR' } } } },
    ]
    const shown = { index: 0, type: 'code_execution_result', text: '', code: '', ...output }
    expect(viewOf(told)?.steps).toEqual([{ ...shown, open: true }])
    expect(viewOf([...told, { event_type: 'step.stop', index: 0, step }])?.steps).toEqual([{ ...shown, open: false, step }])
  })

  test('shows the result of a program that was not run, or was run by the model’s host, which has one text', () => {
    const failed: Step = { type: 'code_execution_result', call_id: 'a', is_error: true, result: 'not run: denied', not_run: 'denied' }
    const fine: Step = { type: 'code_execution_result', call_id: 'b', is_error: false, result: '42\n' }
    const told = [failed, fine].flatMap((step, index): Told[] => [
      { event_type: 'step.start', index, step: headOf(step) },
      { event_type: 'step.stop', index, step },
    ])
    expect(viewOf(told)?.steps.map(({ stdout, stderr }) => ({ stdout, stderr }))).toEqual([
      { stdout: '', stderr: 'not run: denied' },
      { stdout: '42\n', stderr: '' },
    ])
  })

  test('shows nothing of an answer that broke off and is asked for again, and marks its steps as the summary does', () => {
    const thought: Step = { type: 'thought', summary: [{ type: 'text', text: 'Let me see' }] }
    const broken: Step = { type: 'model_output', content: [{ type: 'text', text: 'The su' }], discarded: true }
    const told: Told[] = [
      { event_type: 'step.start', index: 0, step: { type: 'thought' } },
      { event_type: 'step.stop', index: 0, step: thought },
      { event_type: 'step.start', index: 1, step: { type: 'model_output' } },
      { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'The su' } },
      { event_type: 'step.stop', index: 1, step: broken },
    ]
    const shown = (told: readonly Told[]) => viewOf(told)?.steps.map(({ index, text, step }) => ({ index, text, step }))
    expect(shown(told)).toEqual([
      { index: 0, text: 'Let me see', step: thought },
      { index: 1, text: '', step: broken },
    ])
    const retry: Told = { event_type: 'loop.retry', origin: 'model', attempt: 1, delay_ms: 500, code: 'network', discarded: [0] }
    expect(shown([...told, retry])).toEqual([
      { index: 0, text: '', step: { ...thought, discarded: true } },
      { index: 1, text: '', step: broken },
    ])
  })

  test('knows the regenerations, the status and what is waited for', () => {
    const approval = { approval_id: 'a1', kind: 'code', call_id: 'c1', code: 'rm()' } as const
    const told: Told[] = [
      { event_type: 'loop.regeneration', attempt: 2, max: 5, call_id: 'c0', reason: 'exception' },
      { event_type: 'interaction.status_update', status: 'requires_action' },
      { event_type: 'loop.approval_required', ...approval },
    ]
    expect(viewOf(told)).toMatchObject({ regenerations: 2, status: 'requires_action', pending: [approval] })
    expect(viewOf(told)?.pending).toEqual([approval])
    expect(viewOf([...told, { event_type: 'loop.approval_resolved', approval_id: 'a1', decision: 'denied' }])?.pending).toEqual([])
  })

  test('changes nothing for an event that was applied already, and copies only the step that changes', () => {
    const told: Told[] = [
      { event_type: 'step.start', index: 0, step: { type: 'thought' } },
      { event_type: 'step.start', index: 1, step: { type: 'model_output' } },
    ]
    const view = viewOf(told)
    expect(fold(told.map(stamp), view)).toBe(view)
    const next = fold([stamp({ event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'x' } }, 2)], view)
    expect(next?.steps[0]).toBe(view?.steps[0])
    expect(view?.steps[1]?.text).toBe('')
  })
})

// Streams as design.md 7 orders them: each step starts once and stops once, indices rise, deltas lie between, and what an answer
// told is discarded as a whole where its stream broke.

const words = fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 })

interface Grown {
  readonly step: Step
  readonly deltas: readonly Delta[]
}

const thought = words.map(
  (texts): Grown => ({
    step: { type: 'thought', summary: [{ type: 'text', text: texts.join('') }] },
    deltas: texts.map((text) => ({ type: 'thought_summary', text })),
  }),
)
const output = words.map(
  (texts): Grown => ({
    step: { type: 'model_output', content: [{ type: 'text', text: texts.join('') }] },
    deltas: texts.map((text) => ({ type: 'text', text })),
  }),
)
const call = fc.tuple(words, fc.boolean()).map(([texts, streams]): Grown => {
  const code = { code: texts.join(''), language: 'python' }
  return {
    step: { type: 'code_execution_call', id: 'c', arguments: code, regeneration: 0, host: 'executor' },
    deltas: streams ? texts.map((text) => ({ type: 'code_delta', text })) : [{ type: 'code_execution_call', arguments: code }],
  }
})
const result = fc.array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string({ maxLength: 9 }))).map((told): Grown => {
  const of = (type: string): string => told.map(([stream, text]) => (stream === type ? text : '')).join('')
  const streams = { stdout: of('stdout'), stderr: of('stderr') }
  return {
    step: { type: 'code_execution_result', call_id: 'c', is_error: false, result: streams.stdout, output: { ...streams, displays: [] } },
    deltas: told.map(([type, text]) => ({ type, text })),
  }
})

/** One answer and what came of it; `broken`: how many events of the answer came before its stream broke, first. */
const round = fc.record({
  said: fc.array(fc.oneof(thought, output, call), { maxLength: 3 }),
  broken: fc.option(fc.nat(12), { nil: undefined }),
  results: fc.array(result, { maxLength: 2 }),
})

function streamOf(rounds: readonly (typeof round extends fc.Arbitrary<infer Round> ? Round : never)[]): {
  readonly events: readonly LoopEvent[]
  readonly steps: readonly Step[]
} {
  const told: Told[] = [{ event_type: 'interaction.created', interaction: { id: 'run', model: 'm', status: 'in_progress' } }]
  const steps: Step[] = []
  let index = 0
  const tell = ({ step, deltas }: Grown): Told[] => {
    const events: Told[] = [
      { event_type: 'step.start', index, step: headOf(step) },
      ...deltas.map((delta): Told => ({ event_type: 'step.delta', index, delta })),
      { event_type: 'step.stop', index, step },
    ]
    index++
    return events
  }
  for (const { said, broken, results } of rounds) {
    if (broken !== undefined) {
      // Only text is discarded: a call that was told asks for a repair.
      const from = index
      const begun = said
        .filter(({ step }) => step.type !== 'code_execution_call')
        .flatMap(tell)
        .slice(0, broken)
      told.push(...begun)
      index = from
      const stops: number[] = []
      for (const event of begun) {
        if (event.event_type === 'step.start') index++
        if (event.event_type !== 'step.stop') continue
        stops.push(event.index)
        steps.push({ ...event.step, discarded: true } as Step)
      }
      if (from + stops.length < index) {
        const cut: Step = { type: 'model_output', content: [], discarded: true }
        told.push({ event_type: 'step.stop', index: index - 1, step: cut })
        steps.push(cut)
      }
      told.push({ event_type: 'loop.retry', origin: 'model', attempt: 1, delay_ms: 0, code: 'network', discarded: stops })
    }
    for (const grown of [...said, ...results]) {
      told.push(...tell(grown))
      steps.push(grown.step)
    }
  }
  told.push(completed(steps))
  return { events: told.map(stamp), steps }
}

const stream = fc.array(round, { maxLength: 4 }).map(streamOf)

describe('whatever is told in order', () => {
  test('the steps of the view are the summary’s at the end, and each stop only confirms what the deltas had shown', () => {
    fc.assert(
      fc.property(stream, ({ events, steps }) => {
        let view: RunView | undefined
        for (const event of events) {
          const before = view?.steps.at(-1)
          view = applyEvent(view, event)
          if (event.event_type !== 'step.stop' || ('discarded' in event.step && event.step.discarded)) continue
          expect(view.steps.at(-1)).toEqual({ ...before, open: false, step: event.step })
        }
        expect(view?.steps.map(({ step }) => step)).toEqual(steps)
        expect(view?.steps.some(({ open }) => open)).toBe(false)
      }),
    )
  })

  test('a stream that was cut anywhere and read on gives the same picture, also with events twice', () => {
    fc.assert(
      fc.property(stream, fc.nat(), fc.nat(), ({ events }, cutAt, backBy) => {
        const cut = cutAt % (events.length + 1)
        const from = Math.max(0, cut - backBy)
        expect(fold(events.slice(from), fold(events.slice(0, cut)))).toEqual(fold(events))
      }),
    )
  })

  test('a reader who reads on over deltas that were dropped ends with the same picture', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.nat(), fc.nat(3_000), async ({ events, steps }, cutAt, bound) => {
        const log = createEventLog(bound)
        for (const event of events) log.append(event)
        let view: RunView | undefined
        const cut = cutAt % events.length
        for await (const event of log.read()) {
          view = applyEvent(view, event)
          if (event.seq >= cut) break
        }
        for await (const event of log.read({ after: view?.seq })) view = applyEvent(view, event)
        expect(view).toEqual(fold(events))
        expect(view?.steps.map(({ step }) => step)).toEqual(steps)
      }),
    )
  })
})
