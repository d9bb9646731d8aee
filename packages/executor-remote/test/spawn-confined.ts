import { spawn } from 'node:child_process'
import type { Ended } from '@interloop/executor-kit'
import type { Confined } from '../src/local/confinement.ts'

/** Runs a confined command with more arguments, to its end. */
export function spawnConfined({ file, args, env, descriptors }: Confined, programArguments: readonly string[]): Promise<Ended> {
  const last = Math.max(2, ...descriptors.keys())
  const stdio = Array.from(
    { length: last + 1 },
    (_, number) => descriptors.get(number) ?? (number === 1 || number === 2 ? 'pipe' : 'ignore'),
  )
  return spawnToEnd(file, [...args, ...programArguments], env, stdio)
}

/** Runs a command to its end and keeps what it wrote. */
export function spawnToEnd(
  file: string,
  programArguments: readonly string[],
  env: NodeJS.ProcessEnv,
  stdio: (number | 'pipe' | 'ignore')[],
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, programArguments, { env, stdio })
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
