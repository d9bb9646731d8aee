import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryRun } from '../test/arbitrary-run.ts'
import { createEventLog } from './event-log.ts'
import type { LoopEvent } from './events.ts'
import { applyEvent, type RunView } from './view.ts'

test('at the end of every run the steps of the view are the summary’s, also over a stream that was cut and read on', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, fc.nat(), fc.nat(4_000), async ({ start }, cutAt, bound) => {
      const run = start()
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
    }),
    { numRuns: 200 },
  )
})
