import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Plain Pyodide, open on purpose. */
export interface OpenHost {
  /** Runs a program and returns what it wrote, its error too; a text in brackets where it ended its host. */
  run(program: string): Promise<string>
  close(): Promise<void>
}

/** What its processes are given: a folder to mount, variables, and a text on standard input. */
export interface Surroundings {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly input: string
}

/** Starts one with the first program, and another where a program has ended it. */
export function openHost(surroundings: Surroundings): OpenHost {
  let running: ChildProcess | undefined

  async function ready(): Promise<ChildProcess> {
    if (running?.connected) return running
    running = start(surroundings)
    await once(running, 'message')
    return running
  }
  return {
    async run(program) {
      const host = await ready()
      host.send(program)
      const { promise, resolve } = Promise.withResolvers<string>()
      const onExit = () => resolve('(ended)')
      host.once('exit', onExit)
      host.once('message', (output) => resolve(String(output)))
      const output = await promise
      host.removeAllListeners('message').off('exit', onExit)
      return output
    },
    async close() {
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      running.kill('SIGKILL')
      await once(running, 'exit')
    },
  }
}

function start({ folder, environment, input }: Surroundings): ChildProcess {
  const program = fileURLToPath(new URL('./open-pyodide.ts', import.meta.url))
  const child = spawn(process.execPath, [program, folder], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  })
  child.stdin?.write(`${input}\n`)
  return child
}
