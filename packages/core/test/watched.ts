import { expect } from 'vitest'
import type { Content, LoopEvent, Run, Step, Summary } from '../src/index.ts'
import { applyEvent, type RunView } from '../src/index.ts'

/** A run that has ended, and all that it told. */
export interface Watched {
  readonly events: readonly LoopEvent[]
  readonly types: readonly string[]
  readonly summary: Summary
  readonly contents: readonly Content[]
  of<T extends LoopEvent['event_type']>(type: T): readonly Extract<LoopEvent, { readonly event_type: T }>[]
}

/** Reads a run to its end and holds it to what design.md 7 promises of every run, whatever it was about. */
export async function watched(run: Run): Promise<Watched> {
  const events: LoopEvent[] = []
  let view: RunView | undefined
  for await (const event of run) {
    events.push(event)
    view = applyEvent(view, event)
  }
  const summary = await run.summary
  const contents = await run.contents
  checkOrder(events)
  checkSteps(events, summary)
  checkContents(contents, summary)
  expect(view?.steps.map(({ step }) => step)).toEqual(summary.steps)
  expect(JSON.parse(JSON.stringify(events))).toEqual(events) // plain data
  return {
    events,
    types: events.map(({ event_type }) => event_type),
    summary,
    contents,
    of: <T extends LoopEvent['event_type']>(type: T) =>
      events.filter((event): event is Extract<LoopEvent, { readonly event_type: T }> => event.event_type === type),
  }
}

function checkOrder(events: readonly LoopEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at))
  expect(events[0]?.event_type).toBe('interaction.created')
  expect(events.filter(({ event_type }) => event_type === 'interaction.completed')).toHaveLength(1)
  expect(events.at(-1)?.event_type).toBe('interaction.completed')
}

/** Start, deltas, stop; each call stops before its result starts, and has exactly one, unless the run waits for it. */
function checkSteps(events: readonly LoopEvent[], summary: Summary): void {
  const open = new Set<number>()
  const stopped = new Map<number, Step>()
  const callsStopped = new Set<string>()
  for (const event of events) {
    if (event.event_type === 'step.start') {
      expect(event.index).toBe(open.size + stopped.size)
      open.add(event.index)
      if ('call_id' in event.step) expect(callsStopped).toContain(event.step.call_id)
    } else if (event.event_type === 'step.delta') expect(open).toContain(event.index)
    else if (event.event_type === 'step.stop') {
      expect(open.delete(event.index)).toBe(true)
      stopped.set(event.index, event.step)
      if ('id' in event.step) callsStopped.add(event.step.id)
    }
  }
  expect(open.size).toBe(0)
  expect([...stopped.keys()]).toEqual(summary.steps.map((_, index) => index))
  const waited = [...(summary.pending?.approvals ?? []), ...(summary.pending?.functions ?? [])].map(({ call_id }) => call_id)
  const calls = summary.steps.flatMap((step) => ('id' in step ? [step.id] : []))
  const results = summary.steps.flatMap((step) => ('call_id' in step ? [step.call_id] : []))
  expect(new Set(calls).size).toBe(calls.length)
  expect([...results, ...waited].toSorted()).toEqual(calls.toSorted())
}

/** A history is always valid to send: each function call has its response in the turn after it, unless the run waits for it. */
function checkContents(contents: readonly Content[], summary: Summary): void {
  if (summary.status === 'requires_action') return
  for (const [at, { role, parts = [] }] of contents.entries()) {
    expect(parts.length).toBeGreaterThan(0)
    const calls = parts.filter((part) => part.functionCall)
    const responses = (contents[at + 1]?.parts ?? []).filter((part) => part.functionResponse)
    if (role === 'model') expect(responses.map((part) => part.functionResponse?.id)).toEqual(calls.map((part) => part.functionCall?.id))
  }
}
