import { describe, expect, test } from 'vitest'
import { contractCases, openContract } from '../src/testing/contract/index.ts'
import type { BrokenExecutor } from './broken/broken-executor.ts'
import { brokenData } from './broken/data.ts'
import { brokenErrors } from './broken/errors.ts'
import { brokenFiles } from './broken/files.ts'
import { brokenLimits } from './broken/limits.ts'
import { brokenOutput } from './broken/output.ts'
import { brokenReferences } from './broken/references.ts'
import { brokenSessions } from './broken/sessions.ts'
import { brokenState } from './broken/state.ts'
import { brokenStopping } from './broken/stopping.ts'
import { brokenTools } from './broken/tools.ts'

const brokenExecutors: readonly BrokenExecutor[] = [
  ...brokenOutput,
  ...brokenState,
  ...brokenErrors,
  ...brokenStopping,
  ...brokenLimits,
  ...brokenFiles,
  ...brokenSessions,
  ...brokenReferences,
  ...brokenData,
  ...brokenTools,
]

// They wait more than they work.
describe.concurrent('the contract catches an executor that', () => {
  test.each(brokenExecutors)('$name', async (executor) => {
    expect(await caughtBy(executor)).toEqual(executor.caught.toSorted())
  })
})

/** Names of the cases of its subjects that an executor fails. */
async function caughtBy({ create, subjects }: BrokenExecutor): Promise<string[]> {
  const failed: string[] = []
  const contract = openContract(create)
  for (const contractCase of contractCases.filter((candidate) => subjects.includes(candidate.subject))) {
    await contract.check(contractCase).catch(() => failed.push(contractCase.name))
  }
  await contract[Symbol.asyncDispose]()
  return failed.toSorted()
}
