// `pnpm bench:pyodide`: Pyodide's interpreter under our host and under Pyodide's own, in turn. Prints a table of Markdown; bench/PYODIDE.md keeps one.
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { arch, availableParallelism, loadavg, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ExecutionResult, Executor, Session } from '@interloop/core/executor'
import { pyodideExecutor } from '@interloop/executor-pyodide'
import { spread } from './blocks.ts'
import { childrenOf, cpuOfAll, memoryOf } from './processes.ts'
import { timed, timesOf } from './remote-arm.ts'

const STARTS = 8
const TRIPS = 500
const RESETS = 30
const INTERRUPTS = 1_000
const HEAVY: readonly string[] = [
  'sum(i * i for i in range(300_000))',
  'sorted(range(200_000), key=lambda n: -n)[0]',
  'len({str(n): n for n in range(150_000)})',
  "import re; len(re.findall(r'[a-z]+', 'abc def ' * 40_000))",
  "import json; len(json.dumps([{'n': n} for n in range(30_000)]))",
  'def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(22)',
  "import hashlib; hashlib.sha256(b'x' * 4_000_000).hexdigest()",
  "''.join(chr(97 + n % 26) for n in range(300_000)).count('abc')",
]
const only = process.argv[2]
const rows: (readonly string[])[] = []
const load = loadavg()[0]?.toFixed(1)

await row('start', starts)
await row('warm', warm)
await row('trip', roundTrips)
await row('reset', resets)
await row('memory', memory)
await row('interrupt', interrupts)
await row('throughput', throughput)

console.log(`Node ${process.versions.node}, ${platform()} ${arch()}, ${availableParallelism()} cores, load ${load} before\n`)
for (const cells of [['what', 'ours', 'against', 'ratio', 'bar'], ['---', '---', '---', '---', '---'], ...rows])
  console.log(`| ${cells.join(' | ')} |`)

async function row(name: string, measure: () => Promise<void>): Promise<void> {
  if (only === undefined || only === name) await measure()
}

/** From nothing to the first `print`: a fresh process each, the image in the cache. */
async function starts(): Promise<void> {
  await using executor = pyodideExecutor({ isolation: 'process', pool: 0 })
  await endOf(executor)
  const ours: number[] = []
  const plain: number[] = []
  const walls: number[] = []
  for (let round = 0; round < STARTS; round++) {
    ours.push(await cpuFor(async () => walls.push(await timed(() => endOf(executor)))))
    plain.push(await cpuFor(plainStart))
  }
  const [our, their] = [spread(ours).median, spread(plain).median]
  rows.push([
    'process start to first `print`, CPU',
    `${our.toFixed(0)} ms`,
    `${their.toFixed(0)} ms plain`,
    `1/${(their / our).toFixed(0)}`,
    '1/20',
  ])
  rows.push(['the same on the clock', shown(walls), '', '', '200 ms'])
}

/** A session from the warm pool. */
async function warm(): Promise<void> {
  await using executor = pyodideExecutor({ isolation: 'process', pool: 1 })
  const times: number[] = []
  for (let round = 0; round < STARTS * 2; round++) {
    await executor.prepare?.()
    times.push(await timed(() => endOf(executor)))
  }
  rows.push(['a session from the warm pool, to its first result', shown(times), '', '', '5 ms'])
}

/** `print(1)` in a live session. */
async function roundTrips(): Promise<void> {
  const code = 'print(1)'
  const bare = new Worker(new URL('./without-pipe.ts', import.meta.url), { workerData: { code, times: TRIPS + 100 } })
  const [without] = (await once(bare, 'message')) as [number[]]
  await bare.terminate()
  const inside = timesOf(without.slice(100))
  const plain = await plainTrips(code)
  for (const isolation of ['process', 'thread'] as const) {
    await using executor = pyodideExecutor({ isolation })
    await using session = await executor.createSession()
    const times = await tripsOf(() => run(session, code))
    const against = isolation === 'process' ? inside.p50 : plain
    const what = isolation === 'process' ? 'without the pipe' : 'plain in a worker'
    rows.push([
      `\`print(1)\` and back, ${isolation}`,
      shown(times),
      `${against.toFixed(2)} ms ${what}`,
      (timesOf(times).p50 / against).toFixed(2),
      isolation === 'process' ? '2.5' : '1',
    ])
  }
}

/** A fresh interpreter in the same session, after little and after much was done in it. */
async function resets(): Promise<void> {
  for (const [what, code, bar] of [
    ['fresh', '1', '8 ms'],
    ['after 300 MB', "x = ['x' * 1_000_000 + str(n) for n in range(300)]", '60 ms'],
  ] as const) {
    await using executor = pyodideExecutor({ isolation: 'process' })
    await using session = await executor.createSession()
    const [guest = 0] = childrenOf(process.pid)
    const times: number[] = []
    for (let round = 0; round < RESETS; round++) {
      await run(session, code)
      times.push(await timed(async () => session.reset?.()))
    }
    rows.push([`reset, ${what}`, shown(times), `${(memoryOf(guest) / 1e6).toFixed(0)} MB left`, '', bar])
  }
}

