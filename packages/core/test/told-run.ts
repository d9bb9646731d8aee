import { createEventLog } from '../src/event-log.ts'
import type { LoopEvent, Told } from '../src/events.ts'
import type { Run } from '../src/run.ts'
import type { Summary } from '../src/summary.ts'

/** A run that tells what a test says, for readers of runs: no loop, no model. What no reader uses throws. */
export interface ToldRun {
  readonly run: Run
  /** What the run was aborted with. */
  readonly aborts: readonly unknown[]
  tell(...told: Told[]): void
  /** Tells `interaction.completed`. */
  end(summary?: Partial<Summary>): void
}

export function toldRun(outputs: Readonly<Record<string, Uint8Array>> = {}): ToldRun {
  const log = createEventLog()
  const summary = Promise.withResolvers<Summary>()
  const aborts: unknown[] = []
  let seq = 0
  const tell = (...told: Told[]): void => {
    for (const one of told) log.append(stamped(one, seq++))
  }
  const unused = (): never => {
    throw new Error('A reader of a run has no business here.')
  }
  const run: Run = {
    id: 'run',
    on: unused,
    once: unused,
    off: unused,
    resolve: unused,
    steer: unused,
    events: (options) => log.read(options),
    [Symbol.asyncIterator]: () => log.read()[Symbol.asyncIterator](),
    summary: summary.promise,
    text: new Promise(() => undefined),
    contents: new Promise(() => undefined),
    output: async (id) => outputs[id] ?? unused(),
    abort: (reason) => aborts.push(reason),
    [Symbol.asyncDispose]: async () => undefined,
  }
  return {
    run,
    aborts,
    tell,
    end(more) {
      const whole = summaryOf(more)
      tell({ event_type: 'interaction.completed', interaction: whole })
      summary.resolve(whole)
    },
  }
}

/** An event as a run stamps it. */
export function stamped(told: Told, seq: number): LoopEvent {
  return { schema: 1, event_id: `run-${seq}`, seq, run_id: 'run', time: '2026-11-24T12:00:00.000Z', elapsed_ms: seq, ...told }
}

/** A summary in which nothing happened but what a test says. */
export function summaryOf(more: Partial<Summary> = {}): Summary {
  return {
    schema: 1,
    id: 'run',
    model: 'scripted',
    created: '2026-11-24T12:00:00.000Z',
    updated: '2026-11-24T12:00:01.000Z',
    status: 'completed',
    finish: { reason: 'answer' },
    output_text: '',
    outputs: [],
    steps: [],
    executions: [],
    regenerations: { used: 0, max: 5 },
    repairs: 0,
    model_calls: [],
    usage: {
      total_input_tokens: 0,
      total_output_tokens: 0,
      total_thought_tokens: 0,
      total_cached_tokens: 0,
      total_tool_use_tokens: 0,
      total_tokens: 0,
      intermediate_tokens: 0,
      native_equivalent: { prompt: 0, tool_use_prompt: 0, candidates: 0, thoughts: 0, total: 0 },
    },
    timing: { total_ms: 1_000, model_ms: 0, execution_ms: 0, tool_ms: 0, waiting_ms: 0 },
    environment: {
      core: '0.1.0',
      executor: 'scripted',
      executor_version: '1',
      runtime: 'CPython 3.14.2',
      isolation: 'none',
      interception: 'function',
    },
    warnings: [],
    ...more,
  }
}
