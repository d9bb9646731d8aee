import { ExecutorError } from '../errors.ts'
import type {
  Capabilities,
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  Executor,
  FileInput,
  MoveCause,
  Moved,
  Session,
  SessionFiles,
  SessionOptions,
  SessionRef,
} from '../executor.ts'
import { abortedResult } from './aborted-result.ts'
import { ABORTED, untilAborted } from './aborting.ts'
import { rememberOutput, type ToldOutput } from './continued-output.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { causeOfMove, mayGoAgain } from './move-cause.ts'
import { disposeQuietly, type Move, moveSession } from './move-session.ts'
import { safeEmit } from './safe-emit.ts'
import { createSessionLog, type LoggedCall, recordCalls, type SessionLog } from './session-log.ts'
import { createTurns, type Turns } from './turns.ts'

/** What a session of `withFallback` is made of. */
export interface FallbackParts {
  readonly first: Executor
  readonly second: Executor
  /** Of the first; of the second where the first could not make one. */
  readonly session: Session
  /** It is one of the second, and the run has not been told so. */
  readonly startedInSecond?: Moved | undefined
  /** It was there before: what had been done in it is not known. */
  readonly isResumed?: boolean | undefined
  readonly options: SessionOptions
  readonly on: readonly MoveCause[]
  /** Prepares the second; resolves with why no program may go there, in words. */
  refusal(): Promise<string | undefined>
}

/** What became of a program in the first. */
interface Attempt {
  readonly request: ExecutionRequest
  readonly context: ExecutionContext
  readonly told: ToldOutput
  readonly calls: readonly LoggedCall[]
  /** Absent where the first could not be reached. */
  readonly result?: ExecutionResult
  /** Before it. */
  readonly generation: number
  /** `performance.now()` */
  readonly begin: number
}

/** A session of `withFallback`: one of the first executor, and after a move one of the second. */
export class FallbackSession implements Session {
  readonly id: string = crypto.randomUUID()
  readonly files: SessionFiles
  readonly #parts: FallbackParts
  readonly #closing = new AbortController()
  readonly #turns: Turns = createTurns()
  // A failure that is thrown is asked of the session itself again: its ledger knows more.
  readonly #ledger: Ledger = createLedger({ forget: () => true })
  /** Keys whose programs may have run in the first: they never run in the second. */
  readonly #uncertain = new Set<string>()
  #current: Session
  #log: SessionLog = createSessionLog()
  #isMoved: boolean
  #offset = 0
  #untold: Moved | undefined
  #isRunning = false
  #moving: Promise<unknown> = Promise.resolve()
  /** Files that are being put and removed. */
  readonly #changing = new Set<Promise<void>>()
  /** The session of the first, after a move. */
  #leaving: Promise<void> | undefined
  #disposal: Promise<void> | undefined

  constructor(parts: FallbackParts) {
    this.#parts = parts
    this.#current = parts.session
    this.#isMoved = parts.startedInSecond !== undefined
    this.#untold = parts.startedInSecond
    this.files = this.#createFiles()
    if (!this.#isMoved) for (const file of parts.options.files ?? []) this.#log.put(file)
    if (parts.isResumed) this.#log.breakOff('the session had been resumed')
  }

  get generation(): number {
    return this.#offset + this.#current.generation
  }

  get capabilities(): Capabilities {
    return this.#current.capabilities ?? (this.#isMoved ? this.#parts.second : this.#parts.first).capabilities
  }

  get ref(): SessionRef | undefined {
    return this.#current.ref
  }

  async execute(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    this.#refuseClosed()
    return this.#ledger.once(request.idempotencyKey, () => this.#inTurn(request, { ...context, emit: safeEmit(context.emit) }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose()
    return this.#disposal
  }

  async #inTurn(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    const begin = performance.now()
    if (this.#turns.isTaken) context.emit({ type: 'status', status: 'queued' })
    const leave = await this.#turns.take([context.signal, this.#closing.signal])
    try {
      this.#refuseClosed()
      const queuedMs = performance.now() - begin
      if (leave === undefined) return abortedResult(this.generation, queuedMs)
      const result = await this.#execute(request, context)
      return { ...result, usage: { ...result.usage, queuedMs: result.usage.queuedMs + queuedMs } }
    } finally {
      leave?.()
    }
  }

  async #execute(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    if (!this.#isMoved) return this.#executeInFirst(request, context)
    if (this.#uncertain.has(request.idempotencyKey))
      throw new ExecutorError('not_found', 'the program may have run before the session moved to another executor', {
        started: 'unknown',
      })
    return this.#toldMove(this.#counted(await this.#current.execute(request, context)))
  }

  async #executeInFirst(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    const generation = this.generation
    for (const file of request.files ?? []) this.#log.put(file)
    const told = rememberOutput(context.emit)
    const { calls, callTool } = recordCalls((call) => context.callTool(call))
    const attempt = { request, context, told, calls, generation, begin: performance.now() }
    const result = await this.#attempt(attempt, callTool)
    const cause = result ? await this.#causeOf(result) : 'unavailable'
    if (cause === undefined || context.signal.aborted) return this.#enter(attempt, result ?? abortedResult(generation, 0))
    return this.#move({ ...attempt, ...(result && { result }) }, cause)
  }

