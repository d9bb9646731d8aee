import type { Capabilities } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors whose results are no plain data, have wrong numbers, or which declare what is not so. */
export const brokenData: readonly BrokenExecutor[] = [
  broken(
    'tells what is no plain data',
    ['data'],
    ['tells plain data that survives JSON', 'leaves nothing of one program in the result of the next'],
    {
      // A metadata member may be anything that JSON can say; this cannot.
      result: (result) => ({ ...result, displays: [{ data: {}, metadata: { at: new Date() } }] }),
    },
  ),
  broken('measures in seconds', ['data'], ['measures the time of a program', 'measures processor time where it tells it'], {
    result: (result) => ({
      ...result,
      usage: { ...result.usage, wallMs: result.usage.wallMs / 1_000, cpuMs: (result.usage.cpuMs ?? 0) / 1_000 },
    }),
  }),
  broken(
    'adds the output of the program before',
    ['data', 'state'],
    [
      'leaves nothing of one program in the result of the next',
      'gives the last expression as value',
      'keeps what a program did before it failed',
      'reads a program with Windows line ends, tabs and names beyond ASCII',
    ],
    {
      session(session) {
        let before = ''
        return {
          async execute(request, context) {
            const result = await session.execute(request, context)
            const stdout = before + result.stdout
            before = result.stdout
            return { ...result, stdout }
          },
        }
      },
    },
  ),
  broken(
    'declares a package that is not there',
    ['capabilities'],
    ['has the packages that it declares'],
    declaring({
      packages: [{ name: 'not-a-package-of-anybody', imports: ['not_a_package_of_anybody'] }],
    }),
  ),
  broken(
    'declares another Python',
    ['capabilities'],
    ['runs the version of Python that it declares'],
    declaring({ runtime: 'CPython 3.1.4' }),
  ),
  broken(
    'declares no time to stop',
    ['capabilities'],
    ['declares capabilities that make sense'],
    declaring({ stopMs: Number.POSITIVE_INFINITY }),
  ),
]

function declaring(capabilities: Partial<Capabilities>): Parameters<typeof broken>[3] {
  return { executor: (reference) => ({ capabilities: { ...reference.capabilities, ...capabilities } }) }
}
