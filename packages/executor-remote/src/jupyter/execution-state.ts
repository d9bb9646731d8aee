import type { Reason } from '@interloop/core/executor'

// What becomes of one program, as a pure machine: what is heard of it goes in, what is to be done comes out (remote.md 1.7 and 9).

/**
 * Where an execution stands. `checking`: it ended by an interrupt that nobody here asked for, and whose death that was is being found out;
 * `doubting`: its interpreter died, and it is not known whether it had begun.
 */
export type Phase = 'asked' | 'running' | 'collecting' | 'checking' | 'doubting' | 'over'

/** What is known of an execution. */
export interface ExecutionState {
  readonly phase: Phase
  /** Something was written that may make it begin. */
  readonly isSubmitted: boolean
  /** Its first event was seen, so it certainly began. */
  readonly hasStarted: boolean
  /** How many events were taken, in their order without a gap. */
  readonly taken: number
  /** What the kernel said when it ended. */
  readonly end?: End | undefined
  /** Why it was told to stop. */
  readonly stopped?: Extract<Reason, 'deadline' | 'aborted'> | undefined
  /** How often it was interrupted. */
  readonly interrupts: number
}

/** The part of the guest's end that decides. */
export interface End {
  readonly events: number
  /** A signal came that the guest did not send itself. */
  readonly wasInterrupted: boolean
  /** The exception that ended it. */
  readonly errorName?: string | undefined
}

/** What shows that an interpreter is gone. `died`: its own server says that it died by itself, `died_before`: before the program; the others are somebody else's doing; `cut`: the line, to one that keeps nothing. */
export type DeathSign = 'died' | 'died_before' | 'shut_down' | 'gone' | 'replaced' | 'unreachable' | 'unauthorized' | 'fenced' | 'cut'

/** What is heard of an execution. */
export type Heard =
  | { readonly type: 'begin'; readonly isUp: boolean }
  | { readonly type: 'up' }
  | { readonly type: 'event'; readonly number: number }
  | { readonly type: 'end'; readonly end: End }
  /** The kernel knows the key already, or what a query said of it. */
  | { readonly type: 'known'; readonly state: 'running' | 'ended' | 'gone' }
  /** The attempt was claimed before it began: it never will. */
  | { readonly type: 'absent' }
  /** The kernel has no guest. */
  | { readonly type: 'no_guest' }
  | { readonly type: 'late' }
  | { readonly type: 'stop'; readonly reason: 'deadline' | 'aborted' }
  | { readonly type: 'grace' }
  | { readonly type: 'death'; readonly sign: DeathSign }
  | { readonly type: 'alive' }
  | { readonly type: 'unproven' }

/** What is to be done. */
export type Effect =
  | { readonly type: 'submit' }
  /** Asks the ledger, claiming the attempt where it is not known. */
  | { readonly type: 'query' }
  /** Waits a moment for events that the end counted. */
  | { readonly type: 'await_events' }
  /** Waits for the answer of an interpreter that was started anew. */
  | { readonly type: 'await_answer' }
  | { readonly type: 'interrupt'; readonly by: 'guest' | 'server' }
  | { readonly type: 'check' }
  | { readonly type: 'settle'; readonly verdict: Verdict }

/** What an execution ends as. */
export type Verdict =
  | { readonly type: 'ended' }
  /** The interpreter died while the program ran: a result. */
  | { readonly type: 'died' }
  /** It did not stop: its session is given up. */
  | { readonly type: 'runaway' }
  /** It was stopped before it began, and never will. */
  | { readonly type: 'never' }
  | { readonly type: 'result_gone' }
  | { readonly type: 'lost'; readonly sign: DeathSign; readonly started: 'no' | 'yes' | 'unknown' }

/** One step: the state after it, and what is to be done now. */
export interface Step {
  readonly state: ExecutionState
  readonly effects: readonly Effect[]
}

/** Before anything. */
export const NEW_EXECUTION: ExecutionState = { phase: 'asked', isSubmitted: false, hasStarted: false, taken: 0, interrupts: 0 }

/** Interrupts before a session is given up (remote.md 9, "Deadline"). */
const INTERRUPTS = 2

