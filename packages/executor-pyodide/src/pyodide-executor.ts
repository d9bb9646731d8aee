import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Capabilities, defineExecutor, type Executor, ExecutorError, type Limits, OptionsError } from '@interloop/core/executor'
import { type GuestProcess, startGuest } from './guest-process.ts'
import { readLock } from './lock.ts'
import { openSession } from './session.ts'

/** How `pyodideExecutor` runs programs. */
export interface PyodideOptions {
  /** For all sessions; those of a session or a request go before them. */
  readonly limits?: Limits | undefined
  /**
   * A folder with wheels and their `pyodide-lock.json`, whose modules programs can import beside the standard library.
   * An empty text is none.
   * @default the environment variable INTERLOOP_PACKAGES, otherwise none
   */
  readonly packageSource?: string | URL | undefined
}

const HELD = {
  wallMs: 'enforced',
  memoryBytes: 'enforced',
  outputBytes: 'enforced',
  outputHardBytes: 'enforced',
  displayBytes: 'enforced',
  sourceBytes: 'enforced',
} as const

const NOTES = [
  'Python runs in a process of its own, under plain Pyodide: it can reach JavaScript, and by it the files, processes and network of this machine. Run no program here that you would not run yourself.',
  'Neither limits.fileBytes nor limits.files holds: files are in the memory of the process, beside that of limits.memoryBytes.',
]

/**
 * Runs Python in Pyodide, one process for each session.
 * Throws `OptionsError` where a limit is no positive number, or the package source no folder with a `pyodide-lock.json`.
 */
export function pyodideExecutor(options: PyodideOptions = {}): Executor {
  checkLimits(options.limits)
  const packageFolder = folderOf(options.packageSource ?? process.env['INTERLOOP_PACKAGES'])
  const capabilities = describeCapabilities(packageFolder)
  const guests = new Set<GuestProcess>()
  let warm: GuestProcess | undefined
  let prepared: Promise<void> | undefined
  let isDisposed = false

  function start(): GuestProcess {
    const guest = startGuest(packageFolder)
    guests.add(guest)
    void guest.ended.then(() => guests.delete(guest))
    return guest
  }
  async function warmUp(): Promise<void> {
    warm = start()
    await warm.ready.catch((error: unknown) => {
      prepared = undefined
      throw error
    })
  }
  const executor = defineExecutor({
    name: 'pyodide',
    runtime: capabilities.runtime,
    // `enforced` would leave the deadline to us. Its signal at that time is enough: what does not stop then is killed.
    capabilities: { ...capabilities, limits: { ...HELD, wallMs: undefined } },
    async open({ signal }) {
      const guest = warm?.isAlive ? warm : start()
      warm = undefined
      signal?.addEventListener('abort', guest.kill)
      await guest.ready
      return openSession(guest, start)
    },
  })
  return {
    ...executor,
    capabilities,
    createSession: (session = {}) => executor.createSession({ ...session, limits: merge(options.limits, session.limits) }),
    async prepare({ signal, onProgress } = {}) {
      if (isDisposed) throw new ExecutorError('closed', 'the executor pyodide was disposed', { started: 'no' })
      const { promise: givenUp, reject } = Promise.withResolvers<never>()
      const giveUp = () => reject(new ExecutorError('closed', 'the preparation was given up', { started: 'no', cause: signal?.reason }))
      signal?.addEventListener('abort', giveUp)
      if (signal?.aborted) giveUp()
      onProgress?.({ phase: 'starting Python' })
      prepared ??= warmUp()
      await Promise.race([prepared, givenUp]).finally(() => signal?.removeEventListener('abort', giveUp))
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await executor[Symbol.asyncDispose]()
      await Promise.all(Array.from(guests, (guest) => guest.kill()))
    },
  }
}

function describeCapabilities(packageFolder: string | undefined): Capabilities {
  const require = createRequire(import.meta.url)
  const { version } = require('../package.json')
  const pyodide = require('pyodide/package.json').version
  const { python } = require('pyodide/pyodide-lock.json').info
  const packages = packageFolder === undefined ? [] : Object.values(readLock(packageFolder))
  return {
    version,
    languages: ['python'],
    runtime: `CPython ${python} (Pyodide ${pyodide})`,
    isolation: 'none',
    network: 'open',
    limits: { ...HELD, cpuMs: 'none', fileBytes: 'none', files: 'none' },
    stopMs: 1_500,
    idempotent: true,
    tools: false,
    snapshots: 'none',
    packages: packages.map(({ name, version, imports }) => ({ name, version, imports })),
    notes: NOTES,
  }
}

function merge(...limits: readonly (Limits | undefined)[]): Limits {
  const told = limits.flatMap((each) => Object.entries(each ?? {}).filter(([, value]) => value !== undefined))
  return Object.fromEntries(told)
}

function checkLimits(limits: Limits = {}): void {
  for (const [name, value] of Object.entries(merge(limits))) {
    if (!(value > 0)) throw new OptionsError(`limits.${name}`, `limits.${name} must be a positive number, got ${value}`)
  }
}

function folderOf(source: string | URL | undefined): string | undefined {
  if (source === undefined || source === '') return undefined
  const folder = String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
  if (existsSync(join(folder, 'pyodide-lock.json'))) return resolve(folder)
  throw new OptionsError('packageSource', `packageSource must be a folder with a pyodide-lock.json, got ${JSON.stringify(String(source))}`)
}
