import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExecutionResult, ExecutorError, type ExecutorEvent, type Session } from '@interloop/core/executor'
import { jupyterExecutor } from '../../src/index.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { type FaultyProxy, faultyProxy } from './proxy.ts'
import { seeded } from './random.ts'
import { storm } from './storm.ts'
import { add, type Expected, judge, NOTHING, type Tally } from './tally.ts'

/** How long and how hard. */
export interface ChaosOptions {
  readonly server: ServerProcess
  readonly seed: number
  readonly programs: number
  /** Told of every program that did not end as it should. */
  report(line: string): void
}

/** Long enough that a program gives up only where several black holes in a row, 10 to 15 seconds each, come together. */
const WALL_MS = 120_000

/** Runs programs in sessions behind a proxy that harms the line all the time, and counts what became of them. */
export async function chaos({ server, seed, programs, report }: ChaosOptions): Promise<Tally> {
  const random = seeded(seed)
  await using proxy = await faultyProxy(server.url)
  await using executor = jupyterExecutor({ endpoint: proxy.url, token: server.token })
  const folder = mkdtempSync(join(tmpdir(), 'interloop-chaos-'))
  const ledger = join(folder, 'ledger')
  writeFileSync(ledger, '')
  let tally = NOTHING
  let session: Session | undefined
  try {
    for (let number = 0; number < programs; number++) {
      session ??= await executor.createSession({ limits: { wallMs: WALL_MS } })
      const { code, expected } = program(number, random, ledger)
      const weather = storm(proxy, random)
      const { result, events, failure } = await attempt(session, code)
      await weather.end()
      const times = readFileSync(ledger, 'utf8')
        .split('\n')
        .filter((line) => line === String(number)).length
      const judged = judge(expected, times, result, events)
      tally = add(add(tally, judged), { faults: weather.struck.length })
      const isClean = Object.entries(judged).every(([name, count]) => name === 'programs' || count === 0)
      if (!isClean) report(describe(seed, number, judged, times, result, failure, weather.struck))
      if (!result || result.state === 'lost') {
        await session[Symbol.asyncDispose]()
        session = undefined
      }
    }
    return tally
  } finally {
    await healed(proxy)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Prints for 0.6 to 2.4 seconds, shows something, ends with a value; every third fails at its end. */
function program(number: number, random: () => number, ledger: string): { readonly code: string; readonly expected: Expected } {
  const lines = 10 + Math.floor(random() * 30)
  const fails = number % 3 === 2
  const code = `
import time
from IPython.display import display
with open(${JSON.stringify(ledger)}, 'a') as ledger:
    ledger.write('${number}\\n')
for line in range(${lines}):
    print('${number}:%d' % line, flush=True)
    time.sleep(0.06)
display({'number': ${number}})
${fails ? '1 / 0' : `'value ${number}'`}`
  return {
    code,
    expected: {
      stdout: Array.from({ length: lines }, (_, line) => `${number}:${line}\n`).join(''),
      displays: 1,
      value: fails ? undefined : `'value ${number}'`,
    },
  }
}

interface Attempt {
  readonly result: ExecutionResult | undefined
  readonly events: readonly ExecutorEvent[]
  readonly failure: unknown
}

/** As core does it (design.md 8.10): what certainly did not start, and may get through later, is asked again with its key. */
async function attempt(session: Session, code: string): Promise<Attempt> {
  const idempotencyKey = randomUUID()
  const events: ExecutorEvent[] = []
  for (let tries = 1; ; tries++) {
    try {
      const result = await session.execute(
        { id: idempotencyKey, code, language: 'python', idempotencyKey },
        {
          signal: new AbortController().signal,
          emit: (event) => void events.push(event),
          callTool: () => Promise.reject(new Error('no tools')),
        },
      )
      return { result, events, failure: undefined }
    } catch (error) {
      const again = ExecutorError.is(error) && error.retryable && !error.stateLost && error.started === 'no'
      if (!again || tries === 5) return { result: undefined, events, failure: error }
    }
  }
}

/** The sessions are ended over a line that works. */
async function healed(proxy: FaultyProxy): Promise<void> {
  proxy.slow(0)
  await proxy.accept()
}

function describe(
  seed: number,
  number: number,
  judged: Partial<Tally>,
  times: number,
  result: ExecutionResult | undefined,
  failure: unknown,
  struck: readonly string[],
): string {
  const how = result ? `${result.reason}, ${result.state}, ${JSON.stringify(result.stdout.slice(-200))}` : String(failure)
  const what = Object.entries(judged).filter(([name, count]) => name !== 'programs' && count > 0)
  return `seed ${seed}, program ${number}: ${what.map(([name]) => name).join(', ')}; ran ${times} times; ${how}; ${struck.join(' ')}`
}
