import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { contractCases } from '../src/testing/contract/index.ts'

const SKIPS_EXIST = 'skips only tests that exist, each with a reason'

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[]
  }[]
}

test('a case has a name of its own', () => {
  const names = contractCases.map((contractCase) => contractCase.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('describeExecutor shows why a test is skipped, and fails for a skip that names no test or no reason', async () => {
  const { testResults } = await runFixtures()
  const tests = testResults.flatMap((file) => file.assertionResults)
  const of = (name: string) => tests.filter((one) => one.ancestorTitles.includes(name))

  expect(of('honest').filter((one) => one.title.endsWith(' (skipped: it runs no Python)'))).toHaveLength(contractCases.length - 1)
  expect(of('honest').filter((one) => one.status === 'passed')).toMatchObject([{ title: SKIPS_EXIST }])
  expect(of('honest').filter((one) => one.status === 'failed')).toEqual([])
  expect(of('honest')).toHaveLength(contractCases.length + 1)

  for (const name of ['mistaken', 'silent']) {
    expect(of(name).filter((one) => one.status === 'failed')).toMatchObject([{ title: SKIPS_EXIST }])
  }
})

/** The fixtures under vitest in a process of its own, as JSON. */
async function runFixtures(): Promise<Report> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const root = fileURLToPath(new URL('./skin', import.meta.url))
  const folder = await mkdtemp(join(tmpdir(), 'interloop-skin-'))
  const report = join(folder, 'report.json')
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  // It exits with 1, because tests of it fail; what counts is its report.
  execFile(process.execPath, [vitest, 'run', '--root', root, '--reporter=json', `--outputFile=${report}`], () => resolve())
  await ended
  try {
    return JSON.parse(await readFile(report, 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
