// `npm run demo`: a question, the programs that answer it, and what became of them, told as it happens.
// `npm run demo -- "your question"` asks yours, `-- --json` prints the events as JSON lines.
import { parseArgs } from 'node:util'
import { createLoop, type Run, type Summary } from '@interloop/core'
import { pyodideExecutor } from '@interloop/executor-pyodide'
import { demoModel, RECORDED_QUESTION } from './demo-model.ts'
import { note, terminalView } from './demo-terminal.ts'

const USAGE = 'usage: npm run demo -- [--json] ["your question"]'

/** What a run that was stopped by one of these ends with. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

const options = readOptions()
if (options) process.exitCode = await demo(options)
else {
  console.error(USAGE)
  process.exitCode = 2
}

interface DemoOptions {
  readonly question: string
  readonly json: boolean
}

function readOptions(): DemoOptions | undefined {
  try {
    const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true })
    return { question: positionals.join(' ').trim() || RECORDED_QUESTION, json: values.json }
  } catch (error) {
    console.error(error instanceof Error ? error.message.split('. ', 1)[0] : error)
    return undefined
  }
}

/** Asks, shows, and returns the exit code. */
async function demo({ question, json }: DemoOptions): Promise<number> {
  // Who reads may leave before the end, as `head -1` does.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

  await using chosen = await demoModel(question)
  if (!chosen) {
    console.error(`Without a key the model is a recorded one, and it knows one question: ${RECORDED_QUESTION}`)
    console.error('For yours, get a key at https://aistudio.google.com/apikey, then:')
    console.error('  export GEMINI_API_KEY=…\n  npm run demo -- "your question"')
    return 1
  }
  const { model, isRecorded } = chosen
  note(
    isRecorded
      ? 'no GEMINI_API_KEY: the model is a recorded one; Python runs for real, in Pyodide'
      : `asking ${model.name}; what it writes runs in Pyodide, which keeps nothing from it yet: your files, your network`,
  )
  const run = createLoop({ model, executor: pyodideExecutor() }).run(question)
  const stopped = stopOnSignals(run)
  const show = json ? printLine : terminalView({ isRecorded })
  for await (const event of run) show(event)
  return exitCode(await run.summary, stopped())
}

function printLine(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

/** The first signal ends the run orderly, a second one ends the process. Tells the exit code of the signal that came. */
function stopOnSignals(run: Run): () => number | undefined {
  let code: number | undefined
  for (const [signal, exitCode] of Object.entries(SIGNALS))
    process.once(signal, () => {
      code = exitCode
      run.abort(signal)
    })
  return () => code
}

function exitCode({ status }: Summary, stopped: number | undefined): number {
  if (status === 'completed') return 0
  return status === 'cancelled' ? (stopped ?? 1) : 1
}
