import type { Limits } from '@interloop/core/executor'
import type { PythonOptions } from './environment.ts'

/** What a session may have where nobody said otherwise (executor.ts, `Limits`). All that a program of this executor gets beside it is the default of core. */
export function defaultLimits({ packages }: Pick<PythonOptions, 'packages'>): Limits & { readonly memoryBytes: number } {
  return { memoryBytes: packages === 'gemini' ? GEMINI_MEMORY_BYTES : DEFAULT_MEMORY_BYTES }
}

/** executor.ts, `Limits`. */
export const DEFAULT_MEMORY_BYTES: number = 512 * 2 ** 20

/** Imported all together, the packages of Google's list take up 580 MiB before the first line of a program runs; Google gives them 2 GiB. */
const GEMINI_MEMORY_BYTES = 2 * 2 ** 30
