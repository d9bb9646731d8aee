import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Capabilities, ExecutorError, OptionsError, type PrepareProgress } from '@interloop/core/executor'
import { cacheFolder, findOnPath } from '@interloop/executor-kit'
import { findInstaller, type Installer, pythonOf } from './installer.ts'
import { describePython, type PythonDescription } from './packages-of.ts'
import { checkRequirements } from './requirements.ts'

/** Which Python runs the programs. At most one of `venv` and `packages`; with `packages`, `python` is what the environment is made of. */
export interface PythonOptions {
  /** A name on the path, or a path. CPython 3.10 or newer. @default python3 */
  readonly python?: string | undefined
  /** The folder of a virtual environment. */
  readonly venv?: string | undefined
  /** Names of an index, installed as wheels, once for all sessions; `gemini`: what Google's own tool has (gemini-wire.md 3.3), but for tensorflow and pylatex. */
  readonly packages?: 'gemini' | readonly string[] | undefined
  /** Where environments are kept. @default `interloop` in the user's cache */
  readonly cacheFolder?: string | undefined
}

/** A Python of the host that is ready to run programs. */
export interface PythonEnvironment {
  readonly python: string
  /** `CPython 3.12.1` */
  readonly runtime: string
  readonly packages: Capabilities['packages']
}

/**
 * The Python for these options; the first that wants these packages installs them.
 * Throws `OptionsError` for options that cannot be right, `ExecutorError` `unsupported` where there is no Python, `unavailable` where an index cannot be reached.
 */
export async function pythonFor(options: PythonOptions, onProgress?: (progress: PrepareProgress) => void): Promise<PythonEnvironment> {
  checkPythonOptions(options)
  const python = findPython(options)
  const described = await describePython(python)
  if (!isNewEnough(described)) throw tooOld(options, python, described)
  if (options.packages === undefined) return environmentOf(python, described)
  const folder = await installed({
    python,
    described,
    packages: options.packages,
    cache: await cacheFolder(options.cacheFolder),
    onProgress,
  })
  const packages: Capabilities['packages'] = JSON.parse(await readFile(join(folder, PACKAGES), 'utf8'))
  return environmentOf(pythonOf(folder), { ...described, packages })
}

/** Throws `OptionsError`; looks at nothing but the options. */
export function checkPythonOptions({ python, venv, packages }: PythonOptions): void {
  if (venv !== undefined && (python !== undefined || packages !== undefined)) {
    const other = python === undefined ? 'packages' : 'python'
    throw new OptionsError('venv', `venv brings its own Python and packages: leave out ${other}, got venv ${JSON.stringify(venv)}`)
  }
  if (packages !== undefined && packages !== 'gemini') checkRequirements(packages)
}

function findPython({ python, venv }: PythonOptions): string {
  if (venv !== undefined) return pythonOf(resolve(venv))
  if (python?.includes('/') || python?.includes('\\')) return resolve(python)
  const name = python ?? 'python3'
  const found = findOnPath(name) ?? (python === undefined ? findOnPath('python') : undefined)
  if (found !== undefined) return found
  if (python !== undefined) throw new OptionsError('python', `python must be on the PATH or a path, got ${JSON.stringify(python)}`)
  throw new ExecutorError(
    'unsupported',
    'there is no python3 on the PATH; install Python 3.10 or newer, or name one by the option python',
    {
      started: 'no',
    },
  )
}

function isNewEnough({ version: [major, minor] }: PythonDescription): boolean {
  return major > 3 || (major === 3 && minor >= 10)
}

function tooOld({ python: named, venv }: PythonOptions, python: string, { version }: PythonDescription): Error {
  const message = `Python must be 3.10 or newer, ${python} is ${version.join('.')}`
  if (named === undefined && venv === undefined) {
    return new ExecutorError('unsupported', `${message}; name another by the option python`, { started: 'no' })
  }
  return new OptionsError(venv === undefined ? 'python' : 'venv', message)
}

