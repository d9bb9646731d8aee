import type { Capabilities, Limits, Strength } from '../executor.ts'
import { weakest } from './compare-isolation.ts'

const STRENGTHS: readonly Strength[] = ['none', 'advisory', 'enforced']

/** What holds of a session that may move from the first to the second: of each promise the weaker. What is there (runtime, packages) is the first's. A session that moves gives no snapshots. */
export function combineCapabilities(first: Capabilities, second: Capabilities): Capabilities {
  const notes = [...(first.notes ?? []), ...(second.notes ?? []).map((note) => `after a move: ${note}`)]
  return {
    ...first,
    ...weakest(first, second),
    languages: first.languages.filter((language) => second.languages.includes(language)),
    limits: weakerLimits(first.limits, second.limits),
    stopMs: Math.max(first.stopMs, second.stopMs),
    idempotent: first.idempotent && second.idempotent,
    tools: first.tools && second.tools,
    snapshots: 'none',
    ...(notes.length > 0 ? { notes } : {}),
  }
}

function weakerLimits(first: Capabilities['limits'], second: Capabilities['limits']): Capabilities['limits'] {
  // Object.keys forgets that the names are those of limits.
  const names = Object.keys(first) as (keyof Limits)[]
  return Object.fromEntries(names.map((name) => [name, weaker(first[name] ?? 'none', second[name] ?? 'none')]))
}

function weaker(one: Strength, other: Strength): Strength {
  return STRENGTHS.indexOf(one) < STRENGTHS.indexOf(other) ? one : other
}
