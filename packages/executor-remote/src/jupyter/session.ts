import {
  ABORTED,
  checkFiles,
  checkPath,
  createTurns,
  type ExecutionContext,
  type ExecutionRequest,
  type ExecutionResult,
  ExecutorError,
  type FileInput,
  type HeldLimits,
  type Limits,
  limitsFor,
  outcomeOf,
  type Session,
  type SessionFiles,
  type SessionRef,
  safeEmit,
  type Turns,
  untilAborted,
} from '@interloop/core/executor'
import { contentsFiles } from './contents-files.ts'
import { type Execution, runInKernel } from './execution.ts'
import { kernelFiles } from './files.ts'
import type { Kernel } from './kernel.ts'
import { lost } from './kernel-loss.ts'
import { createKnownKeys, type KnownKeys } from './known-keys.ts'
import { abandon, discard } from './pool.ts'
import { writeReference } from './reference.ts'
import type { Server } from './server.ts'

/** What a session is made of. */
export interface SessionParts {
  readonly id: string
  readonly generation: number
  readonly server: Server
  readonly kernel: Kernel
  /** A fresh kernel in the folder of the one that was lost. */
  reopen(folder: string): Promise<Kernel>
  readonly limits: Limits
  readonly given: readonly FileInput[]
  onDisposed(): void
}

/** A frame of 10 MiB closes the line without a word (remote.md 1.2); a program as JSON, bytes. */
const FRAME_BYTES = 9.5 * 2 ** 20

/** A session in a kernel, and in a fresh one after that was lost. */
export class JupyterSession implements Session {
  readonly id: string
  readonly files: SessionFiles
  readonly #parts: SessionParts
  readonly #closing = new AbortController()
  readonly #turns: Turns = createTurns()
  readonly #keys: KnownKeys = createKnownKeys()
  readonly #given = new Map<string, FileInput>()
  /** Kernels that were given up and are still being ended. */
  readonly #leaving = new Set<Promise<void>>()
  #generation: number
  #kernel: Promise<Kernel>
  #live: Kernel | undefined
  #disposal: Promise<void> | undefined

  constructor(parts: SessionParts) {
    this.id = parts.id
    this.#parts = parts
    this.#generation = parts.generation
    this.#kernel = Promise.resolve(parts.kernel)
    this.#live = parts.kernel
    for (const file of parts.given) this.#given.set(file.path, file)
    this.files = this.#createFiles()
  }

  get generation(): number {
    return this.#generation
  }

  /** Undefined while a lost interpreter is being replaced, and of a kernel that nobody can take over. */
  get ref(): SessionRef | undefined {
    return this.#live === undefined || this.#live.isPlain ? undefined : writeReference(this.id, this.#generation, this.#live)
  }

  async execute(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    this.#refuseClosed()
    const limits = limitsFor(this.#parts.limits, request.limits)
    checkRequest(request, limits)
    checkFiles(request.files ?? [])
    const safeContext: ExecutionContext = {
      signal: context.signal,
      emit: safeEmit((event) => context.emit(event)),
      callTool: (call) => context.callTool(call),
    }
    const run = () => this.#inTurn(request, safeContext, limits)
    return this.#keys.once(request.idempotencyKey, () => this.#generation, run)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose()
    return this.#disposal
  }

  async #inTurn(request: ExecutionRequest, context: ExecutionContext, limits: HeldLimits): Promise<ExecutionResult> {
    const begin = performance.now()
    if (this.#turns.isTaken) context.emit({ type: 'status', status: 'queued' })
    const leave = await this.#turns.take([context.signal, this.#closing.signal])
    try {
      this.#refuseClosed()
      const kernel = leave === undefined || context.signal.aborted ? ABORTED : await this.#prepared(request, context)
      const queuedMs = performance.now() - begin
      if (kernel === ABORTED) return this.#result({ ...NOTHING, reason: 'aborted' }, queuedMs)
      const running = runInKernel(kernel, request, context, limits)
      const execution = await untilAborted(running, [this.#closing.signal])
      if (execution === ABORTED) {
        running.catch(() => undefined)
        throw new ExecutorError('closed', 'the session was disposed while the program ran', { started: 'yes', stateLost: true })
      }
      if (execution.isLost) this.#replace(kernel)
      for (const file of execution.end?.files ?? []) context.emit({ type: 'file', file })
      return this.#result(execution, queuedMs)
    } catch (error) {
      if (ExecutorError.is(error) && error.stateLost && !this.#closing.signal.aborted && this.#live !== undefined) this.#replace(this.#live)
      throw error
    } finally {
      leave?.()
    }
  }

  /** A kernel with the files of the request; ABORTED where the caller aborted meanwhile. */
  async #prepared(request: ExecutionRequest, context: ExecutionContext): Promise<Kernel | typeof ABORTED> {
    if (this.#live === undefined) context.emit({ type: 'status', status: 'preparing' })
    const preparing = this.#current().then(async (kernel) => {
      for (const file of request.files ?? []) await this.#put(kernel, file)
      return kernel
    })
    const kernel = await untilAborted(preparing, [context.signal, this.#closing.signal])
    this.#refuseClosed()
    if (kernel === ABORTED) preparing.catch(() => undefined)
    return kernel
  }

  /** The kernel. One that was lost while nothing ran is told once, as an error; the next use has a fresh one. */
  async #current(): Promise<Kernel> {
    const kernel = await this.#kernel.catch((error: unknown) => {
      this.#kernel = this.#reopened(this.#folder)
      this.#kernel.catch(() => undefined)
      throw error
    })
    if (kernel.death === undefined) return kernel
    const error = lost(kernel.death)
    this.#replace(kernel)
    throw error
  }

  get #folder(): string {
    return this.#parts.kernel.booted.folder.split('/').at(-1) ?? ''
  }

