// Answers each line on its standard input, a request, by one line: how an attempt to escape ended, confined or not.
// A process of its own, so that the tests can start it as another user.
import { createInterface } from 'node:readline'
import { confine } from '../../src/local/confinement.ts'
import { spawnConfined, spawnToEnd } from '../spawn-confined.ts'

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
  const ended = await spawnConfined(confined, args)
  const oomKills = await confined.oomKills()
  await confined.close()
  return { ...ended, memory: confined.memory, oomKills }
}

function runUnconfined({ python, args }: AttemptRequest): Promise<AttemptAnswer> {
  return spawnToEnd(python, args, process.env, ['ignore', 'pipe', 'pipe'])
}
