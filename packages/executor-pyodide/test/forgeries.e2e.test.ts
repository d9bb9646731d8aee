import { type Executor, ExecutorError, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../executor-remote/test/started.ts'
import { pyodideExecutor } from '../src/index.ts'
import { FORGERIES } from './escapes/forgeries.ts'
import { LEVELS } from './levels.ts'

// What a program does to its line may end its session, and nothing else: the executor, the session beside it and the host live.

const PROTOTYPES = JSON.stringify([Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames))

for (const isolation of LEVELS) {
  describe(`at level ${isolation}`, () => {
    let executor: Executor
    let bystander: Session
    beforeAll(async () => {
      executor = pyodideExecutor({ isolation, pool: 2 })
      bystander = await executor.createSession()
      await run(bystander, "kept = 'kept'\nopen('kept.txt', 'w').write(kept)")
    })
    afterAll(() => executor[Symbol.asyncDispose]())

    for (const { name, program } of FORGERIES) {
      test(`a program that ${name} harms nobody but itself`, async () => {
        await using session = await executor.createSession({ limits: { wallMs: 5_000 } })
        const { stdout } = await run(session, program)
        expect(stdout).not.toContain('kept')
        await goesOn(session)
        const { value } = await run(bystander, "kept + open('kept.txt').read()")
        expect({ value: value?.data['text/plain'], files: await bystander.files.list() }).toEqual({
          value: "'keptkept'",
          files: [{ path: 'kept.txt', size: 4 }],
        })
        expect(JSON.stringify([Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames))).toBe(PROTOTYPES)
      })
    }
  })
}

/** The session runs the next program, in its interpreter or in a fresh one; or it says that it was lost. */
async function goesOn(session: Session): Promise<void> {
  try {
    const { stdout, outcome, state } = await run(session, "import sys; print('next', sys.version_info[:2])")
    // A program that took the runtime apart gets what it left; a fresh interpreter is whole.
    if (state === 'kept' && outcome === 'OUTCOME_OK') expect(['', 'next (3, 14)\n']).toContain(stdout)
  } catch (error) {
    expect(error).toBeInstanceOf(ExecutorError)
  }
}
