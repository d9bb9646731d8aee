import type { ExecutionResult, Executor } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../executor-remote/test/started.ts'
import { pyodideExecutor } from '../src/index.ts'
import { type Ending, HARD_PROGRAMS } from './hard-to-stop.ts'
import { LEVELS } from './levels.ts'

/** Long enough for each program to begin, on a busy machine too. */
const LIMITS = { wallMs: 1_000, memoryBytes: 256 * 2 ** 20 }

/** The level that is tried in full; the others have the first five. */
const IN_FULL = 'process'

for (const isolation of LEVELS) {
  describe(`at level ${isolation}`, () => {
    let executor: Executor
    beforeAll(() => {
      executor = pyodideExecutor({ isolation, limits: LIMITS })
    })
    afterAll(() => executor[Symbol.asyncDispose]())

    for (const { name, code, ends } of isolation === IN_FULL ? HARD_PROGRAMS : HARD_PROGRAMS.slice(0, 5)) {
      test(`a program that ${name} ends as ${ends.join(' or ')}, and the state is true`, { timeout: 60_000 }, async () => {
        await using session = await executor.createSession()
        await run(session, 'before = 1')
        const result = await run(session, code)
        expect({ ends: endingOf(result), error: result.error?.traceback.slice(-500) }).toMatchObject({ ends: expect.toBeOneOf([...ends]) })
        const { value, error } = await run(session, 'before')
        const isKept = result.state === 'kept'
        expect({ value: value?.data['text/plain'], error: error?.name, generation: session.generation }).toEqual(
          isKept ? { value: '1', generation: 1 } : { error: 'NameError', generation: 2 },
        )
      })
    }
  })
}

function endingOf({ reason, state, error }: ExecutionResult): Ending {
  if (reason === 'deadline') return state === 'kept' ? 'interrupted' : 'killed'
  return reason === 'exception' ? (error?.name ?? reason) : reason
}
