import { createRequire } from 'node:module'
import {
  type Capabilities,
  defineExecutor,
  type Executor,
  ExecutorError,
  type Limits,
  OptionsError,
  type PrepareProgress,
} from '@interloop/core/executor'
import { confine } from './confinement.ts'
import { findOnPath } from './find-on-path.ts'
import { type GuestProcess, startGuest } from './guest-process.ts'
import { createPool } from './pool.ts'
import { openSession } from './session.ts'
import { unconfined, warnUnconfined } from './unconfined.ts'

/** How `localExecutor` runs programs. */
export interface LocalOptions {
  /**
   * `sandbox`: confined by bubblewrap and seccomp; where the system cannot give it, creating a session rejects with `unsupported`
   * and says what is missing. `none`: with all rights of this process, which prints a warning. Never weakened by itself.
   * @default 'sandbox'
   */
  readonly isolation?: 'sandbox' | 'none' | undefined
  /** The interpreter, CPython 3.10 or newer. @default the `python3` of the path */
  readonly python?: string | undefined
  /** Of the sandbox; `none` as isolation has that of this machine. @default 'none' */
  readonly network?: 'none' | 'open' | undefined
  /** For all sessions; those of a session or a request go before them. */
  readonly limits?: Limits | undefined
  /** How many sessions are kept started ahead, each used once. @default 0 */
  readonly pool?: number | undefined
}

const HELD = {
  wallMs: 'enforced',
  cpuMs: 'advisory',
  outputBytes: 'enforced',
  outputHardBytes: 'enforced',
  displayBytes: 'enforced',
  sourceBytes: 'enforced',
} as const

const CPU_NOTE = 'limits.cpuMs counts the interpreter, and those of its children that have ended.'

const NOTES = {
  none: [
    'Programs run with all rights of the process that made the executor: its files, its network, its other processes.',
    'limits.memoryBytes holds for each process of a program alone.',
    CPU_NOTE,
  ],
  sandbox: [CPU_NOTE],
} as const

/** The supervisor kills a program that did not heed its interrupts after one second; the rest is for a busy machine. */
const STOP_MS = 2_500

/**
 * Runs Python in CPython of this machine, one process for each session under a supervisor of ours.
 * Throws `OptionsError` where an option cannot be right.
 */
export function localExecutor(options: LocalOptions = {}): Executor {
  checkLimits(options.limits)
  checkPool(options.pool)
  const { isolation = 'sandbox', network = 'none' } = options
  if (isolation === 'none') warnUnconfined()
  let capabilities = describeCapabilities(options)
  const guests = new Set<GuestProcess>()
  const closing = new AbortController()

  async function start(limits: Limits): Promise<GuestProcess> {
    const python = options.python ?? findOnPath('python3') ?? 'python3'
    const confined = isolation === 'none' ? unconfined(python) : await confine({ python, readOnly: [], limits, network })
    if (closing.signal.aborted) {
      await confined.close()
      throw disposed()
    }
    capabilities = {
      ...capabilities,
      limits: { ...capabilities.limits, memoryBytes: confined.memory },
      notes: [...NOTES[isolation], ...confined.notes],
    }
    const guest = startGuest(confined)
    guests.add(guest)
    void guest.ended.then(() => guests.delete(guest))
    void guest.ready.then(
      ({ implementation, version }) => {
        capabilities = { ...capabilities, runtime: `${implementation} ${version}` }
      },
      () => undefined,
    )
    return guest
  }

  const pool = createPool(options.pool ?? 0, () => start(options.limits ?? {}))
  const executor = defineExecutor({
    name: 'local',
    runtime: capabilities.runtime,
    capabilities,
    async open({ limits = {}, signal }) {
      // What is warm was confined with the limits of the executor.
      const isUsual = limits.memoryBytes === options.limits?.memoryBytes && limits.fileBytes === options.limits?.fileBytes
      const guest = await (isUsual ? pool.take() : start(limits))
      if (signal?.aborted) await guest.kill()
      signal?.addEventListener('abort', guest.kill)
      await guest.ready
      signal?.removeEventListener('abort', guest.kill)
      return openSession(guest, () => start(limits))
    },
  })

  async function dispose(): Promise<void> {
    closing.abort()
    await Promise.all([executor[Symbol.asyncDispose](), pool.close(), ...[...guests].map((guest) => guest.kill())])
  }

  return {
    ...executor,
    get capabilities() {
      return capabilities
    },
    createSession: (session = {}) => executor.createSession({ ...session, limits: merge(options.limits, session.limits) }),
    async prepare({ signal, onProgress } = {}) {
      if (closing.signal.aborted) throw disposed()
      onProgress?.({ phase: 'starting Python', fraction: 0 } satisfies PrepareProgress)
      await untilAborted(pool.fill(), signal)
      onProgress?.({ phase: 'starting Python', fraction: 1 })
    },
    [Symbol.asyncDispose]: dispose,
  }
}

function describeCapabilities({ isolation = 'sandbox', network = 'none' }: LocalOptions): Capabilities {
  const { version } = createRequire(import.meta.url)('../../package.json')
  return {
    version,
    languages: ['python'],
    runtime: 'CPython',
    isolation,
    network: isolation === 'none' ? 'open' : network,
    limits: { ...HELD, memoryBytes: 'advisory', fileBytes: isolation === 'none' ? 'none' : 'enforced', files: 'none' },
    stopMs: STOP_MS,
    idempotent: true,
    tools: true,
    snapshots: 'none',
    packages: [],
    notes: NOTES[isolation],
  }
}

function merge(...limits: readonly (Limits | undefined)[]): Limits {
  return Object.fromEntries(limits.flatMap((each) => Object.entries(each ?? {}).filter(([, value]) => value !== undefined)))
}

function checkLimits(limits: Limits = {}): void {
  for (const [name, value] of Object.entries(merge(limits))) {
    if (!(value > 0)) throw new OptionsError(`limits.${name}`, `limits.${name} must be a positive number, got ${value}`)
  }
}

function checkPool(pool = 0): void {
  if (!Number.isInteger(pool) || pool < 0) throw new OptionsError('pool', `pool must be a whole number, 0 or more, got ${pool}`)
}

function disposed(): ExecutorError {
  return new ExecutorError('closed', 'the executor local was disposed', { started: 'no' })
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  promise.catch(() => undefined) // who gave up hears nothing of it
  const { promise: givenUp, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(new ExecutorError('closed', 'the preparation was given up', { started: 'no', cause: signal?.reason }))
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted) giveUp()
  await Promise.race([promise, givenUp]).finally(() => signal?.removeEventListener('abort', giveUp))
}
