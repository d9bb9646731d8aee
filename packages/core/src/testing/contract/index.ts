import { afterAll, describe, expect, test } from 'vitest'
import type { Executor } from '../../executor.ts'
import { capabilityCases } from './capabilities.ts'
import type { ContractCase } from './case.ts'
import { openContract } from './contract.ts'
import { dataCases } from './data.ts'
import { displayCases } from './displays.ts'
import { disposalCases } from './disposal.ts'
import { errorCases } from './errors.ts'
import { exitCases } from './exit.ts'
import { fileChangeCases } from './file-changes.ts'
import { fileCases } from './files.ts'
import { idempotencyCases } from './idempotency.ts'
import { limitCases } from './limits.ts'
import { outputCases } from './output.ts'
import { referenceCases } from './references.ts'
import { resetCases } from './reset.ts'
import { sessionCases } from './sessions.ts'
import { stateCases } from './state.ts'
import { stoppingCases } from './stopping.ts'
import { toolWaitingCases } from './tool-waiting.ts'
import { toolCases } from './tools.ts'

export type { ContractCase } from './case.ts'
export { type Contract, openContract } from './contract.ts'
export type { Lab, RunOptions, Started } from './lab.ts'

/** How long one test may take, several starts of an interpreter included, milliseconds. */
const TEST_TIMEOUT_MS = 120_000

/** A promise that an executor cannot keep. */
export interface Skip {
  /** The test's name, word for word. */
  readonly test: string
  /** Shown in the title of the skipped test. */
  readonly reason: string
}

/** All promises of the port, each a plain function: `describeExecutor` is their vitest skin. */
export const contractCases: readonly ContractCase[] = [
  ...capabilityCases,
  ...outputCases,
  ...stateCases,
  ...errorCases,
  ...exitCases,
  ...stoppingCases,
  ...limitCases,
  ...fileCases,
  ...fileChangeCases,
  ...displayCases,
  ...toolCases,
  ...toolWaitingCases,
  ...idempotencyCases,
  ...sessionCases,
  ...referenceCases,
  ...resetCases,
  ...disposalCases,
  ...dataCases,
]

/**
 * The suite that every executor passes; programs are Python. Declares one vitest test for each promise of design.md 6.
 *
 * `create` is called once, and again by tests that dispose an executor. A promise that the executor cannot keep is skipped by name
 * with its reason, which shows in the title; a skip that names no test fails. What the executor does not declare (a limit that is
 * not `enforced`, `idempotent: false`) skips itself, with a note.
 */
export function describeExecutor(
  name: string,
  create: () => Executor | Promise<Executor>,
  options: { readonly skip?: readonly Skip[] | undefined } = {},
): void {
  const skips = options.skip ?? []
  describe(name, () => {
    const contract = openContract(create)
    afterAll(() => contract[Symbol.asyncDispose](), TEST_TIMEOUT_MS)

    test('skips only tests that exist, each with a reason', () => {
      const names = contractCases.map((contractCase) => contractCase.name)
      const wrong = skips.filter((skip) => !names.includes(skip.test) || skip.reason.trim() === '')
      expect(wrong).toEqual([])
    })

    for (const [subject, cases] of Map.groupBy(contractCases, (contractCase) => contractCase.subject)) {
      describe(subject, () => {
        for (const contractCase of cases) declare(contractCase)
      })
    }

    function declare(contractCase: ContractCase): void {
      const skip = skips.find((candidate) => candidate.test === contractCase.name)
      if (skip !== undefined) {
        test.skip(`${contractCase.name} (skipped: ${skip.reason})`)
        return
      }
      test(contractCase.name, { timeout: TEST_TIMEOUT_MS }, async (context) => {
        const reason = await contract.check(contractCase)
        if (reason !== undefined) context.skip(reason)
      })
    }
  })
}
