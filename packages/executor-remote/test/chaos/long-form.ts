// `pnpm test:chaos`: at least 150 programs and 450 faults over both generations of servers. Fails where a program ran twice or an output was lost or doubled.
import { type Generation, jupyterServer, missingServer } from '../servers/jupyter-server.ts'
import { chaos } from './chaos.ts'
import { add, NOTHING, type Tally } from './tally.ts'

const LANES: readonly { readonly generation: Generation; readonly seed: number }[] = [
  { generation: 'new', seed: 1 },
  { generation: 'new', seed: 2 },
  { generation: 'new', seed: 3 },
  { generation: 'old', seed: 4 },
  { generation: 'old', seed: 5 },
  { generation: 'old', seed: 6 },
]
const PROGRAMS = 28

const missing = await missingServer('new', 'old')
if (missing) process.exit(1)

const start = performance.now()
await using newer = await jupyterServer({ generation: 'new' })
await using older = await jupyterServer({ generation: 'old' })
const servers = { new: newer, old: older }
const tallies = await Promise.all(
  LANES.map(async ({ generation, seed }) => {
    const report = (line: string) => console.log(`${generation}: ${line}`)
    const tally = await chaos({ server: servers[generation], seed, programs: PROGRAMS, report })
    console.log(generation, `seed ${seed}`, tally)
    return tally
  }),
)
const all = tallies.reduce<Tally>(add, NOTHING)
console.log('all', all, `${((performance.now() - start) / 1000).toFixed(0)} s`)
const { programs, faults, ranTwice, neverRan, lost, doubled, wrong } = all
const isLong = programs >= 150 && faults >= 450
process.exitCode = isLong && ranTwice + neverRan + lost + doubled + wrong === 0 ? 0 : 1
