import {
  type Capabilities,
  defineExecutor,
  type Executor,
  ExecutorError,
  type Limits,
  type PrepareProgress,
} from '@interloop/core/executor'
import { createPool } from '@interloop/executor-kit'
import { describeCapabilities, type Facts } from './capabilities.ts'
import type { StartLimits } from './guest/messages.ts'
import type { LoadedImage } from './image/image.ts'
import { loadImage } from './image/load.ts'
import { chooseLevel } from './levels/choose-level.ts'
import { type Guest, speakWith } from './levels/guest.ts'
import type { Level } from './levels/guest-handle.ts'
import { keepAlive } from './levels/keep-alive.ts'
import { checkLimits, checkOptions, mergeLimits, type PyodideOptions } from './options.ts'
import { packageSupply } from './package-supply.ts'
import { openSession } from './session.ts'

/** Where nobody said otherwise (executor.ts, `Limits`). */
const DEFAULT_LIMITS: StartLimits = { memoryBytes: 512 * 2 ** 20, fileBytes: 128 * 2 ** 20, files: 20_000 }

type OnProgress = (progress: PrepareProgress) => void

/** Runs Python in Pyodide's CPython, one interpreter for each session. Throws `OptionsError` where an option cannot be right. */
export function pyodideExecutor(options: PyodideOptions = {}): Executor {
  checkOptions(options)
  const { isolation = 'auto' } = options
  const { loader, ...supply } = packageSupply(options)
  const facts = (isolation: Facts['isolation'], notes: readonly string[]) => ({
    isolation,
    notes: [...supply.notes, ...notes],
    packages: supply.packages,
  })
  let capabilities: Capabilities = describeCapabilities(facts(isolation === 'auto' ? 'process' : isolation, []))
  const guests = new Set<Guest>()
  const closing = new AbortController()
  let image: LoadedImage | undefined
  const level = onceUnlessItFails(async (onProgress) => {
    const chosen = await chooseLevel({ ...options, isolation })
    image = await loadImage({ image: options.image, cacheFolder: options.cacheFolder, onProgress: tellImage(onProgress) })
    if (closing.signal.aborted) image.close()
    refuseClosed()
    capabilities = describeCapabilities(facts(chosen.isolation, [...chosen.notes, ...image.notes]))
    return chosen.open(image)
  })

  async function start(limits: StartLimits, isRehearsed: boolean): Promise<Guest> {
    const opened = await level()
    refuseClosed()
    const guest = speakWith(await opened.start({ limits, isRehearsed }), limits)
    guests.add(guest)
    void guest.ended.then(() => guests.delete(guest))
    if (closing.signal.aborted) await guest.kill()
    return guest
  }
  function refuseClosed(): void {
    if (closing.signal.aborted) throw new ExecutorError('closed', 'the executor pyodide was disposed', { started: 'no' })
  }

  const usual = startLimits(options.limits, loader !== undefined)
  const pool = createPool(
    options.pool ?? 1,
    () => start(usual, true),
    () => start(usual, false),
  )
  const executor = defineExecutor({
    name: 'pyodide',
    runtime: capabilities.runtime,
    capabilities,
    async open({ limits = {}, signal }) {
      const wanted = startLimits(limits, loader !== undefined)
      // What is warm was started with the limits of the executor.
      const isUsual = Object.entries(usual).every(([name, value]) => wanted[name as keyof StartLimits] === value)
      const takeOne = () => (isUsual ? pool.take() : start(wanted, false))
      const guest = await keepAlive(takeOne())
      if (signal?.aborted) await guest.kill()
      signal?.addEventListener('abort', guest.kill)
      await keepAlive(guest.ready).finally(() => signal?.removeEventListener('abort', guest.kill))
      return openSession(guest, takeOne, wanted.memoryBytes, loader)
    },
  })

  return {
    ...executor,
    get capabilities() {
      return capabilities
    },
    async createSession(session = {}) {
      checkLimits(session.limits)
      return executor.createSession({ ...session, limits: mergeLimits(options.limits, session.limits) })
    },
    async prepare({ signal, onProgress } = {}) {
      refuseClosed()
      const preparing = level(onProgress).then(async () => {
        onProgress?.({ phase: 'starting Python' })
        await pool.fill()
        refuseClosed()
      })
      await keepAlive(untilAborted(preparing, signal))
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all([executor[Symbol.asyncDispose](), pool.close(), ...Array.from(guests, (guest) => guest.kill())])
      image?.close()
    },
  }
}

function startLimits(limits: Limits | undefined, hasPackages: boolean): StartLimits {
  const { memoryBytes, fileBytes, files } = { ...DEFAULT_LIMITS, ...mergeLimits(limits) }
  const whole = (value: number | undefined, fallback: number) => Math.min(Math.floor(value ?? fallback), Number.MAX_SAFE_INTEGER)
  return {
    memoryBytes: Math.min(whole(memoryBytes, DEFAULT_LIMITS.memoryBytes), MOST_MEMORY_BYTES),
    fileBytes: whole(fileBytes, DEFAULT_LIMITS.fileBytes),
    files: whole(files, DEFAULT_LIMITS.files),
    hasPackages,
  }
}

/** What addresses of 32 bits can name. */
const MOST_MEMORY_BYTES = 2 ** 32

function tellImage(onProgress: OnProgress | undefined): ((progress: { phase: string; done: number }) => void) | undefined {
  return onProgress && (({ phase, done }) => onProgress({ phase: `building the image of the interpreter: ${phase}`, fraction: done }))
}

/** Calls once, and again after a failure: what was missing may be there then. */
function onceUnlessItFails(call: (onProgress?: OnProgress) => Promise<Level>): (onProgress?: OnProgress) => Promise<Level> {
  let called: Promise<Level> | undefined
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

async function untilAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  promise.catch(() => undefined) // who gave up hears nothing of it
  const { promise: givenUp, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(new ExecutorError('closed', 'the preparation was given up', { started: 'no', cause: signal?.reason }))
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted) giveUp()
  await Promise.race([promise, givenUp]).finally(() => signal?.removeEventListener('abort', giveUp))
}
