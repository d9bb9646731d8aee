import type { Lab } from './lab.ts'

/** One promise of the executor port as a plain function, so that it runs in vitest and without it. */
export interface ContractCase {
  /** The group it stands in: `output`, `files`, … */
  readonly subject: string
  /** A sentence about behaviour; `skip` of `describeExecutor` refers to it word for word. */
  readonly name: string
  /** Why the case says nothing about this executor (a limit that is not declared `enforced`, a library that is not there); undefined where it applies. */
  readonly unless?: ((lab: Lab) => string | undefined | Promise<string | undefined>) | undefined
  /** Throws where the executor breaks the promise. */
  run(lab: Lab): Promise<void>
}

/** Cases of one subject. */
export function subject(name: string, cases: readonly Omit<ContractCase, 'subject'>[]): readonly ContractCase[] {
  return cases.map((contractCase) => ({ subject: name, ...contractCase }))
}

/**
 * What a promise rejects with; throws where it resolves. Used instead of `expect(…).rejects`, whose failures vitest also counts to whichever
 * test of a concurrent group began last.
 */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it resolved instead of rejecting, with ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )
}

/** Python source without the indentation that the TypeScript around it has; backslashes reach Python as they stand. */
export function python(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const lines = String.raw({ raw: strings.raw }, ...values).split('\n')
  const filled = lines.filter((line) => line.trim() !== '')
  const indentation = Math.min(...filled.map((line) => line.length - line.trimStart().length))
  return lines
    .map((line) => line.slice(indentation))
    .join('\n')
    .trim()
}
