import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  defineExecutor,
  type Executor,
  ExecutorError,
  type OpenedSession,
  type Ran,
  type RunContext,
  type SessionFiles,
  type SessionOptions,
} from '../../src/executor/index.ts'
import { Exited, type Interpreter, startInterpreter } from './interpreter.ts'

/** How long an interrupted program may take to end before its process is killed, milliseconds. */
const GRACE_MS = 400

const DEFAULT_MEMORY_BYTES = 2 ** 30

/** The executor that keeps every promise of the contract: a child process with Python of this machine. For tests only: it confines nothing. */
export function pythonExecutor(): Executor {
  return defineExecutor({
    name: 'reference',
    runtime: 'CPython 3',
    capabilities: {
      version: '1',
      isolation: 'none',
      network: 'open',
      stopMs: GRACE_MS + 1_000,
      limits: { wallMs: 'enforced', cpuMs: 'enforced', memoryBytes: 'enforced', outputHardBytes: 'enforced' },
    },
    open: openPython,
  })
}

async function openPython({ limits }: SessionOptions): Promise<OpenedSession> {
  const folder = await mkdtemp(join(tmpdir(), 'interloop-reference-'))
  const start = () => startInterpreter(folder, limits?.memoryBytes ?? DEFAULT_MEMORY_BYTES)
  let interpreter = start()

  async function alive(): Promise<Interpreter> {
    // Asking is the one sure way to know.
    if ((await interpreter.ask('list')) instanceof Exited) interpreter = start()
    return interpreter
  }

  return {
    run: async (code, context) => runIn(await alive(), code, context),
    files: filesOf(alive),
    async close() {
      interpreter.kill()
      await interpreter.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function runIn(interpreter: Interpreter, code: string, { request, signal, emit }: RunContext): Promise<Ran> {
  const timers: ReturnType<typeof setTimeout>[] = []
  let isStopped = false
  let isLate = false

  function stop(): void {
    if (isStopped) return
    isStopped = true
    interpreter.interrupt()
    timers.push(setTimeout(interpreter.kill, GRACE_MS))
  }

  interpreter.listener = (event) => {
    if (event.type !== 'started') {
      emit(event)
      return
    }
    const deadline = () => {
      isLate = !isStopped
      stop()
    }
    timers.push(setTimeout(deadline, request.limits?.wallMs))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  }
  try {
    const answer = await interpreter.ask('run', code, request.limits?.cpuMs ?? null)
    const reason = isLate ? { reason: 'deadline' as const } : {}
    if (answer instanceof Exited) return { ...(isStopped ? reason : death(answer)), state: 'lost' }
    // The driver is ours: it answers a program with what the port calls a result.
    const ran = answer as Ran
    return isStopped ? { ...reason, usage: ran.usage } : ran
  } finally {
    interpreter.listener = undefined
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function death({ exitCode }: Exited): Ran {
  return exitCode === undefined ? { reason: 'crashed' } : { reason: 'exit', exitCode }
}

function filesOf(alive: () => Promise<Interpreter>): SessionFiles {
  const ask = async (operation: string, ...parameters: readonly unknown[]) => {
    const answer = await (await alive()).ask(operation, ...parameters)
    if (answer instanceof Exited) throw new ExecutorError('session_lost', 'the interpreter died')
    return answer
  }
  return {
    async put({ path, content, aliases = [] }) {
      await ask('put', [path, ...aliases], Buffer.from(content).toString('base64'))
    },
    async read(path) {
      const content = await ask('read', path)
      if (typeof content !== 'string') throw new ExecutorError('not_found', `there is no file ${JSON.stringify(path)}`)
      return Uint8Array.from(Buffer.from(content, 'base64'))
    },
    // The driver is ours: it lists what the port calls a list.
    list: async () => (await ask('list')) as Awaited<ReturnType<SessionFiles['list']>>,
    async remove(path) {
      await ask('remove', path)
    },
  }
}
