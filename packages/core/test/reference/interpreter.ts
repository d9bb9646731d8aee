import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ExecutionContext, ExecutorError, type ExecutorEvent } from '../../src/executor/index.ts'

/** One `python3` with the driver in it. */
export interface Interpreter {
  /** Asks for one operation of the driver; resolves with its answer, or with `Exited` where the process died meanwhile. */
  ask(operation: string, ...parameters: readonly unknown[]): Promise<unknown>
  /** What the program told; set while one runs. */
  listener: ((event: Told) => void) | undefined
  interrupt(): void
  kill(): void
  readonly exited: Promise<Exited>
}

/** What a driver tells of its program. */
export type Told =
  | ExecutorEvent
  | { readonly type: 'started' }
  | { readonly type: 'call'; readonly call: Parameters<ExecutionContext['callTool']>[0] }
  /** The program does nothing but wait for tools, or goes on. */
  | { readonly type: 'waiting'; readonly isWaiting: boolean }

/** How a process ended. */
export class Exited {
  readonly exitCode: number | undefined
  constructor(exitCode: number | undefined) {
    this.exitCode = exitCode
  }
}

interface Frame {
  readonly type: string
  readonly id?: number
  readonly answer?: unknown
  readonly message?: string
}

// What `python3` names may be a shell script that looks for the real one each time.
const PYTHON = execFileSync('python3', ['-I', '-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()

const DRIVER = fileURLToPath(new URL('./driver.py', import.meta.url))

/** Starts a Python of this machine in a folder; `memoryBytes` limits its address space. */
export function startInterpreter(folder: string, memoryBytes: number, calls: 'bounded' | 'unbounded'): Interpreter {
  const child = spawn(PYTHON, ['-I', DRIVER, String(memoryBytes), calls], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  let lastId = 0

  const exited = ended(child)
  void exited.then((exit) => {
    for (const { resolve } of waiting.values()) resolve(exit)
    waiting.clear()
  })
  // A pipe to a process that died is closed; what its death means is told by `exited`.
  child.stdin.on('error', () => undefined)

  const interpreter: Interpreter = {
    exited,
    listener: undefined,
    interrupt: () => child.kill('SIGINT'),
    kill: () => child.kill('SIGKILL'),
    async ask(operation, ...parameters) {
      if (child.exitCode !== null || child.signalCode !== null) return exited
      lastId += 1
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      waiting.set(lastId, { resolve, reject })
      child.stdin.write(`${JSON.stringify({ id: lastId, operation, arguments: parameters })}\n`)
      return promise
    },
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const frame: Frame = JSON.parse(line)
    const asked = waiting.get(frame.id ?? 0)
    if (asked === undefined) {
      // The driver is ours: its other frames are what it tells.
      interpreter.listener?.(frame as Told)
      return
    }
    waiting.delete(frame.id ?? 0)
    if (frame.type === 'answer') asked.resolve(frame.answer)
    else asked.reject(new ExecutorError('internal', frame.message ?? 'the driver failed'))
  })
  return interpreter
}

/** Resolves when the process is gone and all that it wrote was read. */
function ended(child: ChildProcess): Promise<Exited> {
  const { promise, resolve } = Promise.withResolvers<Exited>()
  child.on('error', () => resolve(new Exited(undefined)))
  child.on('close', (code) => resolve(new Exited(code ?? undefined)))
  return promise
}
