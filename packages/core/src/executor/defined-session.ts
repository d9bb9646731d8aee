import { ExecutorError } from '../errors.ts'
import type {
  Capabilities,
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  FileInput,
  Session,
  SessionFiles,
  SessionOptions,
  State,
} from '../executor.ts'
import { abortedResult } from './aborted-result.ts'
import { ABORTED, untilAborted } from './aborting.ts'
import { atMost } from './at-most.ts'
import { checkFiles, checkPath } from './file-path.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { type HeldLimits, limitsFor } from './limits.ts'
import { asExecutorError, closeQuietly, type OpenedSession, openSession, putFiles, unsupported } from './opened-session.ts'
import { type ProgramEnd, runProgram } from './program.ts'
import { completeResult, type Ran, reasonOf } from './ran.ts'
import { safeEmit } from './safe-emit.ts'
import { createTurns, type Turns } from './turns.ts'

/** What a session of `defineExecutor` is made of. */
export interface DefinedSessionParts {
  readonly opened: OpenedSession
  open(options: SessionOptions): Promise<OpenedSession>
  readonly options: SessionOptions
  readonly capabilities: Capabilities
  /** The definition stops programs at their deadline by itself. */
  readonly holdsDeadline: boolean
  onDisposed(): void
}

/** A session of `defineExecutor`: turns, ledger, generation and disposal around what the definition opened. */
export class DefinedSession implements Session {
  readonly id: string = crypto.randomUUID()
  readonly files: SessionFiles
  /** Where the definition can reset what it opens. */
  readonly reset?: () => Promise<void>
  readonly #parts: DefinedSessionParts
  readonly #closing = new AbortController()
  readonly #turns: Turns = createTurns()
  readonly #ledger: Ledger = createLedger()
  #generation = 1
  #disposal: Promise<void> | undefined
  /** Undefined after a program did not stop: the next one opens anew. */
  #opened: Promise<OpenedSession> | undefined
  /** What was lost and is still being closed. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(parts: DefinedSessionParts) {
    this.#parts = parts
    this.#opened = Promise.resolve(parts.opened)
    this.files = this.#createFiles()
    if (parts.opened.reset !== undefined) this.reset = () => this.#reset()
  }

  get generation(): number {
    return this.#generation
  }

  async execute(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    this.#refuseClosed()
    const limits = limitsFor(this.#parts.options.limits, request.limits)
    checkRequest(request, limits, this.#parts.capabilities)
    const safeContext: ExecutionContext = {
      signal: context.signal,
      emit: safeEmit((event) => context.emit(event)),
      callTool: (call) => context.callTool(call),
    }
    return this.#ledger.once(request.idempotencyKey, () => this.#inTurn(request, safeContext, limits))
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
      const opened = leave && !context.signal.aborted ? await this.#prepared(request, context) : undefined
      const queuedMs = performance.now() - begin
      if (opened === undefined) return abortedResult(this.#generation, queuedMs)
      return await this.#run(opened, { ...request, limits }, context, limits, queuedMs)
    } finally {
      leave?.()
    }
  }

  async #reset(): Promise<void> {
    this.#refuseClosed()
    const leave = await this.#turns.take([this.#closing.signal])
    try {
      this.#refuseClosed()
      const opened = await this.#current()
      try {
        await opened.reset?.()
        await putFiles(opened, this.#parts.options.files ?? [])
        this.#generation += 1
      } catch (error) {
        // One that is half reset is no better than one that is lost: the next program opens it anew.
        this.#lose(opened)
        throw asExecutorError(error, 'the session could not be reset', 'no')
      }
    } finally {
      leave?.()
    }
  }

  /** An interpreter with the files of the request; undefined where the caller aborted meanwhile. */
  async #prepared(request: ExecutionRequest, context: ExecutionContext): Promise<OpenedSession | undefined> {
    if (this.#opened === undefined) context.emit({ type: 'status', status: 'preparing' })
    const preparing = this.#current().then(async (opened) => {
      try {
        await opened.ready?.()
        await putFiles(opened, request.files ?? [])
      } catch (error) {
        if (ExecutorError.is(error) && error.stateLost) this.#lose(opened)
        throw asExecutorError(error, 'the interpreter is not ready', 'no')
      }
      return opened
    })
    const opened = await untilAborted(preparing, [context.signal, this.#closing.signal])
    this.#refuseClosed()
    if (opened !== ABORTED) return opened
    preparing.catch(() => undefined)
    return undefined
  }

  async #run(
    opened: OpenedSession,
    request: ExecutionRequest,
    context: ExecutionContext,
    limits: HeldLimits,
    queuedMs: number,
  ): Promise<ExecutionResult> {
    const { stopMs } = this.#parts.capabilities
    const end = await runProgram(opened, request, context, {
      limits,
      queuedMs,
      // One that holds the deadline itself is stopped from here only when it failed to.
      deadlineMs: this.#parts.holdsDeadline ? limits.wallMs + stopMs : limits.wallMs,
      stopMs,
      closing: this.#closing.signal,
    }).catch((error: unknown) => {
      if (ExecutorError.is(error) && error.stateLost) this.#lose(opened)
      throw error
    })
    if (end.isRunaway) this.#lose(opened)
    return this.#conclude(end)
  }

  #conclude({ ran, stopped, isRunaway, collector, usage }: ProgramEnd): ExecutionResult {
    const state: State = isRunaway ? 'lost' : stateOf(ran, stopped)
    // A runaway was counted when it was closed.
    if (ran.generation !== undefined) this.#generation = ran.generation
    else if (state === 'lost' && !isRunaway) this.#generation += 1
    const result = completeResult(ran, collector, { stopped, state, generation: this.#generation, usage })
    collector.close()
    return result
  }

  /** Nobody knows what runs in it, so it is closed, and its variables are gone. */
  #lose(opened: OpenedSession): void {
    this.#generation += 1
    this.#opened = undefined
    const leaving = closeQuietly(opened).finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }

  #current(): Promise<OpenedSession> {
    if (this.#opened === undefined) {
      const opening = openSession(this.#parts.open, this.#parts.options, [this.#closing.signal])
      this.#opened = opening
      opening.catch(() => {
        if (this.#opened === opening) this.#opened = undefined
      })
    }
    return this.#opened
  }

  #createFiles(): SessionFiles {
    const use = async <Value>(member: keyof SessionFiles, call: (files: Partial<SessionFiles>) => Promise<Value> | undefined) => {
      this.#refuseClosed()
      const opened = await this.#current()
      const called = opened.files === undefined ? undefined : call(opened.files)
      if (called === undefined) throw unsupported(member)
      return called.catch((error: unknown) => {
        throw asExecutorError(error, `the executor could not ${member} files`, 'no')
      })
    }
    return {
      put: async (file: FileInput) => {
        checkFiles([file])
        return use('put', (files) => files.put?.(file))
      },
      read: async (path) => {
        checkPath(path)
        return use('read', (files) => files.read?.(path))
      },
      list: () => use('list', (files) => files.list?.()),
      remove: async (path) => {
        checkPath(path)
        return use('remove', (files) => files.remove?.(path))
      },
    }
  }

  async #dispose(): Promise<void> {
    this.#closing.abort(new Error('the session was disposed'))
    await this.#turns.settled()
    const opened = await this.#opened?.catch(() => undefined)
    this.#parts.onDisposed()
    await opened?.close?.()
    // What did not stop when it was told may not close either.
    await atMost(this.#parts.capabilities.stopMs, Promise.all(this.#leaving))
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw new ExecutorError('closed', 'the session was disposed', { started: 'no' })
  }
}

/** Throws where a request cannot be run as it is. */
function checkRequest({ code, language }: ExecutionRequest, limits: HeldLimits, capabilities: Capabilities): void {
  if (!capabilities.languages.some((known) => known.toLowerCase() === language.toLowerCase())) {
    const known = capabilities.languages.join(', ')
    throw new ExecutorError('unsupported', `the executor runs ${known}, not ${JSON.stringify(language)}`, { started: 'no' })
  }
  const bytes = new TextEncoder().encode(code).length
  if (bytes <= limits.sourceBytes) return
  throw new ExecutorError('too_large', `the program has ${bytes} bytes, the limit is ${limits.sourceBytes}`, { started: 'no' })
}

/** An interpreter that died took its variables along, whether the definition says so or not. */
function stateOf(ran: Ran, stopped: ProgramEnd['stopped']): State {
  return ran.state ?? (reasonOf(ran, stopped) === 'crashed' ? 'lost' : 'kept')
}
