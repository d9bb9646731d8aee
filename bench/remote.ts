// `pnpm bench:remote`: our client and JupyterLab's, in turn on the same server. Prints a table of Markdown; bench/REMOTE.md keeps one.
import { arch, availableParallelism, loadavg, platform } from 'node:os'
import { jupyterServer, missingServer } from '../packages/executor-remote/test/servers/jupyter-server.ts'
import { interloopArm } from './interloop-arm.ts'
import { jupyterlabArm } from './jupyterlab-arm.ts'
import { type Arm, type OpenKernel, type Times, timed, timesOf } from './remote-arm.ts'

const ROUNDS = 10
const TRIPS = 20
const STARTS = 6
const KERNELS = 32
const LINES = "for line in range(2000): print('x' * 99)"

if (await missingServer('new')) process.exit(1)
await using server = await jupyterServer({ generation: 'new' })
const { url, token } = server
const load = loadavg()[0]?.toFixed(1)
const arms = [interloopArm({ endpoint: url, token }), jupyterlabArm(url, token)]
const rows: (readonly string[])[] = []

await roundTrips()
await starts()
await warm()
await many()
for (const arm of arms) await arm.close()

console.log(`Node ${process.versions.node}, ${platform()} ${arch()}, ${availableParallelism()} cores, load ${load} before\n`)
for (const row of [['what', ...arms.map(({ name }) => `\`${name}\``)], ['---', ...arms.map(() => '---')], ...rows]) {
  console.log(`| ${row.join(' | ')} |`)
}

/** `1+1` and 200 kB of output, on one kernel for each client. */
async function roundTrips(): Promise<void> {
  const kernels = await Promise.all(arms.map((arm) => arm.open()))
  const small = arms.map((): number[] => [])
  const large = arms.map((): number[] => [])
  const arrived = arms.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, kernel] of kernels.entries()) {
      for (let trip = 0; trip < TRIPS; trip++) small[at]?.push(await timed(() => kernel.run('1+1')))
      large[at]?.push(await timed(async () => arrived[at]?.push(await kernel.run(LINES))))
    }
  }
  rows.push(['`1+1` and back', ...small.map(shown)])
  rows.push(['200 kB of output', ...large.map(shown)])
  rows.push(['of these 200,000 characters arrived, least', ...arrived.map((counts) => String(Math.min(...counts)))])
  await closeAll(kernels)
}

/** From nothing to the result of the first program. */
async function starts(): Promise<void> {
  const times = arms.map((): number[] => [])
  for (let round = 0; round < STARTS; round++) {
    for (const [at, arm] of arms.entries()) times[at]?.push(await startAndEnd(arm))
  }
  rows.push(['start of a kernel, to its first result', ...times.map(shown)])
}

/** The same where a kernel is kept warm; JupyterLab's client has no such thing. */
async function warm(): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < STARTS; round++) {
    const arm = interloopArm({ endpoint: url, token, pool: 1 })
    await arm.prepare?.()
    times.push(await startAndEnd(arm))
    await arm.close()
  }
  rows.push(['a warm kernel, to its first result', shown(times), '-'])
}

/** Many kernels at once: all started, then each runs `1+1` again and again. */
async function many(): Promise<void> {
  const started: string[] = []
  const rates: string[] = []
  const trips: string[] = []
  for (const arm of arms) {
    let kernels: readonly OpenKernel[] = []
    const startMs = await timed(async () => {
      kernels = await Promise.all(Array.from({ length: KERNELS }, () => arm.open()))
      await Promise.all(kernels.map((kernel) => kernel.run('1')))
    })
    const times: number[] = []
    const allMs = await timed(() =>
      Promise.all(
        kernels.map(async (kernel) => {
          for (let trip = 0; trip < TRIPS; trip++) times.push(await timed(() => kernel.run('1+1')))
        }),
      ),
    )
    started.push(`${(startMs / 1000).toFixed(1)} s`)
    rates.push(`${((KERNELS * TRIPS) / (allMs / 1000)).toFixed(0)} /s`)
    trips.push(shown(times))
    await closeAll(kernels)
  }
  rows.push([`${KERNELS} kernels at once, all with their first result`, ...started])
  rows.push([`\`1+1\` on ${KERNELS} kernels at once, all together`, ...rates])
  rows.push([`\`1+1\` on ${KERNELS} kernels at once, each`, ...trips])
}

async function startAndEnd(arm: Arm): Promise<number> {
  let kernel: OpenKernel | undefined
  const time = await timed(async () => {
    kernel = await arm.open()
    await kernel.run('1')
  })
  await kernel?.close()
  return time
}

async function closeAll(kernels: readonly OpenKernel[]): Promise<void> {
  await Promise.all(kernels.map((kernel) => kernel.close()))
}

function shown(milliseconds: readonly number[]): string {
  const { p50, p95, min, count }: Times = timesOf(milliseconds)
  return `${p50.toFixed(1)} ms (p95 ${p95.toFixed(1)}, least ${min.toFixed(1)}, n ${count})`
}