  /** Gives a kernel up: its variables are gone, and it is ended behind; what follows has its folder. */
  #replace(kernel: Kernel): void {
    if (this.#live !== kernel) return
    // What another process has taken over is not ours to end, nor to go on with: it stays refused.
    if (kernel.death === 'fenced') {
      kernel.close()
      return
    }
    this.#generation += 1
    this.#live = undefined
    this.#leave(kernel)
    this.#kernel = this.#reopened(this.#folder)
    this.#kernel.catch(() => undefined)
  }

  #leave(kernel: Kernel): void {
    const leaving = abandon(this.#parts.server, kernel).finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }

  async #reopened(folder: string): Promise<Kernel> {
    const kernel = await this.#parts.reopen(folder)
    if (this.#closing.signal.aborted) {
      await discard(this.#parts.server, kernel)
      throw new ExecutorError('closed', 'the session was disposed', { started: 'no' })
    }
    if (!kernel.isPlain) await this.#putMissing(kernel)
    this.#live = kernel
    return kernel
  }

  /** The folder of the one before may be gone with its machine. */
  async #putMissing(kernel: Kernel): Promise<void> {
    const files = this.#filesOf(kernel)
    const there = new Set((await files.list()).map(({ path }) => path))
    for (const file of this.#given.values()) if (!there.has(file.path)) await files.put(file)
  }

  #filesOf(kernel: Kernel): SessionFiles {
    const { server } = this.#parts
    return server.settings.files === 'contents' && !kernel.isPlain ? contentsFiles(server, kernel) : kernelFiles(kernel)
  }

  async #put(kernel: Kernel, file: FileInput): Promise<void> {
    await this.#filesOf(kernel).put(file)
    this.#given.set(file.path, file)
  }

  #createFiles(): SessionFiles {
    const use = async <Value>(call: (kernel: Kernel) => Promise<Value>): Promise<Value> => {
      this.#refuseClosed()
      return call(await this.#current())
    }
    return {
      put: async (file) => {
        checkFiles([file])
        return use((kernel) => this.#put(kernel, file))
      },
      read: async (path) => {
        checkPath(path)
        return use((kernel) => this.#filesOf(kernel).read(path))
      },
      list: () => use((kernel) => this.#filesOf(kernel).list()),
      remove: async (path) => {
        checkPath(path)
        this.#given.delete(path)
        return use((kernel) => this.#filesOf(kernel).remove(path))
      },
    }
  }

  #result(execution: Execution, queuedMs: number): ExecutionResult {
    const { end, reason, outputs, isLost } = execution
    const exitCode = reason === 'exit' ? end?.exitCode : undefined
    const isFailure = reason !== 'completed' && reason !== 'exit'
    return {
      outcome: outcomeOf(reason, exitCode),
      reason,
      stdout: outputs.stdout,
      stderr: outputs.stderr,
      ...(end?.dropped === undefined ? {} : { dropped: end.dropped }),
      ...(outputs.value === undefined || isFailure ? {} : { value: outputs.value }),
      displays: outputs.displays,
      files: end?.files ?? [],
      ...(end?.error === undefined || !isFailure ? {} : { error: end.error }),
      ...(exitCode === undefined ? {} : { exitCode }),
      state: isLost ? 'lost' : 'kept',
      generation: this.#generation,
      usage: { queuedMs, ...(end?.usage ?? { wallMs: execution.wallMs, toolMs: execution.toolMs }) },
      ...(end?.warnings === undefined ? {} : { warnings: end.warnings }),
    }
  }

  async #dispose(): Promise<void> {
    this.#closing.abort(new Error('the session was disposed'))
    this.#parts.onDisposed()
    const kernel = this.#live ?? (await this.#kernel.catch(() => undefined))
    if (kernel?.death === 'fenced') kernel.close()
    else if (kernel !== undefined) await discard(this.#parts.server, kernel)
    await Promise.all([this.#turns.settled(), ...this.#leaving])
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw new ExecutorError('closed', 'the session was disposed', { started: 'no' })
  }
}

const NOTHING: Omit<Execution, 'reason'> = { outputs: { stdout: '', stderr: '', displays: [] }, isLost: false, wallMs: 0, toolMs: 0 }

/** Throws where a request cannot be run as it is. */
function checkRequest({ code, language }: ExecutionRequest, limits: HeldLimits): void {
  if (language.toLowerCase() !== 'python') {
    throw new ExecutorError('unsupported', `the executor runs python, not ${JSON.stringify(language)}`, { started: 'no' })
  }
  const bytes = Buffer.byteLength(code)
  if (bytes > limits.sourceBytes) {
    throw new ExecutorError('too_large', `the program has ${bytes} bytes, the limit is ${limits.sourceBytes}`, { started: 'no' })
  }
  if (bytes > FRAME_BYTES / 6 && Buffer.byteLength(JSON.stringify(code)) > FRAME_BYTES) {
    throw new ExecutorError('too_large', `the program is too large for a message to the Jupyter server, which has at most 10 MiB`, {
      started: 'no',
    })
  }
}
