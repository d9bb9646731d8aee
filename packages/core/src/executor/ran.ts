import type { ExecutionResult, Outcome, Reason, State } from '../executor.ts'
import { type Collector, STREAMS } from './collector.ts'

/**
 * What a small executor has to say of a program; the rest is filled in. What was emitted is collected: `stdout`, `stderr`, `displays` and
 * `files` are for what was not. With `error` the reason is `exception`, with `exitCode` it is `exit`; the reason gives the outcome.
 */
export type Ran = { readonly [Member in Exclude<keyof ExecutionResult, 'usage'>]?: ExecutionResult[Member] | undefined } & {
  /** What is missing was measured. */
  readonly usage?: Partial<ExecutionResult['usage']> | undefined
}

/** What was found out beside what the definition said. */
export interface Measured {
  /** Why the program was stopped, where it was. */
  readonly stopped?: Reason | undefined
  readonly state: State
  /** After this execution. */
  readonly generation: number
  readonly usage: ExecutionResult['usage']
}

/** A whole result. Emits what the definition only returned, so that who follows the events sees it too. */
export function completeResult(ran: Ran, collector: Collector, measured: Measured): ExecutionResult {
  for (const stream of STREAMS) collector.addUntold(stream, ran[stream])
  collector.addUntoldDisplays(ran.displays)
  collector.addUntoldFiles(ran.files)
  const collected = collector.collected()
  const dropped = addDropped(collected.dropped, ran.dropped)
  const reason = reasonOf(ran, measured.stopped)
  return {
    outcome: ran.outcome ?? outcomeOf(reason, ran.exitCode),
    reason,
    stdout: collected.stdout,
    stderr: collected.stderr,
    ...(dropped === undefined ? {} : { dropped }),
    ...(ran.value === undefined ? {} : { value: ran.value }),
    displays: collected.displays,
    files: collected.files,
    ...(ran.error === undefined ? {} : { error: ran.error }),
    ...(ran.exitCode === undefined ? {} : { exitCode: ran.exitCode }),
    state: measured.state,
    generation: measured.generation,
    usage: { ...measured.usage, ...ran.usage },
    ...(ran.warnings === undefined ? {} : { warnings: ran.warnings }),
    ...(ran.moved === undefined ? {} : { moved: ran.moved }),
  }
}

/** Why the program ended, where the definition did not say it. */
export function reasonOf(ran: Ran, stopped: Reason | undefined): Reason {
  if (ran.reason !== undefined) return ran.reason
  if (stopped !== undefined) return stopped
  if (ran.error !== undefined) return 'exception'
  return ran.exitCode === undefined ? 'completed' : 'exit'
}

/** The outcome that belongs to a reason (executor.ts, `Reason`). */
export function outcomeOf(reason: Reason, exitCode: number | undefined): Outcome {
  switch (reason) {
    case 'completed':
      return 'OUTCOME_OK'
    case 'exit':
      return (exitCode ?? 0) === 0 ? 'OUTCOME_OK' : 'OUTCOME_FAILED'
    case 'deadline':
      return 'OUTCOME_DEADLINE_EXCEEDED'
    case 'exception':
    case 'syntax_error':
    case 'memory':
    case 'output_limit':
    case 'crashed':
    case 'violation':
    case 'aborted':
      return 'OUTCOME_FAILED'
  }
}

/** What was dropped here, and what the definition says was dropped before. */
function addDropped(here: ExecutionResult['dropped'], before: ExecutionResult['dropped']): ExecutionResult['dropped'] {
  if (here === undefined || before === undefined) return here ?? before
  const sum = (left: number | undefined, right: number | undefined) => (left ?? 0) + (right ?? 0)
  const dropped = {
    stdoutBytes: sum(here.stdoutBytes, before.stdoutBytes),
    stderrBytes: sum(here.stderrBytes, before.stderrBytes),
    displays: sum(here.displays, before.displays),
    files: sum(here.files, before.files),
  }
  return Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0))
}
