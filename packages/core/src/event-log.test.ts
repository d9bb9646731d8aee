import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEventLog, type LogReader } from './event-log.ts'
import type { LoopEvent, Told } from './events.ts'
import type { Summary } from './summary.ts'

/** Stamps what is told, as run.ts does. */
function stamper(): (told: Told) => LoopEvent {
  let seq = 0
  return (told) => ({
    schema: 1,
    event_id: `run-${seq}`,
    seq: seq++,
    run_id: 'run',
    time: '2026-11-24T00:00:00.000Z',
    elapsed_ms: 0,
    ...told,
  })
}

const start = (index: number): Told => ({ event_type: 'step.start', index, step: { type: 'model_output' } })
const delta = (index: number, text: string): Told => ({ event_type: 'step.delta', index, delta: { type: 'text', text } })
const stop = (index: number, text: string): Told => ({
  event_type: 'step.stop',
  index,
  step: { type: 'model_output', content: [{ type: 'text', text }] },
})
// Of the summary the log looks at nothing.
const completed: Told = { event_type: 'interaction.completed', interaction: {} as Summary }

async function all(events: AsyncIterable<LoopEvent>): Promise<LoopEvent[]> {
  const read: LoopEvent[] = []
  for await (const event of events) read.push(event)
  return read
}

const seqs = async (events: LogReader): Promise<number[]> => (await all(events)).map((event) => event.seq)

describe('the event log of a run', () => {
  test('gives every reader the whole run from its first event, early, late and in between', async () => {
    const log = createEventLog()
    const stamp = stamper()
    const early = all(log.read())
    const events = [start(0), delta(0, 'a'), delta(0, 'b'), stop(0, 'ab'), completed].map(stamp)
    for (const event of events.slice(0, 2)) log.append(event)
    const between = all(log.read())
    await Promise.resolve()
    for (const event of events.slice(2)) log.append(event)
    expect(await early).toEqual(events)
    expect(await between).toEqual(events)
    expect(await all(log.read())).toEqual(events)
  })

  test('lets one reader iterate twice, and see the whole both times', async () => {
    const log = createEventLog()
    for (const event of [start(0), stop(0, ''), completed].map(stamper())) log.append(event)
    const reader = log.read()
    expect(await seqs(reader)).toEqual([0, 1, 2])
    expect(await seqs(reader)).toEqual([0, 1, 2])
  })

  test('goes on after a seq', async () => {
    const log = createEventLog()
    for (const event of [start(0), delta(0, 'a'), stop(0, 'a'), completed].map(stamper())) log.append(event)
    expect(await seqs(log.read({ after: 1 }))).toEqual([2, 3])
    expect(await seqs(log.read({ after: 99 }))).toEqual([])
  })

  test('answers several requests of one reader in order', async () => {
    const log = createEventLog()
    const iterator = log.read()[Symbol.asyncIterator]()
    const asked = [iterator.next(), iterator.next(), iterator.next()]
    const events = [start(0), stop(0, '')].map(stamper())
    for (const event of events) log.append(event)
    log.close()
    expect(await Promise.all(asked)).toEqual([
      { value: events[0], done: false },
      { value: events[1], done: false },
      { value: undefined, done: true },
    ])
  })

  test('lets a reader leave at once, also while it waits', async () => {
    const log = createEventLog()
    const iterator = log.read()[Symbol.asyncIterator]()
    const waiting = iterator.next()
    expect(await iterator.return?.()).toEqual({ value: undefined, done: true })
    expect(await waiting).toEqual({ value: undefined, done: true })
    log.append(stamper()(start(0)))
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
  })

  test('knows when nothing is left to be read', () => {
    const log = createEventLog()
    const stamp = stamper()
    log.append(stamp(start(0)))
    expect(log.read({ after: 0 }).over).toBe(false)
    log.append(stamp(completed))
    expect(log.read().over).toBe(false)
    expect(log.read({ after: 0 }).over).toBe(false)
    expect(log.read({ after: 1 }).over).toBe(true)
    expect(log.read({ after: 7 }).over).toBe(true)
  })

  test('ends its readers when it is closed, and ignores what comes later', async () => {
    const log = createEventLog()
    const stamp = stamper()
    const reader = seqs(log.read())
    log.append(stamp(start(0)))
    log.close()
    log.close()
    log.append(stamp(stop(0, '')))
    expect(await reader).toEqual([0])
    expect(await seqs(log.read())).toEqual([0])
  })
})

