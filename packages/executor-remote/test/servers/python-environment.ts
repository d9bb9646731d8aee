import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { alive, alone } from '../../../../scripts/alone.mjs'
import { tools } from '../../../../scripts/npm.mjs'

const run = promisify(execFile)

/** A lock file of `requirements/`: what one generation of servers is installed from. */
export type PythonSet = 'new' | 'old' | 'gateway' | 'enterprise' | 'hub'

/** An installed set, or why it cannot be had here. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string }

const environments = new Map<PythonSet, Promise<PythonEnvironment>>()

/**
 * The Python that a lock file is installed for: once for each checkout, into `.tools`. Safe for several processes at once.
 * Resolves with a reason, instead of rejecting, where there is no fitting Python or nothing to install from.
 */
export function pythonEnvironment(set: PythonSet): Promise<PythonEnvironment> {
  const known = environments.get(set)
  if (known) return known
  const made = make(set).catch((error: unknown) => ({
    missing: `skipped: the servers of '${set}' cannot be installed: ${lastLines(error)}`,
  }))
  environments.set(set, made)
  return made
}

async function make(set: PythonSet): Promise<PythonEnvironment> {
  const lock = join(import.meta.dirname, 'requirements', `${set}.txt`)
  const base = await findPython()
  if (!base) return { missing: 'skipped: no Python 3.11 or 3.12 is installed' }
  const key = createHash('sha256').update(`${process.platform} ${process.arch} ${base.version}\n`).update(readFileSync(lock))
  const folder = join(tools, `python-${key.digest('hex').slice(0, 16)}`)
  const python = join(folder, 'bin', 'python')
  if (existsSync(python)) return { python }
  return alone(
    (text) => process.stderr.write(text),
    new AbortController().signal,
    async () => {
      if (!existsSync(python)) await install(base.program, lock, folder)
      return { python }
    },
  )
}

/** Built aside and renamed, so that one that was interrupted does no harm. Its scripts name the folder aside: use `python -m`. */
async function install(program: string, lock: string, folder: string): Promise<void> {
  forgetParts()
  process.stderr.write(`· installing Jupyter servers for the tests (once): ${folder}\n`)
  const part = `${folder}.${process.pid}.part`
  const python = join(part, 'bin', 'python')
  mkdirSync(tools, { recursive: true })
  try {
    // Where this is set nothing is compiled, and each start of a server imports its sources anew.
    const { PYTHONDONTWRITEBYTECODE: _, ...environment } = process.env
    const env = environment as NodeJS.ProcessEnv // @types/node wants NODE_ENV's key, which is optional there too
    await run(program, ['-m', 'venv', part], { env })
    const wheels = ['--require-hashes', '--only-binary', ':all:', '-r', lock]
    if (await works('uv', ['--version'])) {
      await run('uv', ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...wheels], { env })
    } else {
      await run(python, ['-m', 'pip', 'install', '--quiet', ...wheels], { env })
    }
    renameSync(part, folder)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** Wheels of all that the locks name are there for these two versions. */
async function findPython(): Promise<{ readonly program: string; readonly version: string } | undefined> {
  const question = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2], sys.executable)'
  for (const candidate of [process.env['INTERLOOP_PYTHON'], 'python3', 'python3.11', 'python3.12', '/usr/bin/python3']) {
    if (!candidate) continue
    const { stdout } = await run(candidate, ['-c', question]).catch(() => ({ stdout: '' }))
    const [version = '', program = ''] = stdout.trim().split(' ')
    if (version === '3.11' || version === '3.12') return { program, version }
  }
  return undefined
}

function works(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  )
}

/** Removes what killed installations left. */
function forgetParts(): void {
  for (const entry of existsSync(tools) ? readdirSync(tools) : []) {
    const owner = /^python-.*\.(\d+)\.part$/.exec(entry)?.[1]
    if (owner && !alive(Number(owner))) rmSync(join(tools, entry), { recursive: true, force: true })
  }
}

function lastLines(error: unknown): string {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  return (output.trim() || String(error)).split('\n').slice(-3).join(' ')
}
