// Answers each line on its standard input, a request, by one line: how an attempt to escape ended, confined or not.
// A process of its own, so that the tests can start it as another user.
import { createInterface } from 'node:readline'
import { runCode } from '@interloop/core/executor'
import { localExecutor } from '../../src/index.ts'
import { confine } from '../../src/local/confinement.ts'
import { spawnConfined, spawnToEnd } from '../spawn-confined.ts'

/** One attempt: a program for this Python, and its arguments. */
export interface AttemptRequest {
  readonly python: string
  /** By `confine` alone, in a session of `localExecutor`, or with the rights of this process. */
  readonly how: 'confined' | 'session' | 'unconfined'
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

const RUN = { confined: runConfined, session: runInSession, unconfined: runUnconfined }

for await (const line of createInterface({ input: process.stdin })) {
  const request: AttemptRequest = JSON.parse(line)
  const answer = await RUN[request.how](request).catch((error: unknown) => ({
    error: String(error),
  }))
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

async function runConfined({ python, args, limits }: AttemptRequest): Promise<AttemptAnswer> {
  const confined = await confine({ python, readOnly: [], limits, network: 'none' })
  const ended = await spawnConfined(confined, ['-I', '-c', ...args])
  const oomKills = await confined.oomKills()
  await confined.close()
  return { ...ended, memory: confined.memory, oomKills }
}

async function runInSession({ python, args, limits }: AttemptRequest): Promise<AttemptAnswer> {
  await using executor = localExecutor({ python, limits })
  const session = await executor.createSession()
  const [source = '', ...rest] = args
  const result = await runCode(session, `import sys\nsys.argv = ${JSON.stringify(['attempts.py', ...rest])}\n${source}`)
  return { code: result.reason === 'completed' ? 0 : null, stdout: result.stdout, stderr: result.stderr }
}

function runUnconfined({ python, args }: AttemptRequest): Promise<AttemptAnswer> {
  return spawnToEnd(python, ['-I', '-c', ...args], process.env, ['ignore', 'pipe', 'pipe'])
}
