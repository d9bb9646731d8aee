import { ExecutorError } from '../errors.ts'
import type { Capabilities, Executor, Session, SessionOptions } from '../executor.ts'
import { DefinedSession } from './defined-session.ts'
import { closeQuietly, type OpenedSession, openSession } from './opened-session.ts'

/** What a small executor is made of. */
export interface ExecutorDefinition {
  readonly name: string
  /** Told to the model: `CPython 3.14.2`. */
  readonly runtime: string
  /**
   * What is true beyond the defaults: languages `python`; isolation and network `unknown`; no tools, packages and snapshots; `stopMs` 2000.
   * `limits.wallMs: 'enforced'` says that the definition stops programs at their deadline by itself; otherwise their signal aborts then.
   */
  readonly capabilities?: { readonly [Name in keyof Capabilities]?: Capabilities[Name] | undefined } | undefined
  /** A fresh interpreter. Files of the options are put by `files.put` of what it opens. */
  open(options: SessionOptions): Promise<OpenedSession>
}

/** How long a program may take to stop before it is given up, milliseconds, where the definition does not say it. */
const DEFAULT_STOP_MS = 2_000

/**
 * Makes a small executor whole: honest defaults, ids, generation, time, deadline, abort, one execution at a time, collected output,
 * each idempotency key once, disposal at any moment. An HTTP endpoint becomes an executor in about twenty lines.
 */
export function defineExecutor(definition: ExecutorDefinition): Executor {
  const capabilities = completeCapabilities(definition)
  const closing = new AbortController()
  const sessions = new Set<Session>()
  const open = (options: SessionOptions) => definition.open(options)

  function refuseDisposed(): void {
    if (closing.signal.aborted) throw new ExecutorError('closed', `the executor ${definition.name} was disposed`, { started: 'no' })
  }

  return {
    specVersion: 1,
    name: definition.name,
    capabilities,
    async createSession(options = {}) {
      refuseDisposed()
      const opened = await openSession(open, options, [options.signal, closing.signal])
      if (closing.signal.aborted) {
        // Disposed as it opened: it stands in no list yet.
        void closeQuietly(opened)
        refuseDisposed()
      }
      const session = new DefinedSession({
        opened,
        open,
        options: { limits: options.limits, files: options.files },
        capabilities,
        holdsDeadline: definition.capabilities?.limits?.wallMs === 'enforced',
        onDisposed: () => sessions.delete(session),
      })
      sessions.add(session)
      return session
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error(`the executor ${definition.name} was disposed`))
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()))
    },
  }
}

function completeCapabilities({ runtime, capabilities = {} }: ExecutorDefinition): Capabilities {
  return {
    version: capabilities.version ?? 'unknown',
    languages: capabilities.languages ?? ['python'],
    runtime: capabilities.runtime ?? runtime,
    isolation: capabilities.isolation ?? 'unknown',
    limits: {
      // Whoever waits is answered in time; whether the program ended, only the definition can promise.
      wallMs: 'advisory',
      outputHardBytes: 'advisory',
      outputBytes: 'enforced',
      displayBytes: 'enforced',
      sourceBytes: 'enforced',
      ...capabilities.limits,
    },
    stopMs: capabilities.stopMs ?? DEFAULT_STOP_MS,
    idempotent: capabilities.idempotent ?? true,
    tools: capabilities.tools ?? false,
    network: capabilities.network ?? 'unknown',
    packages: capabilities.packages ?? [],
    snapshots: capabilities.snapshots ?? 'none',
    ...(capabilities.notes === undefined ? {} : { notes: capabilities.notes }),
  }
}