/** The arrow from a state by what is heard. Whatever comes after the end changes nothing. */
export function transition(state: ExecutionState, heard: Heard): Step {
  if (state.phase === 'over') return stay(state)
  switch (heard.type) {
    case 'begin':
      return heard.isUp ? submit(state) : stay(state)
    case 'up':
      // Frames of before may be lost or late: the ledger says which.
      return go(state, { type: 'query' })
    case 'event':
      return takeEvent(state, heard)
    case 'end':
      return end({ ...state, end: heard.end, hasStarted: true })
    case 'known':
      return known(state, heard.state)
    case 'absent':
      if (state.stopped !== undefined && !state.hasStarted) return settle(state, { type: 'never' })
      return state.hasStarted ? stay(state) : submit(state)
    case 'no_guest':
      return die(state, state.phase === 'doubting' ? 'died_before' : 'replaced', state.hasStarted ? 'yes' : 'no')
    case 'late':
      if (state.phase === 'doubting') return settle(state, { type: 'died' })
      return state.phase === 'collecting' ? go(state, { type: 'query' }) : stay(state)
    case 'stop':
      if (state.stopped !== undefined || state.end !== undefined) return stay(state)
      return go({ ...state, stopped: heard.reason, interrupts: 1 }, { type: 'interrupt', by: 'guest' })
    case 'grace':
      if (state.stopped === undefined || state.end !== undefined) return stay(state)
      if (state.interrupts >= INTERRUPTS) return settle(state, { type: 'runaway' })
      return go({ ...state, interrupts: state.interrupts + 1 }, { type: 'interrupt', by: 'server' })
    case 'death':
      return die(state, heard.sign, state.hasStarted ? 'yes' : state.isSubmitted ? 'unknown' : 'no')
    case 'alive':
    case 'unproven':
      return state.phase === 'checking' ? settle(state, { type: 'ended' }) : stay(state)
  }
}

function takeEvent(state: ExecutionState, { number }: Extract<Heard, { readonly type: 'event' }>): Step {
  if (number < state.taken) return stay(state)
  // A gap: the server dropped something, or the line did.
  if (number > state.taken) return state.phase === 'collecting' ? stay(state) : go(state, { type: 'query' })
  const phase = state.phase === 'asked' ? 'running' : state.phase
  const next: ExecutionState = { ...state, phase, hasStarted: true, taken: number + 1 }
  return next.end === undefined ? stay(next) : end(next)
}

function known(state: ExecutionState, what: 'running' | 'ended' | 'gone'): Step {
  const started: ExecutionState = { ...state, hasStarted: true, phase: state.phase === 'asked' ? 'running' : state.phase }
  if (what === 'gone') return settle(started, { type: 'result_gone' })
  return what === 'ended' && started.end === undefined ? go(started, { type: 'query' }) : stay(started)
}

function end(state: ExecutionState): Step {
  const { end: ended } = state
  if (ended === undefined) return stay(state)
  if (state.taken < ended.events) {
    return state.phase === 'collecting' ? stay(state) : go({ ...state, phase: 'collecting' }, { type: 'await_events' })
  }
  const isForeign = ended.wasInterrupted && ended.errorName === 'KeyboardInterrupt' && state.stopped === undefined
  if (!isForeign) return settle(state, { type: 'ended' })
  return state.phase === 'checking' ? stay(state) : go({ ...state, phase: 'checking' }, { type: 'check' })
}

function die(state: ExecutionState, sign: DeathSign, started: 'no' | 'yes' | 'unknown'): Step {
  if (sign === 'died') {
    // One that had ended whole, and only then died, has its result; the session finds out by its next program.
    const { end: ended } = state
    if (ended !== undefined && state.taken >= ended.events) return settle(state, { type: 'ended' })
    if (state.hasStarted) return settle(state, { type: 'died' })
    // It may have died before: the interpreter that follows then answers what was meant for it.
    if (!state.isSubmitted) return settle(state, { type: 'lost', sign, started })
    return go({ ...state, phase: 'doubting' }, { type: 'await_answer' })
  }
  // While a program is being stopped, a line that stays down ends in the result of the stop (remote.md 9).
  if ((sign === 'unreachable' || sign === 'cut') && state.stopped !== undefined) return settle(state, { type: 'runaway' })
  // It may have ended by now, or never have begun.
  return settle(state, { type: 'lost', sign, started: sign === 'cut' && state.isSubmitted ? 'unknown' : started })
}

function submit(state: ExecutionState): Step {
  return go({ ...state, isSubmitted: true }, { type: 'submit' })
}

function stay(state: ExecutionState): Step {
  return { state, effects: [] }
}

function go(state: ExecutionState, effect: Effect): Step {
  return { state, effects: [effect] }
}

function settle(state: ExecutionState, verdict: Verdict): Step {
  return { state: { ...state, phase: 'over' }, effects: [{ type: 'settle', verdict }] }
}
