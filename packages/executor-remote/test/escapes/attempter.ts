import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AttemptAnswer, AttemptRequest } from '../programs/attempts.ts'

/** A process, as one user, that runs attempts one after the other. */
export interface Attempter {
  ask(request: AttemptRequest): Promise<AttemptAnswer>
  /** Kills it, as a crash would. */
  kill(): Promise<void>
}

/** The descriptor that a careless host leaves open for its children. */
const CARELESS = 20

/**
 * @param user its uid, where this process is root; undefined: the same user
 * @param secret a descriptor of this process that the attempter inherits, as a careless shell would leave one
 */
export function startAttempter(user: number | undefined, env: NodeJS.ProcessEnv, secret: number): Attempter {
  const program = fileURLToPath(new URL('../programs/attempts.ts', import.meta.url))
  const child = spawn(process.execPath, [program], {
    env,
    cwd: '/',
    ...(user !== undefined && { uid: user, gid: user }),
    stdio: ['pipe', 'pipe', 'inherit', ...Array.from({ length: CARELESS - 3 }, () => 'ignore' as const), secret],
  })
  const waiting: ((answer: AttemptAnswer) => void)[] = []
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('it has no pipes')
  createInterface({ input: stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  void ended.then(() => {
    for (const resolve of waiting) resolve({ error: 'the attempter ended' })
  })
  return {
    ask: (request) =>
      new Promise((resolve) => {
        waiting.push(resolve)
        stdin.write(`${JSON.stringify(request)}\n`)
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
