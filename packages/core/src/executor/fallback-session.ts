import { ExecutorError, OptionsError } from '../errors.ts'
import type {
  Capabilities,
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  MoveCause,
  Moved,
  Session,
  SessionFiles,
  SessionRef,
} from '../executor.ts'
import { abortedResult } from './aborted-result.ts'
import { ABORTED, untilAborted } from './aborting.ts'
import { atMost } from './at-most.ts'
import { letsNothingOut } from './compare-isolation.ts'
import { rememberOutput, type ToldOutput } from './continued-output.ts'
import type { FallbackParts } from './fallback-parts.ts'
import { type Place, type UntoldMove, writeReference } from './fallback-reference.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { causeOfMove, isUnavailable, mayGoAgain } from './move-cause.ts'
import { disposeQuietly, type Move, moveSession } from './move-session.ts'
import { createMovingFiles, type MovingFiles } from './moving-files.ts'
import { safeEmit } from './safe-emit.ts'
import { createSessionLog, type LoggedCall, recordCalls, type SessionLog } from './session-log.ts'
import { createTurns, type Turns } from './turns.ts'

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
  readonly id: string
  readonly files: SessionFiles
  readonly #parts: FallbackParts
  readonly #closing = new AbortController()
  readonly #turns: Turns = createTurns()
  // A failure that is thrown is asked of the session itself again: its ledger knows more.
  readonly #ledger: Ledger = createLedger({ forget: () => true })
  /** Keys whose programs may have run in the first: they never run in the second. */
  readonly #ranInFirst: Set<string>
  readonly #movingFiles: MovingFiles
  #current: Session
  #place: Place
  #log: SessionLog = createSessionLog()
  /** Of the session in the first, as far as the log goes: variables that were lost since then are not rebuilt. */
  #loggedGeneration: number
  #offset: number
  #untold: UntoldMove | undefined
  #isRunning = false
  #moving: Promise<unknown> = Promise.resolve()
  /** What is disposed beside the session that is there: that of the first after a move, what a move that was given up had made. */
  readonly #leaving = new Set<Promise<unknown>>()
  #disposal: Promise<void> | undefined

  constructor(parts: FallbackParts) {
    this.#parts = parts
    this.id = parts.resumed?.id ?? crypto.randomUUID()
    this.#current = parts.session
    this.#place = parts.place
    this.#loggedGeneration = parts.session.generation
    this.#offset = parts.resumed?.offset ?? 0
    this.#ranInFirst = new Set(parts.resumed?.keys)
    this.#untold = parts.untold
    this.#movingFiles = createMovingFiles({
      current: () => this.#openFiles(),
      moveSettled: () => this.#settled(),
      isRunning: () => this.#isRunning,
      log: () => (this.#place === 'first' ? this.#log : undefined),
    })
    this.files = this.#movingFiles.files
    if (this.#place === 'first') for (const file of parts.options.files ?? []) this.#log.put(file)
    if (parts.resumed) this.#log.breakOff('the session had been resumed')
  }

  get generation(): number {
    return this.#offset + this.#current.generation
  }

  get capabilities(): Capabilities {
    return this.#current.capabilities ?? this.#parts[this.#place].capabilities
  }

  /** Of the session where it is now: one from before a move names a session that the move has disposed. */
  get ref(): SessionRef | undefined {
    const inner = this.#current.ref
    if (inner === undefined) return undefined
    const named = { executor: this.#parts.name, id: this.id, generation: this.generation }
    return writeReference(named, { place: this.#place, inner, keys: [...this.#ranInFirst], untold: this.#untold })
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
    if (this.#place === 'first') return this.#executeInFirst(request, context)
    if (this.#ranInFirst.has(request.idempotencyKey))
      throw new ExecutorError('not_found', 'the program may have run before the session moved to another executor', {
        started: 'unknown',
      })
    return this.#toldMove(this.#counted(await this.#current.execute(request, context)))
  }

  async #executeInFirst(request: ExecutionRequest, context: ExecutionContext): Promise<ExecutionResult> {
    const generation = this.generation
    const told = rememberOutput(context.emit)
    const { calls, callTool } = recordCalls((call) => context.callTool(call))
    const attempt = { request, context, told, calls, generation, begin: performance.now() }
    const result = await this.#attempt(attempt, callTool)
    if (result === undefined) return context.signal.aborted ? abortedResult(generation, 0) : this.#move(attempt, 'unavailable')
    this.#noteLoss(result.generation - (result.state === 'lost' ? 1 : 0))
    const cause = await this.#causeOf(result, context.signal)
    if (cause === undefined || context.signal.aborted) return this.#enter(attempt, result)
    return this.#move({ ...attempt, result }, cause)
  }

  /** Runs it in the first. Undefined where that cannot be reached, nothing had started, and the session may move for it. */
  async #attempt(
    { request, context, told, calls }: Omit<Attempt, 'result'>,
    callTool: ExecutionContext['callTool'],
  ): Promise<ExecutionResult | undefined> {
    const key = request.idempotencyKey
    // Of a session that was resumed nobody knows which keys it has seen.
    const mayHaveRun = this.#ranInFirst.has(key) || this.#parts.resumed !== undefined
    this.#ranInFirst.add(key)
    const puts = (request.files ?? []).map((file) => this.#log.put(file))
    this.#isRunning = true
    try {
      return await this.#current.execute(request, { signal: context.signal, emit: told.emit, callTool })
    } catch (error) {
      if (!didNotStart(error)) {
        this.#log.breakOff('it is not known how a program before ended')
        throw error
      }
      for (const takeBack of puts) takeBack()
      if (!mayHaveRun) this.#ranInFirst.delete(key)
      if (ExecutorError.is(error) && error.stateLost) this.#noteLoss(undefined)
      if (!isUnavailable(error, this.#parts.on) || calls.length > 0 || mayHaveRun) throw error
      this.#noteLoss(this.#current.generation)
      return undefined
    } finally {
      this.#isRunning = false
    }
  }

  /** `generation`: of the first, in which it began; undefined where it says that variables are gone. */
  #noteLoss(generation: number | undefined): void {
    if (generation !== this.#loggedGeneration) this.#log.breakOff('its variables had been lost before')
  }

  async #causeOf(result: ExecutionResult, signal: AbortSignal): Promise<MoveCause | undefined> {
    const { second, on } = this.#parts
    if (result.error?.missingModule !== undefined && on.includes('missing_package')) {
      // What the second has is known for certain once it is prepared; one that cannot be now may have been.
      const prepared = Promise.resolve(second.prepare?.()).catch(() => undefined)
      if ((await untilAborted(prepared, [signal, this.#closing.signal])) === ABORTED) return undefined
    }
    return causeOfMove(result, second.capabilities, on)
  }

  /** The program stays what it was in the first. */
  #enter({ request, calls }: Attempt, result: ExecutionResult, warnings: readonly string[] = []): ExecutionResult {
    this.#log.program(request, calls, result)
    this.#loggedGeneration = result.generation
    return withWarnings(this.#counted(result), warnings)
  }

  async #move(attempt: Attempt, cause: MoveCause): Promise<ExecutionResult> {
    const { first, second } = this.#parts
    const { request, context, generation, result } = attempt
    context.emit({ type: 'status', status: 'preparing', detail: `${first.name} → ${second.name}: ${cause}` })
    const before = this.capabilities
    const move = await this.#tryMove(cause, generation, context.signal)
    if (typeof move === 'string') {
      if (result !== undefined) return this.#enter(attempt, result, [move])
      this.#refuseClosed()
      if (context.signal.aborted) return abortedResult(generation, 0)
      throw new ExecutorError('unavailable', `${first.name} cannot be reached, and ${move}`, { retryable: true, started: 'no' })
    }
    const again = mayGoAgain(result, {
      calls: attempt.calls.length,
      foldersWereEqual: move.foldersWereEqual,
      bothLetOut: !letsNothingOut(before) && !letsNothingOut(this.capabilities),
    })
    const moved: Moved = { from: first.name, to: second.name, cause, variables: move.variables, ran: again ? 'second' : 'first' }
    if (!again && result) {
      const state = move.variables === 'rebuilt' ? 'restored' : 'lost'
      return withWarnings({ ...result, state, generation: this.generation, moved }, move.warnings)
    }
    this.#untold = { moved, warnings: move.warnings }
    this.#ranInFirst.delete(request.idempotencyKey)
    // Its files are in the folder already, unless the first never had them.
    const files = result === undefined ? request.files : undefined
    const queuedMs = performance.now() - attempt.begin
    const ran = await this.#current.execute({ ...request, files }, { ...context, emit: attempt.told.continued() })
    return this.#toldMove(this.#counted({ ...ran, usage: { ...ran.usage, queuedMs: ran.usage.queuedMs + queuedMs } }))
  }

  /** The session in the second, where it is from then on, or why there is none, in words. `generation`: before the program that caused it. */
  async #tryMove(cause: MoveCause, generation: number, signal: AbortSignal): Promise<Move | string> {
    const { first, second, options, refusal } = this.#parts
    const stop = new AbortController()
    const moving = (async () => {
      await this.#movingFiles.changesSettled()
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
    // Disposed as it settled: nobody would dispose what it made. From here to `#go` nothing is awaited.
    if (move !== ABORTED && !this.#closing.signal.aborted) {
      if (typeof move !== 'string') this.#go(move, generation)
      return move
    }
    stop.abort(new Error('the move was given up'))
    this.#leave(moving.then((late) => (typeof late === 'string' ? undefined : disposeQuietly(late.session))))
    return `the session was not moved to ${second.name}: the program was aborted meanwhile`
  }

  /** From here on everything is done in the second. */
  #go({ session, variables }: Move, generation: number): void {
    const before = this.#current
    // What it held is in the second; what is being read of it may be read to its end.
    this.#leave(untilAborted(this.#movingFiles.usesSettled(), [this.#closing.signal]).then(() => disposeQuietly(before)))
    this.#current = session
    this.#place = 'second'
    this.#offset = generation + (variables === 'lost' ? 1 : 0) - session.generation
    this.#log = createSessionLog()
  }

  #leave(leaving: Promise<unknown>): void {
    const left = leaving.finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  #counted(result: ExecutionResult): ExecutionResult {
    return { ...result, generation: this.#offset + result.generation }
  }

  /** The first result after a move says it. */
  #toldMove(result: ExecutionResult): ExecutionResult {
    const untold = this.#untold
    this.#untold = undefined
    if (untold === undefined) return result
    const { moved, warnings } = untold
    return withWarnings({ ...result, moved, ...(moved.variables === 'lost' && { state: 'lost' }) }, warnings)
  }

  #openFiles(): SessionFiles {
    this.#refuseClosed()
    return this.#current.files
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
    const { first, second } = this.#parts
    const stopMs = Math.max(first.capabilities.stopMs, second.capabilities.stopMs)
    const [end] = await Promise.allSettled([this.#current[Symbol.asyncDispose](), atMost(stopMs, this.#turns.settled())])
    await atMost(stopMs, Promise.all(this.#leaving))
    if (end.status === 'rejected') throw end.reason
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw new ExecutorError('closed', 'the session was disposed', { started: 'no' })
  }
}

/** An option that cannot be right is refused before anything runs. */
function didNotStart(error: unknown): boolean {
  return OptionsError.is(error) || (ExecutorError.is(error) && error.started === 'no')
}

function withWarnings(result: ExecutionResult, warnings: readonly string[]): ExecutionResult {
  return warnings.length > 0 ? { ...result, warnings: [...(result.warnings ?? []), ...warnings] } : result
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
