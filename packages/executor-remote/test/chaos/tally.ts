import type { ExecutionResult, ExecutorEvent } from '@interloop/core/executor'

/** What a program of the chaos was meant to do. */
export interface Expected {
  readonly stdout: string
  readonly displays: number
  /** The text of its value; undefined where it fails at its end instead. */
  readonly value: string | undefined
}

/** How programs under faults ended. All but `programs`, `faults` and `gaveUp` must be 0. */
export interface Tally {
  readonly programs: number
  readonly faults: number
  /** By the ledger: a file outside of the kernel to which every program appends its number. */
  readonly ranTwice: number
  readonly neverRan: number
  /** Output that did not arrive, in the result or in the events. */
  readonly lost: number
  /** Output that arrived more than once. */
  readonly doubled: number
  /** A wrong outcome, value or order. */
  readonly wrong: number
  /** Ended by its own deadline or by the longest time that a line may be down; still ran at most once. */
  readonly gaveUp: number
}

/** No program. */
export const NOTHING: Tally = { programs: 0, faults: 0, ranTwice: 0, neverRan: 0, lost: 0, doubled: 0, wrong: 0, gaveUp: 0 }

/** What one program adds to the tally; `times` is how often it ran, `result` undefined where the executor gave it up. */
export function judge(
  expected: Expected,
  times: number,
  result: ExecutionResult | undefined,
  events: readonly ExecutorEvent[],
): Partial<Tally> {
  const ranTwice = times > 1 ? 1 : 0
  if (!result || (result.reason === 'deadline' && result.state === 'lost')) return { programs: 1, ranTwice, gaveUp: 1 }
  const told = events.map((event) => (event.type === 'stdout' ? event.text : '')).join('')
  const displays = events.filter(({ type }) => type === 'display').length
  const outputs = [result.stdout, told].map((text) => compare(expected.stdout, text))
  const shown = [result.displays.length, displays].map((count) => Math.sign(count - expected.displays))
  const isRight =
    (expected.value === undefined ? result.error?.name === 'ZeroDivisionError' : result.value?.data['text/plain'] === expected.value) &&
    outputs.every((output) => output !== 'wrong')
  return {
    programs: 1,
    ranTwice,
    neverRan: times === 0 ? 1 : 0,
    lost: outputs.includes('lost') || shown.includes(-1) ? 1 : 0,
    doubled: outputs.includes('doubled') || shown.includes(1) ? 1 : 0,
    wrong: isRight ? 0 : 1,
  }
}

/** The sum of both. */
export function add(tally: Tally, more: Partial<Tally>): Tally {
  const names = Object.keys(tally) as (keyof Tally)[] // the keys of a plain object that this file made
  return { ...tally, ...Object.fromEntries(names.map((name) => [name, tally[name] + (more[name] ?? 0)])) }
}

function compare(expected: string, text: string): 'same' | 'lost' | 'doubled' | 'wrong' {
  if (text === expected) return 'same'
  const lines = text.split('\n')
  if (new Set(lines).size < lines.length) return 'doubled'
  return text.length < expected.length ? 'lost' : 'wrong'
}