function environmentOf(python: string, { implementation, version, packages }: PythonDescription): PythonEnvironment {
  return { python, runtime: `${implementation} ${version.join('.')}`, packages }
}

interface Wanted {
  readonly python: string
  readonly described: PythonDescription
  readonly packages: 'gemini' | readonly string[]
  readonly cache: string
  readonly onProgress: ((progress: PrepareProgress) => void) | undefined
}

/** The list of packages of an environment, in its folder. It is written last, and the folder then gets its name: what is there is whole. */
const PACKAGES = 'interloop-packages.json'

/** A lock file for all platforms; `uv pip compile --universal` made it of gemini-packages.in. */
const GEMINI_LOCK = fileURLToPath(new URL('../../src/local/gemini-packages.txt', import.meta.url))

async function installed(wanted: Wanted): Promise<string> {
  const { cache, described, packages, onProgress } = wanted
  const installer = findInstaller()
  const lockFile = packages === 'gemini' ? GEMINI_LOCK : join(cache, 'locks', `${keyOf(described, [...packages].sort())}.txt`)
  const known = await readFile(lockFile, 'utf8').catch(() => undefined)
  if (known !== undefined) {
    const folder = join(cache, 'environments', keyOf(described, known))
    if (await isThere(folder)) return folder
  }
  await removeAbandoned(join(cache, 'environments'))
  const building = join(cache, 'environments', `building-${process.pid}-${randomUUID()}`)
  try {
    await mkdir(dirname(building), { recursive: true })
    onProgress?.({ phase: 'making an environment', fraction: 0 })
    await installer.create(wanted.python, building)
    const lock = known ?? (await resolveOnce(installer, building, lockFile, wanted))
    const folder = join(cache, 'environments', keyOf(described, lock))
    if (!(await isThere(folder))) await build(installer, building, folder, lock, onProgress)
    onProgress?.({ phase: 'packages are there', fraction: 1 })
    return folder
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

/** Rises when an environment is described in another way than before: those of older versions of this package are not used. */
const DESCRIPTION = 2

/** Lock, Python and platform; an environment refers to the Python that it was made of. */
function keyOf({ executable, version, platform }: PythonDescription, content: string | readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([DESCRIPTION, content, executable, version, platform]))
    .digest('hex')
    .slice(0, 32)
}

async function resolveOnce(installer: Installer, building: string, lockFile: string, { packages, onProgress }: Wanted): Promise<string> {
  onProgress?.({ phase: 'resolving packages', fraction: 0.1 })
  const lock = await installer.resolve(building, packages === 'gemini' ? [] : packages)
  await mkdir(dirname(lockFile), { recursive: true })
  const draft = `${lockFile}.${randomUUID()}`
  await writeFile(draft, lock)
  await rename(draft, lockFile)
  return lock
}

/** Aside, then renamed: another process sees all of it or nothing, and who comes second takes what the first made. */
async function build(
  installer: Installer,
  building: string,
  folder: string,
  lock: string,
  onProgress: ((progress: PrepareProgress) => void) | undefined,
): Promise<void> {
  onProgress?.({ phase: 'installing packages', fraction: 0.2 })
  await installer.install(building, lock, (detail) => onProgress?.({ phase: 'installing packages', detail }))
  onProgress?.({ phase: 'reading packages', fraction: 0.9 })
  const { packages } = await describePython(pythonOf(building))
  await writeFile(join(building, PACKAGES), JSON.stringify(packages))
  await rename(building, folder).catch(async (error) => {
    if (!(await isThere(folder))) throw error
  })
}

function isThere(folder: string): Promise<boolean> {
  return stat(join(folder, PACKAGES)).then(
    () => true,
    () => false,
  )
}

/** What a process left that was killed while it built. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const changedAt = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()
  for (const name of names.filter((each) => each.startsWith('building-'))) {
    const path = join(folder, name)
    if ((await changedAt(path)) < Date.now() - ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}

/** No installation takes a day. */
const ABANDONED_MS = 24 * 60 * 60 * 1000
