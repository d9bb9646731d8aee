// The run in docs/events.md: `npm run -s demo -- --json | node examples/test/recorded-run.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LoopEvent } from '@interloop/core'

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'events.md')
const BLOCK = /(?<=<!-- recorded run -->\n\n```text\n).*?(?=```)/s

/** What the page shows. */
export function shownRun(): string {
  return BLOCK.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? ''
}

/** Events as the page shows them: `seq`, name, and what the event tells. What differs from run to run is replaced. */
export function recordedRun(lines: string): string {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => shown(JSON.parse(line, sameForEveryRun)))
    .join('')
}

function shown({ schema, event_id, seq, run_id, time, elapsed_ms, event_type, ...told }: LoopEvent): string {
  const head = `${String(seq).padStart(2)} ${event_type} `
  if (!('interaction' in told) || !('steps' in told.interaction)) return `${head}${JSON.stringify(told)}\n`
  const members = Object.entries({ ...told.interaction, steps: `… the ${told.interaction.steps.length} steps above …` })
  return `${head}{"interaction": {\n${members.map(([name, value]) => `     "${name}": ${JSON.stringify(value)}`).join(',\n')}\n   }}\n`
}

/** Ids of runs, times, memory, signatures, what a machine can isolate, and the versions of our own packages. */
function sameForEveryRun(name: string, value: unknown): unknown {
  if (name === 'ms' || name.endsWith('_ms') || name === 'peak_memory_bytes') return 0
  // `process` where there is no bubblewrap.
  if (name === 'isolation') return 'sandbox'
  if (['created', 'updated', 'signature', 'core', 'executor_version'].includes(name)) return '…'
  return typeof value === 'string' ? value.replace(/run_[0-9a-f-]{36}/, 'run_…') : value
}

if (import.meta.main) {
  const run = recordedRun(await text(process.stdin))
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(BLOCK, () => run),
  )
}
