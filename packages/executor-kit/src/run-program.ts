import { type SpawnOptions, spawn } from 'node:child_process'

/** How a helper program ended. `code` is null where a signal ended it. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a helper of the host to its end and keeps what it wrote; `input` is all that it may read. Rejects where it cannot be started. */
export function runProgram(
  file: string,
  programArguments: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'cwd' | 'signal'> & {
    readonly input?: string | undefined
    readonly onStderr?: (text: string) => void
  } = {},
): Promise<Ended> {
  const { input, onStderr, ...spawnOptions } = options
  return new Promise((resolve, reject) => {
    const child = spawn(file, programArguments, { ...spawnOptions, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onStderr?.(text)
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
    // A program that ends without reading closes the pipe; how it ended is told by its code.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
