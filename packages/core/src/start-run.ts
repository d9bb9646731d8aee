import { createApprovals } from './approvals.ts'
import { createClock } from './clock.ts'
import type { Executor, FileInput } from './executor.ts'
import type { Ended } from './finish.ts'
import type { Job, JobSettings } from './job.ts'
import { within } from './live.ts'
import { loop } from './loop.ts'
import type { Content, Model } from './model.ts'
import { createOutputs } from './outputs.ts'
import { LiveRun, type Run } from './run.ts'
import type { Sessions } from './session.ts'
import type { OnListenerError } from './settings.ts'
import type { Step } from './steps.ts'

/** What a run is started with; all of it is checked. */
export interface Start {
  readonly model: Model
  readonly executor: Executor
  readonly settings: JobSettings
  readonly sessions: Sessions
  /** The session outlives the run: a chat's. */
  readonly kept: boolean
  readonly signal: AbortSignal | undefined
  readonly context: unknown
  /** Waits for the run's turn; what it adds to which conversation is known only then. */
  turn(signal: AbortSignal): Promise<Turn>
  readonly ended?: ((ended: Ended, turn: Turn) => void) | undefined
  readonly onListenerError: OnListenerError | undefined
}

/** What a run begins with. */
export interface Turn {
  readonly history: readonly Content[]
  readonly contents: readonly Content[]
  readonly steps: readonly Step[]
  readonly files: readonly FileInput[]
  /** What only the run could find to be wrong. */
  readonly fault?: unknown
}

/** Wires the parts into a `Job`, and starts the loop on it, in a microtask. */
export function startRun(start: Start): Run {
  const { model, executor, settings, sessions } = start
  const id = `run_${crypto.randomUUID()}`
  const controller = new AbortController()
  const { signal } = controller
  const abort = (reason?: unknown): void => controller.abort(reason)
  const outer = start.signal
  const abortWithOuter = (): void => abort(outer?.reason)
  if (outer?.aborted) abortWithOuter()
  else outer?.addEventListener('abort', abortWithOuter, { once: true })

  const clock = createClock(signal, () => executor.capabilities.stopMs)
  const approvals = createApprovals(settings.approvalWaitMs, signal)
  const outputs = createOutputs()
  const steered: string[] = []
  const warnings: string[] = []
  if (!start.kept) signal.addEventListener('abort', () => void sessions.dispose().catch(() => {}), { once: true }) // beside the stopping: design.md 8.8

  async function close(): Promise<{ readonly warnings: readonly string[]; readonly closed: boolean }> {
    outer?.removeEventListener('abort', abortWithOuter)
    if (start.kept) return { warnings, closed: false }
    let closed = false
    let fault: string | undefined = 'did not close in time, and was let go.'
    const disposal = sessions.dispose().then(
      (how) => {
        closed = how.closed
        fault = undefined
      },
      (error: unknown) => {
        fault = `could not be closed: ${error instanceof Error ? error.message : String(error)}`
      },
    )
    await (signal.aborted ? Promise.race([disposal, clock.grace]) : within(executor.capabilities.stopMs + 250, disposal))
    return { warnings: fault === undefined ? warnings : [...warnings, `The session ${fault}`], closed }
  }

  const run = new LiveRun(id, {
    clock,
    async *told() {
      const turn = await start.turn(signal)
      sessions.add(turn.files)
      const job: Job = {
        id,
        seed: crypto.randomUUID(),
        model,
        executor: {
          name: executor.name,
          capabilities: () => executor.capabilities,
          prepare: async (onProgress) => await executor.prepare?.({ signal, onProgress }),
        },
        sessions: {
          open: () => sessions.open(),
          lost: (session) => sessions.lost(session),
          generation: () => sessions.generation(),
          inputFiles: () => sessions.inputFiles(),
          close,
        },
        outputs,
        approvals,
        steering: { take: () => steered.splice(0), waiting: () => steered.length > 0 },
        signal,
        history: turn.history,
        prompt: turn,
        ...(turn.fault !== undefined && { fault: turn.fault }),
        settings,
        context: start.context,
        clock,
      }
      const ended = yield* loop(job)
      clock.stop()
      start.ended?.(ended, turn)
      return ended
    },
    abort,
    resolve: (approvalId, decision) => approvals.resolve(approvalId, decision),
    steer: (text) => steered.push(text),
    output: (outputId) => outputs.bytes(outputId),
    warn: (warning) => warnings.push(warning),
    onListenerError: start.onListenerError,
  })
  return run
}
