import { describe, expect, test } from 'vitest'
import { jupyterServer, missingServer } from '../servers/jupyter-server.ts'
import { chaos } from './chaos.ts'

const missing = await missingServer('new', 'old')

// The long form is `pnpm test:chaos`.
describe.skipIf(missing)(`a line that is harmed all the time${missing ? ` (${missing})` : ''}`, () => {
  test.each([
    ['new', 11],
    ['old', 12],
  ] as const)(
    'every program runs exactly once, and no output is lost or doubled (%s)',
    async (generation, seed) => {
      await using server = await jupyterServer({ generation })
      const told: string[] = []
      const tally = await chaos({ server, seed, programs: 3, report: (line) => told.push(line) })
      expect({ ...tally, told }).toEqual({
        programs: 3,
        faults: expect.any(Number),
        ranTwice: 0,
        neverRan: 0,
        lost: 0,
        doubled: 0,
        wrong: 0,
        gaveUp: 0,
        told: [],
      })
      expect(tally.faults).toBeGreaterThanOrEqual(3)
    },
    300_000,
  )
})
