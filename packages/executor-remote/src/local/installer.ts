import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecutorError, OptionsError } from '@interloop/core/executor'
import { findOnPath, runProgram } from '@interloop/executor-kit'

/** What makes environments and puts packages into them. Index, proxy and certificates are those that the user configured for it. */
export interface Installer {
  /** An empty environment. */
  create(python: string, folder: string): Promise<void>
  /** The exact packages for these requirements, with hashes, as a requirements file. Throws `OptionsError` where there is none of wheels alone. */
  resolve(folder: string, requirements: readonly string[]): Promise<string>
  /** Installs a lock, and compiles it. */
  install(folder: string, lock: string, onLine: (line: string) => void): Promise<void>
}

/** uv where it is on the path, otherwise the pip that comes with the Python. */
export function findInstaller(): Installer {
  const uv = findOnPath('uv')
  return uv === undefined ? pipInstaller() : uvInstaller(uv)
}

/** The interpreter of a virtual environment. */
export function pythonOf(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

const WHEELS_ALONE = ['--only-binary', ':all:']

/** @param uv its path */
function uvInstaller(uv: string): Installer {
  return {
    create: async (python, folder) => {
      await succeed('making an environment', uv, ['venv', '--quiet', '--no-project', '--python', python, folder])
    },
    resolve: async (folder, requirements) => {
      const options = ['--quiet', '--generate-hashes', '--no-header', '--no-annotate', '--no-emit-index-url', '--no-emit-find-links']
      const programArguments = ['pip', 'compile', '-', ...WHEELS_ALONE, ...options, '--python', pythonOf(folder)]
      const ended = await run(uv, programArguments, { cwd: folder, input: requirements.join('\n') })
      // 1: there is no solution; 2: something else is wrong, such as an index that cannot be reached.
      if (ended.code === 1) throw unresolved(requirements, ended.stderr)
      if (ended.code !== 0) throw failed('resolving packages', ended.stderr)
      return ended.stdout
    },
    install: async (folder, lock, onLine) => {
      const options = ['--require-hashes', '--no-deps', '--compile-bytecode', '--link-mode', 'hardlink']
      const programArguments = ['pip', 'install', '--python', pythonOf(folder), ...WHEELS_ALONE, ...options, '--requirements', '-']
      await succeed('installing packages', uv, programArguments, { cwd: folder, input: lock, onLine })
    },
  }
}

/** The pip that comes with the Python; slower, and everywhere. */
function pipInstaller(): Installer {
  return {
    create: async (python, folder) => {
      await succeed('making an environment', python, ['-m', 'venv', folder])
    },
    resolve: async (folder, requirements) => {
      const file = join(folder, 'requirements.txt')
      await writeFile(file, requirements.join('\n'))
      const programArguments = ['-m', 'pip', 'download', ...WHEELS_ALONE, '--quiet', '--dest', join(folder, WHEELS), '--requirement', file]
      const ended = await run(pythonOf(folder), programArguments)
      if (ended.code !== 0) throw unresolved(requirements, ended.stderr)
      return lockOf(join(folder, WHEELS))
    },
    install: async (folder, lock, onLine) => {
      const file = join(folder, 'lock.txt')
      await writeFile(file, lock)
      const wheels = join(folder, WHEELS)
      const options = ['--require-hashes', '--no-deps', '--compile', '--find-links', wheels, '--requirement', file]
      await mkdir(wheels, { recursive: true })
      await succeed('installing packages', pythonOf(folder), ['-m', 'pip', 'install', ...WHEELS_ALONE, ...options], { onLine })
      await rm(wheels, { recursive: true })
    },
  }
}

/** What was downloaded to be resolved need not be downloaded again to be installed. */
const WHEELS = 'wheels'

/** By the names of wheels, `name-version-…`: pip's own report leaves out the hashes of some sources. */
async function lockOf(folder: string): Promise<string> {
  const lines = (await readdir(folder)).sort().map(async (wheel) => {
    const [name, version] = wheel.split('-')
    const hash = createHash('sha256').update(await readFile(join(folder, wheel)))
    return `${name}==${version} --hash=sha256:${hash.digest('hex')}\n`
  })
  return (await Promise.all(lines)).join('')
}

interface RunOptions {
  readonly cwd?: string | undefined
  readonly input?: string | undefined
  readonly onLine?: ((line: string) => void) | undefined
}

async function run(file: string, programArguments: readonly string[], { cwd, input, onLine }: RunOptions = {}) {
  // Whoever set this for their own Python would have every session compile every package anew.
  const { PYTHONDONTWRITEBYTECODE: _, PYTHONHOME: __, PYTHONPATH: ___, ...environment } = process.env
  const onStderr = (text: string) => {
    const line = text.trimEnd().split('\n').at(-1)?.trim()
    if (line) onLine?.(line)
  }
  return runProgram(file, programArguments, { env: environment, cwd, input, onStderr })
}

async function succeed(work: string, file: string, programArguments: readonly string[], options?: RunOptions): Promise<void> {
  const ended = await run(file, programArguments, options)
  if (ended.code !== 0) throw failed(work, ended.stderr || ended.stdout)
}

function failed(work: string, stderr: string): ExecutorError {
  return new ExecutorError('unavailable', `${work} failed: ${stderr.trim().slice(-1_000)}`, { started: 'no', retryable: true })
}

/** The installer's own words name what has no wheel, or is not there at all. */
function unresolved(requirements: readonly string[], stderr: string): OptionsError {
  return new OptionsError(
    'packages',
    `packages ${JSON.stringify(requirements)} cannot be had as wheels: ${stderr.trim().slice(-1_000)} (Wheels alone are installed: a source distribution would run its setup on this machine, unconfined. Build what lacks one yourself and name the environment by the option venv)`,
  )
}
