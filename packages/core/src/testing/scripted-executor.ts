import { ExecutorError } from '../errors.ts'
import { abortedResult } from '../executor/aborted-result.ts'
import { collect } from '../executor/collector.ts'
import { limitsFor } from '../executor/limits.ts'
import { completeResult, type Ran } from '../executor/ran.ts'
import { safeEmit } from '../executor/safe-emit.ts'
import type {
  Capabilities,
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  Executor,
  FileInput,
  Session,
  SessionFiles,
  SessionOptions,
} from '../executor.ts'

/**
 * What becomes of one program: what there is to say of its result, or a function that makes it.
 * What is returned and was not emitted is emitted. A function may throw (an `ExecutorError`, a bug), emit, or never settle.
 */
export type ScriptedExecution = Ran | ((request: ExecutionRequest, context: ExecutionContext) => Ran | Promise<Ran>)

/** An executor that answers from a script. It runs no Python. */
export interface ScriptedExecutor extends Executor {
  /** Every request so far, in order, over all sessions; one whose key was seen stands here once. */
  readonly requests: readonly ExecutionRequest[]
  /** How many sessions were made and disposed. */
  readonly sessions: { readonly made: number; readonly disposed: number }
  /** Files that were put, in order, over all sessions. */
  readonly puts: readonly FileInput[]
  /** The working folder, one for all sessions: put here what a scripted program is to have made. */
  readonly files: Map<string, Uint8Array>
  /** Throws when executions are left over, and when more was asked for than there are. */
  assertDone(): void
}

/** Nothing that is scripted takes long to stop; a loop that waits for what hangs waits this long, milliseconds. */
const STOP_MS = 100

/**
 * An executor that gives one scripted result after the other, for tests of what uses executors. `execute` rejects when it is asked for more
 * than it knows, `assertDone` throws when something is left over. It keeps the port's promises that need no interpreter (keys run once,
 * disposal, generation) and no more: an execution that hangs hangs.
 */
export function scriptedExecutor(
  executions: readonly ScriptedExecution[],
  capabilities: { readonly [Name in keyof Capabilities]?: Capabilities[Name] | undefined } = {},
): ScriptedExecutor {
  const requests: ExecutionRequest[] = []
  const puts: FileInput[] = []
  const files = new Map<string, Uint8Array>()
  const live = new Set<Session>()
  const complete = completeCapabilities(capabilities)
  let made = 0
  let isDisposed = false

  /** The next execution of the script. */
  function next(request: ExecutionRequest): ScriptedExecution {
    const scripted = executions[requests.length]
    requests.push(request)
    if (scripted !== undefined) return scripted
    throw new ExecutorError('internal', `scriptedExecutor ${knows(executions.length)}, and was asked for ${requests.length}`, {
      started: 'no',
    })
  }

  function put(file: FileInput): void {
    puts.push(file)
    const bytes = typeof file.content === 'string' ? new TextEncoder().encode(file.content) : Uint8Array.from(file.content)
    for (const path of [file.path, ...(file.aliases ?? [])]) files.set(path, bytes)
  }

  return {
    specVersion: 1,
    name: 'scripted',
    capabilities: complete,
    requests,
    puts,
    files,
    sessions: {
      get made() {
        return made
      },
      get disposed() {
        return made - live.size
      },
    },
    async createSession(options = {}) {
      if (isDisposed || options.signal?.aborted) throw closed('the scripted executor')
      for (const file of options.files ?? []) put(file)
      made += 1
      const session = createSession({
        id: `session-${made}`,
        isIdempotent: complete.idempotent,
        options,
        files,
        next,
        put,
        onDisposed: () => live.delete(session),
      })
      live.add(session)
      return session
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await Promise.all([...live].map((session) => session[Symbol.asyncDispose]()))
    },
    assertDone() {
      if (requests.length === executions.length) return
      throw new Error(`scriptedExecutor ${knows(executions.length)}, and was asked for ${requests.length}`)
    },
  }
}

interface ScriptedSessionParts {
  readonly id: string
  readonly isIdempotent: boolean
  readonly options: SessionOptions
  readonly files: Map<string, Uint8Array>
  next(request: ExecutionRequest): ScriptedExecution
  put(file: FileInput): void
  onDisposed(): void
}

function createSession({ id, isIdempotent, options, files, next, put, onDisposed }: ScriptedSessionParts): Session {
  const stored = new Map<string, ExecutionResult>()
  let generation = 1
  let isDisposed = false

  function refuseClosed(): void {
    if (isDisposed) throw closed(id)
  }

  async function run(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    for (const file of request.files ?? []) put(file)
    const scripted = next(request)
    const begin = performance.now()
    const collector = collect(limitsFor(options.limits, request.limits), safeEmit(context.emit), () => undefined)
    collector.emit({ type: 'status', status: 'running' })
    const ran = typeof scripted === 'function' ? await scripted(request, { ...context, emit: collector.emit }) : scripted
    const state = ran.state ?? 'kept'
    generation = ran.generation ?? (state === 'lost' ? generation + 1 : generation)
    const usage = { queuedMs: 0, wallMs: performance.now() - begin, toolMs: 0 }
    const result = completeResult(ran, collector, { state, generation, usage })
    collector.close()
    return result
  }

  return {
    id,
    get generation() {
      return generation
    },
    async execute(request, context) {
      refuseClosed()
      const known = isIdempotent ? stored.get(request.idempotencyKey) : undefined
      if (known !== undefined) return known
      if (context.signal.aborted) return abortedResult(generation, 0)
      const result = await run(request, context)
      stored.set(request.idempotencyKey, result)
      return result
    },
    files: createFiles(files, put, refuseClosed),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      onDisposed()
    },
  }
}

function createFiles(files: Map<string, Uint8Array>, put: (file: FileInput) => void, refuseClosed: () => void): SessionFiles {
  return {
    async put(file) {
      refuseClosed()
      put(file)
    },
    async read(path) {
      refuseClosed()
      const bytes = files.get(path)
      if (bytes === undefined) throw new ExecutorError('not_found', `there is no file ${JSON.stringify(path)}`)
      return bytes
    },
    async list() {
      refuseClosed()
      return Array.from(files, ([path, bytes]) => ({ path, size: bytes.length }))
    },
    async remove(path) {
      refuseClosed()
      files.delete(path)
    },
  }
}

function completeCapabilities(capabilities: { readonly [Name in keyof Capabilities]?: Capabilities[Name] | undefined }): Capabilities {
  return {
    version: capabilities.version ?? '1',
    languages: capabilities.languages ?? ['python'],
    runtime: capabilities.runtime ?? 'a script without Python',
    isolation: capabilities.isolation ?? 'unknown',
    limits: capabilities.limits ?? {},
    stopMs: capabilities.stopMs ?? STOP_MS,
    idempotent: capabilities.idempotent ?? true,
    tools: capabilities.tools ?? false,
    network: capabilities.network ?? 'unknown',
    packages: capabilities.packages ?? [],
    snapshots: capabilities.snapshots ?? 'none',
    ...(capabilities.notes === undefined ? {} : { notes: capabilities.notes }),
  }
}

function closed(what: string): ExecutorError {
  return new ExecutorError('closed', `${what} was disposed`, { started: 'no' })
}

function knows(count: number): string {
  return `knows ${count} ${count === 1 ? 'execution' : 'executions'}`
}
