// Prints what our loop costs beside the same loop by hand on the bare SDK, against the bars of design.md 13. A benchmark is no test: it exits with 0 whatever it finds.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { ratios, type Spread, spread } from './blocks.ts'
import { importCosts } from './import-cost.ts'

/** One process of measure.ts, and what is said of the arms that it compares: the first is what the others are measured against. */
interface Row {
  readonly title: string
  readonly kind: string
  readonly conversation: string
  readonly arms: readonly Compared[]
}

interface Compared {
  readonly label: string
  /** The ratio that it may have at most. */
  readonly bar?: number
}

const UNARY = [
  { label: 'with the platform’s fetch', bar: 1.1 },
  { label: 'with a faster fetch', bar: 0.75 },
]

const ROWS: readonly Row[] = [
  { title: 'unary, one round', kind: 'unary', conversation: 'one-round', arms: UNARY },
  { title: 'unary, 5 failing rounds and 1', kind: 'unary', conversation: 'failing-rounds', arms: UNARY },
  { title: 'unary, 50 rounds', kind: 'unary', conversation: 'fifty-rounds', arms: UNARY },
  { title: 'streamed, 2,000 chunks', kind: 'streamed', conversation: 'long-answer', arms: [{ label: 'all events read', bar: 0.25 }] },
  { title: 'growth', kind: 'growth', conversation: 'two-hundred-rounds', arms: [{ label: '200 rounds to 10, ours', bar: 1.5 }] },
  { title: 'growth', kind: 'growth-by-hand', conversation: 'two-hundred-rounds', arms: [{ label: '200 rounds to 10, by hand' }] },
  { title: '200 kB of output, 5 times', kind: 'output', conversation: 'much-output', arms: [{ label: '', bar: 1.1 }] },
  { title: 'noise, one round', kind: 'noise', conversation: 'one-round', arms: [{ label: 'by hand to itself' }] },
  { title: 'noise, streamed', kind: 'streamed-noise', conversation: 'long-answer', arms: [{ label: 'by hand to itself' }] },
]

const [filter = ''] = process.argv.slice(2)
sayMachine('at the start')
console.log(
  `\n${'CPU, to the loop by hand'.padEnd(62)}${'ratio'.padStart(7)}${'half of them'.padStart(14)}${'bar'.padStart(7)}   µs per request`,
)
const server = fork(join(import.meta.dirname, 'server.ts'), { env: environment() })
const [url] = (await once(server, 'message')) as [string]
for (const row of ROWS) if (row.title.includes(filter)) sayRow(row, await measure(row))
server.disconnect()
if ('import'.includes(filter)) await sayImports()
console.log()
sayMachine('at the end')

async function measure({ kind, conversation }: Row): Promise<readonly (readonly number[])[]> {
  const child = fork(join(import.meta.dirname, 'measure.ts'), [kind, conversation, url], { env: environment() })
  return Promise.race([values(child), failure(child, `${kind} ${conversation}`)])
}

async function values(child: ChildProcess): Promise<readonly (readonly number[])[]> {
  const [message] = await once(child, 'message')
  return message
}

async function failure(child: ChildProcess, what: string): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`The process that measures ${what} ended with ${code} and said nothing.`)
}

/** Without the keys and addresses of whoever runs this: the SDK reads them. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GOOGLE|GEMINI)_/.test(name)))
}

function sayRow({ title, arms }: Row, [base = [], ...others]: readonly (readonly number[])[]): void {
  for (const [index, { label, bar }] of arms.entries()) {
    const own = others[index] ?? []
    const name = label === '' ? title : `${title}, ${label}`
    const perRequest = `${spread(own).median.toFixed(0)} to ${spread(base).median.toFixed(0)}`
    say(name, spread(ratios(own, base)), bar, 2, perRequest)
  }
}

async function sayImports(): Promise<void> {
  const { main, gemini } = await importCosts()
  console.log(
    `\n${'import, built, above a Node that imports nothing'.padEnd(62)}${''.padStart(7)}${'half of them'.padStart(14)}${'bar'.padStart(7)}`,
  )
  say('core without the SDK, ms of CPU', main.cpuMs, 40, 1)
  say('core without the SDK, MB', main.megabytes, 10, 1)
  say('core/gemini before its first use, ms of CPU', gemini.cpuMs, 40, 1)
  say('core/gemini before its first use, MB', gemini.megabytes, 10, 1)
}

function say(name: string, { low, median, high }: Spread, bar: number | undefined, digits: number, more = ''): void {
  const half = `${low.toFixed(digits)}–${high.toFixed(digits)}`
  const verdict = bar === undefined ? '' : median > bar ? 'MISSED' : 'kept'
  console.log(
    `${name.padEnd(62)}${median.toFixed(digits).padStart(7)}${half.padStart(14)}${(bar?.toFixed(digits) ?? '').padStart(7)}   ${more.padEnd(14)} ${verdict}`,
  )
}

function sayMachine(when: string): void {
  const load = loadavg().map((value) => value.toFixed(2))
  console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, load ${when}: ${load.join(' ')}`)
}
