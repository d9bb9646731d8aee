import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Content } from '@interloop/core'
import { type GeminiServer, type GeminiServerOptions, geminiServer } from '@interloop/core/testing'

/** What became of a program of this folder. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program of this folder as a process of its own. Disposal ends it with all that it started. */
export interface Started extends AsyncDisposable {
  /** Resolves when it has ended by itself, and all that it had started too. */
  readonly ended: Promise<Ended>
  /** Resolves with all of stdout, or of stderr, when that matches; rejects when the program ends before. */
  said(pattern: RegExp): Promise<string>
  /** Types into its stdin. */
  type(text: string): void
  /** Sends a signal to it and to what it started, as a terminal does. */
  signal(name: NodeJS.Signals): void
  /** Stops reading what it says, as `head` does. */
  closeStdout(): void
}

/** How a program is started. */
export interface StartOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** In a terminal, whose text is stdout, as `script` of util-linux makes one. */
  readonly terminal?: boolean
}

/** Where there is none, how a program looks in a terminal cannot be tried. */
export const noTerminal: boolean = process.platform !== 'linux' || !existsSync('/usr/bin/script')

/** The environment that a program with a key has, for which a server on loopback is Gemini. */
export function keyFor({ url }: Pick<GeminiServer, 'url'>, key = 'a-key-of-the-tests'): Readonly<Record<string, string>> {
  return { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url }
}

/** Runs an example to its end against a scripted Gemini, whose script it must use up. */
export async function runExample(
  name: string,
  { script, args, env }: StartOptions & Pick<GeminiServerOptions, 'script'>,
): Promise<Ended & { readonly server: GeminiServer }> {
  await using server = await geminiServer({ script })
  await using started = startExample(name, { args: args ?? [], env: { ...keyFor(server), ...env } })
  const ended = await started.ended
  if (ended.code === 0) server.assertDone()
  return { ...ended, server }
}

/** The conversation that a request carried. */
export function contentsOf({ requests }: Pick<GeminiServer, 'requests'>, index: number): readonly Content[] {
  const request = requests[index]
  if (!request) throw new Error(`there were ${requests.length} requests, none at ${index}`)
  return (request.body as { readonly contents: readonly Content[] }).contents
}

/** Starts a program of this folder, as a user does. */
export function startExample(name: string, { args = [], env = {}, terminal = false }: StartOptions): Started {
  const command = [process.execPath, join(import.meta.dirname, '..', `${name}.ts`), ...args]
  const [program = '', ...rest] = terminal ? ['script', '-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null'] : command
  // A process group of its own: whoever is left in it when the program has ended was left behind.
  const child = spawn(program, rest, {
    env: { ...cleanEnvironment(), ...env },
    detached: process.platform !== 'win32',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ended = closed.then(async (code) => {
    await nobodyLeft(child)
    return { code, stdout, stderr }
  })
  return {
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          for (const text of [stdout, stderr]) if (pattern.test(text)) resolve(text)
        }
        for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
        void closed.then((code) => reject(new Error(`${name} ended with ${code} and never said ${pattern}:\n${stdout}\n${stderr}`)))
        look()
      }),
    type: (text) => child.stdin.write(text),
    signal: (signal) => kill(child, signal),
    closeStdout: () => child.stdout.destroy(),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) kill(child, 'SIGKILL')
      await closed
    },
  }
}

/** Nothing that says how to reach Gemini or where to run code, and nothing of the test runner. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(gemini|google|interloop|vitest|node_|force_color$|no_color$|ci$)/i
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  // Early releases of Node 24 warn that they strip types.
  return { ...Object.fromEntries(own), NODE_OPTIONS: '--disable-warning=ExperimentalWarning' }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, signal)
  else child.kill(signal)
}

/** Children end when their parent has: soon, and then nobody is in the group. */
async function nobodyLeft({ pid = 0 }: ChildProcess): Promise<void> {
  if (process.platform === 'win32') return
  for (const deadline = Date.now() + 5_000; isGroup(pid); ) {
    if (Date.now() > deadline) {
      process.kill(-pid, 'SIGKILL')
      throw new Error('the program has ended, and processes that it started have not')
    }
    await wait(20)
  }
}

function isGroup(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}
