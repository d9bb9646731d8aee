import { readFileSync } from 'node:fs'
import {
  ABORTED,
  type Capabilities,
  checkFiles,
  type Executor,
  ExecutorError,
  type Limits,
  type PrepareProgress,
  type Session,
  type SessionOptions,
  untilAborted,
} from '@interloop/core/executor'
import { GRACE_MS } from './execution.ts'
import { kernelFiles } from './files.ts'
import { recordOf } from './frames.ts'
import { enterKernel, type Kernel } from './kernel.ts'
import { checkOptions, type JupyterOptions, type Settings } from './options.ts'
import { createPool, discard, openFreshKernel } from './pool.ts'
import { EXECUTOR_NAME, readReference } from './reference.ts'
import { openServer, type Server } from './server.ts'
import { JupyterSession } from './session.ts'

const HELD = {
  wallMs: 'enforced',
  outputBytes: 'enforced',
  outputHardBytes: 'enforced',
  displayBytes: 'enforced',
  sourceBytes: 'enforced',
} as const

/**
 * Runs Python in kernels of a Jupyter server, one for each session, each program exactly once whatever becomes of the line.
 * Throws `OptionsError` where an option cannot be right: an endpoint that is no loopback address without TLS or without a token, too.
 */
export function jupyterExecutor(options: JupyterOptions): Executor {
  const settings = checkOptions(options)
  const pool = createPool(openedServer, settings.pool)
  const sessions = new Set<Session>()
  const opening = new Set<Promise<unknown>>()
  const closing = new AbortController()
  let capabilities = describe(settings, undefined)
  let prepared: Promise<void> | undefined
  let opened: Promise<Server> | undefined
  const watching = new Set<(progress: PrepareProgress) => void>()

  function openedServer(): Promise<Server> {
    const opens = opened ?? openServer(settings, tellProgress)
    opened = opens
    opens.catch(() => {
      if (opened === opens) opened = undefined
    })
    return opens
  }

  function tellProgress(progress: PrepareProgress): void {
    for (const tell of watching) tell(progress)
  }

  function refuseClosed(): void {
    if (closing.signal.aborted) throw new ExecutorError('closed', 'the executor jupyter was disposed', { started: 'no' })
  }

  /** Settles with the kernel, or as soon as somebody gives up; what comes later is ended. */
  async function unlessGivenUp(entering: Promise<Kernel>, signal: AbortSignal | undefined): Promise<Kernel> {
    const tracked = entering.then(
      () => undefined,
      () => undefined,
    )
    opening.add(tracked)
    const kernel = await untilAborted(entering, [signal, closing.signal]).finally(() => opening.delete(tracked))
    if (kernel !== ABORTED) return kernel
    const ended = entering.then(async (late) => discard(await openedServer(), late)).catch(() => undefined)
    opening.add(ended)
    void ended.finally(() => opening.delete(ended))
    throw new ExecutorError('closed', 'the session was given up before it was open', { started: 'no', cause: signal?.reason })
  }

  function openedSession(
    server: Server,
    kernel: Kernel,
    session: SessionOptions,
    known: { readonly id: string; readonly generation: number },
  ): Session {
    const made: Session = new JupyterSession({
      ...known,
      server,
      kernel,
      reopen: (folder) => openFreshKernel(server, folder, () => undefined),
      limits: merge(settings.limits, session.limits),
      given: session.files ?? [],
      onDisposed: () => sessions.delete(made),
    })
    sessions.add(made)
    return made
  }

  /** With its files; where they cannot be put it is ended. */
  async function withFilesOrEnded(kernel: Kernel, session: SessionOptions): Promise<Kernel> {
    if (kernel.isPlain) capabilities = describe(settings, kernel)
    return withFiles(kernel, session).catch(async (error: unknown) => {
      await discard(await openedServer(), kernel)
      throw error
    })
  }

  async function prepare(): Promise<void> {
    const kernel = await pool.warm(1)
    if (kernel === undefined) return
    const { packages } = await kernel.ask('packages')
    capabilities = { ...describe(settings, kernel), packages: (Array.isArray(packages) ? packages : []).map(packageOf) }
  }

  return {
    specVersion: 1,
    name: EXECUTOR_NAME,
    get capabilities() {
      return capabilities
    },
    async createSession(session = {}) {
      refuseClosed()
      checkFiles(session.files ?? [])
      if (session.signal?.aborted) throw new ExecutorError('closed', 'the session was given up before it was open', { started: 'no' })
      const kernel = await unlessGivenUp(
        pool.take().then((taken) => withFilesOrEnded(taken, session)),
        session.signal,
      )
      return openedSession(await openedServer(), kernel, session, { id: crypto.randomUUID(), generation: 1 })
    },
    async resumeSession(ref, session = {}) {
      refuseClosed()
      const { epoch, sessionId, ...started } = readReference(ref)
      const server = await openedServer()
      const entering = enterKernel({ server, started, folder: '', sessionId, takesOver: epoch, onDeath: () => undefined })
      const kernel = await unlessGivenUp(
        entering.then((entered) => withFiles(entered, session)),
        session.signal,
      ).catch((error: unknown) => {
        if (ExecutorError.is(error) && error.code === 'not_found') {
          throw new ExecutorError('session_lost', 'the kernel of the session is gone', { started: 'no', cause: error })
        }
        throw error
      })
      return openedSession(server, kernel, session, { id: ref.id, generation: ref.generation })
    },
    async prepare({ signal, onProgress } = {}) {
      refuseClosed()
      const tell = onProgress === undefined ? () => {} : quietly(onProgress)
      tell({ phase: 'starting a kernel' })
      watching.add(tell)
      prepared ??= prepare()
      const preparing = prepared
      preparing.catch(() => {
        if (prepared === preparing) prepared = undefined
      })
      const made = await untilAborted(preparing, [signal, closing.signal]).finally(() => watching.delete(tell))
      if (made !== ABORTED) return
      throw new ExecutorError('closed', 'the preparation was given up', { started: 'no', cause: signal?.reason })
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the executor jupyter was disposed'))
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()))
      await Promise.all([pool.close(), ...opening])
      await opened?.then((server) => server.stop()).catch(() => undefined)
    },
  }
}

