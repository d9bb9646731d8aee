import type { DeathSign } from './execution-state.ts'
import { enterKernel, type Kernel } from './kernel.ts'
import { connectionsTo, endKernel, startKernel } from './kernel-start.ts'
import type { Server } from './server.ts'

/** Kernels with their imports done, each for one session. */
export interface Pool {
  /** One that is ready, or a fresh one. */
  take(): Promise<Kernel>
  /** Starts what is missing; resolves with the first that is ready. */
  warm(atLeast: number): Promise<Kernel | undefined>
  /** Ends those that nobody took. */
  close(): Promise<void>
}

interface Warm {
  readonly kernel: Promise<Kernel>
}

export function createPool(open: () => Promise<Server>, size: number): Pool {
  const warm: Warm[] = []
  let isClosed = false

  function start(): Warm {
    const entry: Warm = {
      kernel: open().then((server) => openFreshKernel(server, folderName(), () => lose(entry))),
    }
    warm.push(entry)
    entry.kernel.then(
      (kernel) => {
        if (isClosed) void open().then((server) => discard(server, kernel))
      },
      () => void drop(entry),
    )
    return entry
  }

  /** Says whether it was still nobody's. */
  function drop(entry: Warm): boolean {
    const index = warm.indexOf(entry)
    if (index >= 0) warm.splice(index, 1)
    return index >= 0
  }

  /** One that dies before anybody took it is ours to end; afterwards it is its session's. */
  function lose(entry: Warm): void {
    if (drop(entry)) void entry.kernel.then(async (kernel) => abandon(await open(), kernel)).catch(() => undefined)
  }

  function fill(count: number): void {
    while (!isClosed && warm.length < count) start()
  }

  return {
    async take() {
      const entry = warm.shift() ?? start()
      drop(entry)
      fill(size)
      return entry.kernel
    },
    async warm(atLeast) {
      fill(Math.max(atLeast, size))
      return warm[0]?.kernel
    },
    async close() {
      isClosed = true
      const left = warm.splice(0)
      await Promise.all(left.map(({ kernel }) => kernel.then(async (left) => discard(await open(), left)).catch(() => undefined)))
    },
  }
}

/** A name for the folder of a session. */
function folderName(): string {
  return `interloop-${crypto.randomUUID()}`
}

/**
 * Starts a kernel and puts the guest into it; where that fails the kernel is ended. One to which its server counts less than no line, since a
 * handshake was broken while it started, is never culled and keeps no output for us: it is replaced before anything ran in it (remote.md 1.5, row 9).
 */
export async function openFreshKernel(server: Server, folder: string, onDeath: (sign: DeathSign) => void): Promise<Kernel> {
  const kernel = await openKernel(server, folder, onDeath)
  const connections = await connectionsTo(server.rest, kernel.started.kernelId).catch(() => undefined)
  if (connections === undefined || connections >= 0) return kernel
  await abandon(server, kernel)
  return openKernel(server, folder, onDeath)
}

async function openKernel(server: Server, folder: string, onDeath: (sign: DeathSign) => void): Promise<Kernel> {
  const started = await startKernel(server.rest, server.settings).catch(async (error: unknown) => {
    // A Hub stops servers that nobody used for a while.
    if (!(await server.isStopped())) throw error
    await server.startAgain()
    return startKernel(server.rest, server.settings)
  })
  return enterKernel({ server, started, folder, onDeath }).catch(async (error: unknown) => {
    await endKernel(server.rest, started).catch(() => undefined)
    throw error
  })
}

/** How long a kernel may take to remove its folder, milliseconds. */
const CLOSE_MS = 1_000

/** Ends a kernel and its folder. Never rejects: what cannot be reached empties itself. */
export async function discard(server: Server, kernel: Kernel): Promise<void> {
  if (kernel.death === undefined && kernel.isUp) await kernel.ask('close', {}, { timeoutMs: CLOSE_MS }).catch(() => undefined)
  await abandon(server, kernel)
}

/** Ends a kernel and leaves its folder, for the one that follows. Never rejects. */
export async function abandon(server: Server, kernel: Kernel): Promise<void> {
  kernel.close()
  await endKernel(server.rest, kernel.started).catch(() => undefined)
}