  /** Runs it in the first. Undefined where that cannot be reached, nothing had started, and the session may move for it. */
  async #attempt(
    { request, context, told, calls }: Omit<Attempt, 'result'>,
    callTool: ExecutionContext['callTool'],
  ): Promise<ExecutionResult | undefined> {
    this.#isRunning = true
    try {
      return await this.#current.execute(request, { signal: context.signal, emit: told.emit, callTool })
    } catch (error) {
      if (!ExecutorError.is(error) || error.started !== 'no') {
        this.#uncertain.add(request.idempotencyKey)
        this.#log.breakOff('it is not known how a program before ended')
      }
      const mayMove = isUnavailable(error, this.#parts.on) && calls.length === 0 && !this.#uncertain.has(request.idempotencyKey)
      if (!mayMove) throw error
      return undefined
    } finally {
      this.#isRunning = false
    }
  }

  async #causeOf(result: ExecutionResult): Promise<MoveCause | undefined> {
    const { second, on } = this.#parts
    // What the second has is known for certain once it is prepared; one that cannot be now may have been.
    if (result.error?.missingModule !== undefined) await second.prepare?.().catch(() => undefined)
    return causeOfMove(result, second.capabilities, on)
  }

  /** The program stays what it was in the first. */
  #enter({ request, calls }: Attempt, result: ExecutionResult, warnings: readonly string[] = []): ExecutionResult {
    this.#log.program(request, calls, result)
    return withWarnings(this.#counted(result), warnings)
  }

  async #move(attempt: Attempt, cause: MoveCause): Promise<ExecutionResult> {
    const { first, second } = this.#parts
    const { context, generation, result } = attempt
    context.emit({ type: 'status', status: 'preparing', detail: `${first.name} → ${second.name}: ${cause}` })
    const move = await this.#tryMove(cause, context.signal)
    if (typeof move === 'string') {
      if (result !== undefined) return this.#enter(attempt, result, [move])
      this.#refuseClosed()
      if (context.signal.aborted) return abortedResult(generation, 0)
      throw new ExecutorError('unavailable', `${first.name} cannot be reached, and ${move}`, { retryable: true, started: 'no' })
    }
    this.#go(move, generation)
    const again = mayGoAgain(result, {
      calls: attempt.calls.length,
      foldersWereEqual: move.foldersWereEqual,
    })
    const moved: Moved = { from: first.name, to: second.name, cause, variables: move.variables, ran: again ? 'second' : 'first' }
    if (!again && result) {
      const state = move.variables === 'rebuilt' ? 'restored' : 'lost'
      return withWarnings({ ...result, state, generation: this.generation, moved }, move.warnings)
    }
    this.#untold = moved
    const before = performance.now() - attempt.begin
    const ran = await this.#current.execute({ ...attempt.request, files: undefined }, { ...context, emit: attempt.told.continued() })
    const queuedMs = ran.usage.queuedMs + before
    return withWarnings(this.#toldMove(this.#counted({ ...ran, usage: { ...ran.usage, queuedMs } })), move.warnings)
  }

  /** The session in the second, or why there is none, in words. */
  async #tryMove(cause: MoveCause, signal: AbortSignal): Promise<Move | string> {
    const { first, second, options, refusal } = this.#parts
    const stop = new AbortController()
    const moving = (async () => {
      await Promise.allSettled(this.#changing)
      const refused = await refusal()
      if (refused !== undefined) return `the session was not moved to ${second.name}: ${refused}`
      return moveSession({
        log: this.#log,
        from: this.#current,
        isUnreachable: cause === 'unavailable',
        to: second,
        options,
        signal: stop.signal,
      })
    })().catch((error: unknown) => `the session could not be moved from ${first.name} to ${second.name}: ${messageOf(error)}`)
    const settled = untilAborted(moving, [signal, this.#closing.signal])
    this.#moving = settled
    const move = await settled
    if (move !== ABORTED) return move
    stop.abort(new Error('the move was given up'))
    void moving.then((late) => typeof late !== 'string' && disposeQuietly(late.session))
    return `the session was not moved to ${second.name}: the program was aborted meanwhile`
  }

  /** From here on everything is done in the second. `generation`: before the program that caused it. */
  #go({ session, variables }: Move, generation: number): void {
    this.#leaving = this.#current[Symbol.asyncDispose]().catch(() => undefined) // what it held is in the second
    this.#current = session
    this.#isMoved = true
    this.#offset = generation + (variables === 'lost' ? 1 : 0) - session.generation
    this.#log = createSessionLog()
  }

  #counted(result: ExecutionResult): ExecutionResult {
    return { ...result, generation: this.#offset + result.generation }
  }

  /** The first result after a move says it. */
  #toldMove(result: ExecutionResult): ExecutionResult {
    const moved = this.#untold
    this.#untold = undefined
    if (moved === undefined) return result
    return { ...result, moved, ...(moved.variables === 'lost' && { state: 'lost' }) }
  }

  #createFiles(): SessionFiles {
    const after = async <Value>(use: (files: SessionFiles) => Promise<Value>, enter?: () => void): Promise<Value> => {
      await this.#settled()
      this.#refuseClosed()
      const wasRunning = this.#isRunning
      const using = use(this.#current.files)
      if (enter === undefined) return using
      const changing = using.then(() => {
        if (this.#isMoved) return
        // The order would not be known.
        if (wasRunning || this.#isRunning) this.#log.breakOff('a file was changed while a program ran')
        enter()
      })
      this.#changing.add(changing)
      await changing.finally(() => this.#changing.delete(changing))
      return using
    }
    return {
      put: (file: FileInput) =>
        after(
          (files) => files.put(file),
          () => this.#log.put(file),
        ),
      read: (path) => after((files) => files.read(path)),
      list: () => after((files) => files.list()),
      remove: (path) =>
        after(
          (files) => files.remove(path),
          () => this.#log.remove(path),
        ),
    }
  }

  /** No move goes on. */
  async #settled(): Promise<void> {
    for (let moving = this.#moving; ; moving = this.#moving) {
      await moving
      if (moving === this.#moving) return
    }
  }

  async #dispose(): Promise<void> {
    this.#closing.abort(new Error('the session was disposed'))
    await Promise.all([this.#current[Symbol.asyncDispose](), this.#leaving])
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw new ExecutorError('closed', 'the session was disposed', { started: 'no' })
  }
}

/** Whether the executor could not be reached, nothing had started, and that is a reason to move. */
export function isUnavailable(error: unknown, on: readonly MoveCause[]): boolean {
  return on.includes('unavailable') && ExecutorError.is(error) && error.code === 'unavailable' && error.started === 'no'
}

function withWarnings(result: ExecutionResult, warnings: readonly string[]): ExecutionResult {
  return warnings.length > 0 ? { ...result, warnings: [...(result.warnings ?? []), ...warnings] } : result
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
