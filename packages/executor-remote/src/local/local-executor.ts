import {
  type Capabilities,
  defineExecutor,
  type Executor,
  ExecutorError,
  type Limits,
  OptionsError,
  type PrepareProgress,
} from '@interloop/core/executor'
import { createPool } from '@interloop/executor-kit'
import { type Confined, confine } from './confinement.ts'
import { defaultLimits } from './default-limits.ts'
import { checkPythonOptions, type PythonEnvironment, type PythonOptions, pythonFor } from './environment.ts'
import { type GuestProcess, startGuest } from './guest-process.ts'
import { describeCapabilities } from './local-capabilities.ts'
import { openSession } from './session.ts'
import { unconfined, warnUnconfined } from './unconfined.ts'

/** How `localExecutor` runs programs. */
export interface LocalOptions extends PythonOptions {
  /**
   * `sandbox`: confined by bubblewrap and seccomp; where the system cannot give it, `prepare` and `createSession` reject with
   * `unsupported` and say what is missing. `none`: with all rights of this process, which prints a warning. Never weakened by itself.
   * @default 'sandbox'
   */
  readonly isolation?: 'sandbox' | 'none' | undefined
  /** What a sandbox can reach; without one, programs have the network of this machine. @default 'none' */
  readonly network?: 'none' | 'open' | undefined
  /** For all sessions; those of a session or a request go before them. @default memoryBytes 512 MiB, with `packages: 'gemini'` 2 GiB */
  readonly limits?: Limits | undefined
  /** How many sessions are kept started ahead, each used once. @default 0 */
  readonly pool?: number | undefined
}

/**
 * Runs Python in CPython of this machine, one process for each session under a supervisor of ours.
 * Throws `OptionsError` where an option cannot be right.
 */
export function localExecutor(options: LocalOptions = {}): Executor {
  checkOptions(options)
  const { isolation = 'sandbox', network = 'none' } = options
  const usual = merge(defaultLimits(options), options.limits)
  if (isolation === 'none') warnUnconfined()
  let capabilities: Capabilities = describeCapabilities(isolation, network)
  const guests = new Set<GuestProcess>()
  const closing = new AbortController()
  const python = onceUnlessItFails((onProgress) => pythonFor(options, onProgress))

  async function start(limits: Limits): Promise<GuestProcess> {
    const environment = await python()
    const confined = await confinedFor(environment, limits)
    capabilities = describeCapabilities(isolation, network, environment, confined)
    if (closing.signal.aborted) {
      await confined.close()
      throw disposed()
    }
    const guest = startGuest(confined, isolation === 'sandbox')
    guests.add(guest)
    void guest.ended.then(() => guests.delete(guest))
    return guest
  }
  async function confinedFor({ python }: PythonEnvironment, limits: Limits): Promise<Confined> {
    return isolation === 'none' ? unconfined(python) : confine({ python, readOnly: [], limits, network })
  }

  const pool = createPool(options.pool ?? 0, () => start(usual))
  const executor = defineExecutor({
    name: 'local',
    runtime: capabilities.runtime,
    capabilities,
    async open({ limits = {}, signal }) {
      // What is warm was confined with the limits of the executor.
      const isUsual = limits.memoryBytes === usual.memoryBytes && limits.fileBytes === usual.fileBytes
      const guest = await (isUsual ? pool.take() : start(limits))
      if (signal?.aborted) await guest.kill()
      signal?.addEventListener('abort', guest.kill)
      await guest.ready
      signal?.removeEventListener('abort', guest.kill)
      return openSession(guest, () => start(limits))
    },
  })

  return {
    ...executor,
    get capabilities() {
      return capabilities
    },
    async createSession(session = {}) {
      checkLimits(session.limits)
      return executor.createSession({ ...session, limits: merge(usual, session.limits) })
    },
    async prepare({ signal, onProgress } = {}) {
      if (closing.signal.aborted) throw disposed()
      const preparing = python(onProgress).then(async () => {
        onProgress?.({ phase: 'starting Python' })
        await pool.fill()
      })
      await untilAborted(preparing, signal)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all([executor[Symbol.asyncDispose](), pool.close(), ...Array.from(guests, (guest) => guest.kill())])
    },
  }
}

type OnProgress = (progress: PrepareProgress) => void

/** Calls once, and again after a failure: what was missing may be there then. */
function onceUnlessItFails<Value>(call: (onProgress?: OnProgress) => Promise<Value>): (onProgress?: OnProgress) => Promise<Value> {
  let called: Promise<Value> | undefined
  return (onProgress) => {
    if (called === undefined) {
      called = call(onProgress)
      called.catch(() => {
        called = undefined
      })
    }
    return called
  }
}

function checkOptions(options: LocalOptions): void {
  const { isolation = 'sandbox', network = 'none', pool = 0 } = options
  if (isolation !== 'sandbox' && isolation !== 'none') {
    throw new OptionsError('isolation', `isolation must be 'sandbox' or 'none', got ${JSON.stringify(isolation)}`)
  }
  if (network !== 'none' && network !== 'open') {
    throw new OptionsError('network', `network must be 'none' or 'open', got ${JSON.stringify(network)}`)
  }
  if (!Number.isInteger(pool) || pool < 0) throw new OptionsError('pool', `pool must be a whole number, 0 or more, got ${pool}`)
  checkLimits(options.limits)
  checkPythonOptions(options)
}

function checkLimits(limits: Limits | undefined): void {
  for (const [name, value] of Object.entries(merge(limits))) {
    if (!(value > 0)) throw new OptionsError(`limits.${name}`, `limits.${name} must be a positive number, got ${value}`)
  }
}

function merge(...limits: readonly (Limits | undefined)[]): Limits {
  return Object.fromEntries(limits.flatMap((each) => Object.entries(each ?? {}).filter(([, value]) => value !== undefined)))
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