/** Memory of each further session. */
async function memory(): Promise<void> {
  for (const [isolation, bar] of [
    ['process', '45 MB'],
    ['thread', '30 MB'],
  ] as const) {
    for (const count of [8, 32]) {
      await using executor = pyodideExecutor({ isolation, pool: 0 })
      const sessions: Session[] = []
      const before = isolation === 'thread' ? memoryOf(process.pid) : 0
      for (let number = 0; number < count; number++) {
        const session = await executor.createSession()
        sessions.push(session)
        await run(session, 'print(1)')
      }
      const pids = isolation === 'thread' ? [process.pid] : childrenOf(process.pid)
      const bytes = pids.reduce((sum, pid) => sum + memoryOf(pid), 0) - before
      rows.push([`memory of each of ${count} sessions, ${isolation}`, `${(bytes / count / 1e6).toFixed(0)} MB`, '', '', bar])
      for (const session of sessions) await session[Symbol.asyncDispose]()
    }
  }
}

/** `while True` stopped again and again, with its variables. */
async function interrupts(): Promise<void> {
  await using executor = pyodideExecutor({ isolation: 'process' })
  await using session = await executor.createSession()
  await run(session, 'count = 0')
  const times: number[] = []
  let lost = 0
  for (let round = 0; round < INTERRUPTS; round++) {
    const controller = new AbortController()
    let asked = 0
    const { state } = await run(session, "count += 1\nprint('running')\nwhile True: pass", controller.signal, () => {
      asked ||= performance.now()
      controller.abort()
    })
    times.push(performance.now() - asked)
    if (state !== 'kept') lost += 1
  }
  const { stdout } = await run(session, 'print(count)')
  rows.push([`interrupts of \`while True\`, ${INTERRUPTS}`, shown(times), `${lost} lost, count ${stdout.trim()}`, '', '0 lost, p95 100 ms'])
}

/** Eight programs that compute. */
async function throughput(): Promise<void> {
  await using executor = pyodideExecutor({ isolation: 'process' })
  await using session = await executor.createSession()
  const plain = await startPlainWorker()
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < 5; round++) {
    ours.push(await timed(async () => await inOrder(HEAVY, (code) => run(session, code))))
    theirs.push(await timed(async () => await inOrder(HEAVY, (code) => ask(plain, code))))
  }
  await plain.terminate()
  const [our, their] = [spread(ours).median, spread(theirs).median]
  rows.push(['eight programs that compute', `${our.toFixed(0)} ms`, `${their.toFixed(0)} ms plain`, (our / their).toFixed(2), '1'])
}

async function endOf(executor: Executor): Promise<void> {
  await using session = await executor.createSession()
  const { stdout } = await run(session, 'print(1)')
  if (stdout !== '1\n') throw new Error(`it printed ${JSON.stringify(stdout)}`)
}

function run(
  session: Session,
  code: string,
  signal: AbortSignal = new AbortController().signal,
  onOutput?: () => void,
): Promise<ExecutionResult> {
  const id = randomUUID()
  return session.execute(
    { id, idempotencyKey: id, language: 'python', code },
    {
      signal,
      emit: ({ type }) => {
        if (type === 'stdout') onOutput?.()
      },
      callTool: () => Promise.reject(new Error('there are no tools')),
    },
  )
}

async function plainStart(): Promise<void> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./plain-start.ts', import.meta.url)))
  await once(child, 'exit')
}

async function startPlainWorker(): Promise<Worker> {
  const worker = new Worker(new URL('./plain-worker.ts', import.meta.url))
  await once(worker, 'message')
  return worker
}

async function ask(worker: Worker, code: string): Promise<void> {
  worker.postMessage(code)
  await once(worker, 'message')
}

async function plainTrips(code: string): Promise<number> {
  const worker = await startPlainWorker()
  const times = await tripsOf(() => ask(worker, code))
  await worker.terminate()
  return timesOf(times).p50
}

async function tripsOf(trip: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = []
  for (let count = 0; count < TRIPS + 100; count++) times.push(await timed(trip))
  return times.slice(100)
}

async function inOrder(codes: readonly string[], work: (code: string) => Promise<unknown>): Promise<void> {
  for (const code of codes) await work(code)
}

async function cpuFor(work: () => Promise<unknown>): Promise<number> {
  const before = cpuOfAll()
  await work()
  return cpuOfAll() - before
}

function shown(milliseconds: readonly number[]): string {
  const { p50, p95, min, count } = timesOf(milliseconds)
  return `${p50.toFixed(2)} ms (p95 ${p95.toFixed(2)}, least ${min.toFixed(2)}, n ${count})`
}