/** What a listener throws changes nothing. */
function quietly(tell: (progress: PrepareProgress) => void): (progress: PrepareProgress) => void {
  return (progress) => {
    try {
      tell(progress)
    } catch {
      // There is nobody to tell it to.
    }
  }
}

async function withFiles(kernel: Kernel, { files = [] }: SessionOptions): Promise<Kernel> {
  for (const file of files) await kernelFiles(kernel).put(file)
  return kernel
}

function describe(settings: Settings, kernel: Kernel | undefined): Capabilities {
  const missing = kernel?.booted.missing ?? []
  const isPlain = kernel?.isPlain ?? false
  const outputs = isPlain ? ({ outputBytes: 'none', outputHardBytes: 'none', displayBytes: 'none' } as const) : {}
  return {
    version: versionOf(),
    languages: ['python'],
    runtime: kernel === undefined ? 'unknown (Jupyter)' : `${kernel.booted.implementation} ${kernel.booted.python} (Jupyter)`,
    isolation: settings.isolation ?? 'none',
    network: settings.network ?? 'unknown',
    limits: { ...HELD, ...outputs, cpuMs: 'none', memoryBytes: 'none', fileBytes: 'none', files: 'none' },
    // Two interrupts with their grace, then the session is given up; the rest is for the line.
    stopMs: 2 * GRACE_MS + 1_000,
    idempotent: !isPlain,
    tools: !isPlain,
    snapshots: 'none',
    packages: [],
    notes: [
      isPlain ? AT_MOST_ONCE : 'Programs are cells of IPython: its magics work, here alone.',
      ...(settings.isolation === undefined
        ? ['Nobody has vouched for the isolation of this server: a program can read the server’s token and what its user can read.']
        : []),
      ...(missing.length > 0 ? [`Modules of the option imports that are not there: ${missing.join(', ')}.`] : []),
    ],
  }
}

const AT_MOST_ONCE =
  'The kernel is no IPython: a program runs at most once, and what became of one whose line is lost is unknown; there are no files and no host tools, errors tell no line, and a session cannot be resumed.'

function packageOf(value: unknown): Capabilities['packages'][number] {
  const { name, version, imports } = recordOf(value)
  return { name: String(name), version: String(version), imports: Array.isArray(imports) ? imports.map(String) : [] }
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return version
}

function merge(...limits: readonly (Limits | undefined)[]): Limits {
  return Object.fromEntries(limits.flatMap((each) => Object.entries(each ?? {}).filter(([, value]) => value !== undefined)))
}
