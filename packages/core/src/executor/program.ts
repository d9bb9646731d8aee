import { ExecutorError } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, ExecutionResult, Reason } from '../executor.ts'
import { onAbort } from './aborting.ts'
import { type Collector, collect } from './collector.ts'
import type { HeldLimits } from './limits.ts'
import { asExecutorError, type OpenedSession } from './opened-session.ts'
import { startClock } from './program-clock.ts'
import type { Ran } from './ran.ts'

/** What became of a program that a definition ran. */
export interface ProgramEnd {
  readonly ran: Ran
  readonly stopped?: Reason | undefined
  /** It did not stop as it was told, so nobody knows what its interpreter does: it has to be closed. */
  readonly isRunaway: boolean
  readonly collector: Collector
  readonly usage: ExecutionResult['usage']
}

/** How a program is run. */
export interface ProgramOptions {
  readonly limits: HeldLimits
  readonly queuedMs: number
  /** Own time after which it is stopped, milliseconds. */
  readonly deadlineMs: number
  /** Time that stopping may take, milliseconds. */
  readonly stopMs: number
  /** Aborts when the session is disposed. */
  readonly closing: AbortSignal
}

/** Runs one program of a definition to its end, or stops it. Rejects with `ExecutorError` where the definition failed, or the session was disposed. */
export async function runProgram(
  opened: OpenedSession,
  request: ExecutionRequest,
  context: ExecutionContext,
  options: ProgramOptions,
): Promise<ProgramEnd> {
  const controller = new AbortController()
  const runaway = Promise.withResolvers<'runaway'>()
  let stopped: Reason | undefined
  let graceTimer: ReturnType<typeof setTimeout> | undefined

  function stop(reason: Reason): void {
    if (stopped !== undefined) return
    stopped = reason
    collector.emit({ type: 'status', status: 'interrupting', detail: reason })
    graceTimer = setTimeout(() => runaway.resolve('runaway'), options.stopMs)
    controller.abort(new Error(`the program has to stop: ${reason}`))
  }

  const collector = collect(options.limits, context.emit, () => stop('output_limit'))
  collector.emit({ type: 'status', status: 'running' })
  const clock = startClock(options.deadlineMs, () => stop('deadline'))
  const removeAbort = onAbort([context.signal, options.closing], () => stop('aborted'))
  // Called in a promise, so that what it throws is a rejection.
  const running = Promise.resolve().then(() =>
    opened.run(request.code, {
      request,
      signal: controller.signal,
      emit: collector.emit,
      callTool: (call) => clock.duringTool(() => context.callTool(call)),
    }),
  )
  try {
    const ran = await Promise.race([running, runaway.promise]).catch((error: unknown) => {
      if (stopped === undefined) throw asExecutorError(error, 'the executor failed', 'unknown')
      return 'runaway' as const
    })
    if (options.closing.aborted) throw disposedMeanwhile()
    const isRunaway = ran === 'runaway'
    if (isRunaway) collector.emit({ type: 'status', status: 'killed' })
    const { wallMs, toolMs } = clock.stop()
    const usage = { queuedMs: options.queuedMs, wallMs, toolMs }
    return { ran: isRunaway ? {} : ran, stopped, isRunaway, collector, usage }
  } catch (error) {
    collector.close()
    throw error
  } finally {
    running.catch(() => undefined)
    clearTimeout(graceTimer)
    clock.stop()
    removeAbort()
  }
}

function disposedMeanwhile(): ExecutorError {
  return new ExecutorError('closed', 'the session was disposed while the program ran', { started: 'yes', stateLost: true })
}
