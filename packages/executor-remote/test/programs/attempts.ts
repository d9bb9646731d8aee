// Answers each line on its standard input, a request, by one line: how an attempt to escape ended, confined or not.
// A process of its own, so that the tests can start it as another user.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { confine } from '../../src/local/confinement.ts'

/** One attempt: a program for this Python. */
export interface AttemptRequest {
  readonly python: string
  readonly isConfined: boolean
  readonly args: readonly string[]
  readonly limits: { readonly memoryBytes: number; readonly fileBytes: number }
}

/** How it ended; `error` where the confinement could not be had. */
export type AttemptAnswer =
  | {
      readonly code: number | null
      readonly stdout: string
      readonly stderr: string
      readonly memory?: string
      readonly oomKills?: number
    }
  | { readonly error: string }

for await (const line of createInterface({ input: process.stdin })) {
  const request: AttemptRequest = JSON.parse(line)
  const answer = await (request.isConfined ? runConfined(request) : runUnconfined(request)).catch((error: unknown) => ({
    error: String(error),
  }))
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

async function runConfined({ python, args, limits }: AttemptRequest): Promise<AttemptAnswer> {
  const confined = await confine({ python, readOnly: [], limits, network: 'none' })
  const last = Math.max(2, ...confined.descriptors.keys())
  const stdio = Array.from(
    { length: last + 1 },
    (_, number) => confined.descriptors.get(number) ?? (number === 1 || number === 2 ? 'pipe' : 'ignore'),
  )
  const ended = await run(confined.file, [...confined.args, ...args], { env: confined.env, stdio })
  const oomKills = await confined.oomKills()
  await confined.close()
  return { ...ended, memory: confined.memory, oomKills }
}

function runUnconfined({ python, args }: AttemptRequest): Promise<AttemptAnswer> {
  return run(python, args, { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] })
}

function run(
  file: string,
  programArguments: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly stdio: (number | 'pipe' | 'ignore')[] },
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, programArguments, options)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