describe('the bound of the deltas', () => {
  /** Weighs 1,000 bytes with the 256 of its event. */
  const heavy = 'x'.repeat(744)

  test('drops those of stopped steps first, the oldest step before all others, and keeps starts and stops', async () => {
    const log = createEventLog(3_000)
    const stamp = stamper()
    const told = [start(0), delta(0, heavy), stop(0, heavy), start(1), delta(1, heavy), stop(1, heavy), start(2), delta(2, heavy)]
    for (const event of [...told, delta(2, heavy), stop(2, ''), completed].map(stamp)) log.append(event)
    expect(await seqs(log.read())).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('keeps head and tail of an open step', async () => {
    const log = createEventLog(4_000)
    const stamp = stamper()
    log.append(stamp(start(0)))
    for (let count = 1; count <= 10; count++) log.append(stamp(delta(0, heavy)))
    log.close()
    expect(await seqs(log.read())).toEqual([0, 1, 2, 9, 10])
  })

  test('shares the room between steps that are open at the same time', async () => {
    const log = createEventLog(4_000)
    const stamp = stamper()
    log.append(stamp(start(0)))
    log.append(stamp(start(1)))
    for (let count = 0; count < 10; count++) {
      log.append(stamp(delta(0, heavy)))
      log.append(stamp(delta(1, heavy)))
    }
    log.close()
    const kept = (await all(log.read())).filter((event) => event.event_type === 'step.delta')
    expect(kept.map((event) => event.index).toSorted()).toEqual([0, 0, 1, 1])
    expect(kept.some((event) => event.seq >= 20)).toBe(true)
  })

  test('counts the event itself, so that many small deltas are bounded too', async () => {
    const log = createEventLog(256 * 10)
    const stamp = stamper()
    log.append(stamp(start(0)))
    for (let count = 0; count < 10_000; count++) log.append(stamp(delta(0, '')))
    log.close()
    expect(await seqs(log.read())).toEqual([0, 1, 2, 3, 4, 5, 9_996, 9_997, 9_998, 9_999, 10_000])
  })

  test('weighs a display by its data', async () => {
    const log = createEventLog(1_000)
    const stamp = stamper()
    log.append(stamp({ event_type: 'step.start', index: 0, step: { type: 'code_execution_result', call_id: 'c' } }))
    log.append(stamp({ event_type: 'step.delta', index: 0, delta: { type: 'display', display: { data: { 'image/png': heavy + heavy } } } }))
    log.append(stamp({ event_type: 'step.delta', index: 0, delta: { type: 'file', path: 'a', change: 'created', size: 1e9 } }))
    log.close()
    expect(await seqs(log.read())).toEqual([0, 2])
  })

  test('never stops the run for a slow reader, who goes on by seq over what was dropped', async () => {
    const log = createEventLog(4_000)
    const stamp = stamper()
    const slow = log.read()[Symbol.asyncIterator]()
    const taken: number[] = []
    const take = async (): Promise<boolean> => {
      const { value, done } = await slow.next()
      if (value) taken.push(value.seq)
      return !done
    }
    log.append(stamp(start(0)))
    for (let count = 1; count <= 3; count++) log.append(stamp(delta(0, heavy)))
    await take()
    await take()
    for (let count = 4; count <= 5_000; count++) log.append(stamp(delta(0, heavy)))
    await take()
    log.append(stamp(stop(0, heavy)))
    log.append(stamp(start(1)))
    for (let count = 5_003; count <= 10_000; count++) log.append(stamp(delta(1, heavy)))
    log.append(stamp(completed))
    while (await take());
    expect(taken).toEqual([0, 1, 2, 5_001, 5_002, 5_003, 5_004, 9_999, 10_000, 10_001])
  })

  test('whatever is told and read when: order kept, nothing twice, all but deltas whole, deltas within the bound', async () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('start' as const) }),
      fc.record({ kind: fc.constant('delta' as const), step: fc.nat(5), size: fc.nat(400) }),
      fc.record({ kind: fc.constant('stop' as const), step: fc.nat(5) }),
      fc.record({ kind: fc.constant('read' as const), reader: fc.nat(2), count: fc.nat(5) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 120 }), fc.integer({ min: 0, max: 6_000 }), async (actions, bound) => {
        const log = createEventLog(bound)
        const stamp = stamper()
        const told: LoopEvent[] = []
        const append = (event: LoopEvent): void => {
          told.push(event)
          log.append(event)
        }
        const open = new Set<number>()
        let steps = 0
        const readers = [0, 1, 2].map(() => ({ iterator: log.read()[Symbol.asyncIterator](), read: [] as LoopEvent[] }))
        const pending: Promise<unknown>[] = []
        for (const step of actions) {
          if (step.kind === 'start') {
            open.add(steps)
            append(stamp(start(steps++)))
          } else if (step.kind === 'delta') {
            if (open.has(step.step)) append(stamp(delta(step.step, 'x'.repeat(step.size))))
          } else if (step.kind === 'stop') {
            if (open.delete(step.step)) append(stamp(stop(step.step, '')))
          } else {
            const reader = readers[step.reader]
            const take = async (): Promise<void> => {
              const result = await reader?.iterator.next()
              if (result && !result.done) reader?.read.push(result.value)
            }
            for (let count = 0; count < step.count; count++) pending.push(take())
            await Promise.resolve()
          }
        }
        append(stamp(completed))
        await Promise.all(pending)
        for (const { iterator, read } of readers) {
          for (let next = await iterator.next(); !next.done; next = await iterator.next()) read.push(next.value)
          expect(read).toEqual(told.filter((event) => read.includes(event)))
          expect(read.filter((event) => event.event_type !== 'step.delta')).toEqual(
            told.filter((event) => event.event_type !== 'step.delta'),
          )
        }
        const late = await all(log.read())
        const sizes = late.map((event) =>
          event.event_type === 'step.delta' && event.delta.type === 'text' ? event.delta.text.length + 256 : 0,
        )
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(bound)
        for (const [position, event] of told.entries()) {
          expect(await seqs(log.read({ after: event.seq }))).toEqual(
            late.filter((other) => other.seq > event.seq).map((other) => other.seq),
          )
          if (position > 10) break
        }
      }),
      { numRuns: 150 },
    )
  })
})
