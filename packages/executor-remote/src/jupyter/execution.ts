import type { HeldLimits } from '@interloop/core/executor'
import { type ExecutionContext, type ExecutionRequest, ExecutorError, type ExecutorEvent, type Reason } from '@interloop/core/executor'
import { type Effect, type ExecutionState, type Heard, NEW_EXECUTION, transition, type Verdict } from './execution-state.ts'
import { recordOf } from './frames.ts'
import type { Kernel } from './kernel.ts'
import type { HeardCall } from './kernel-listener.ts'
import { lost } from './kernel-loss.ts'
import { foldOutputs, type GuestEnd, guestEndOf, type Outputs } from './outputs.ts'
import { answerTools } from './tools.ts'

/** What became of a program. */
export interface Execution {
  readonly outputs: ReturnType<Outputs['folded']>
  /** What the kernel said; undefined where it died, did not stop, or never began. */
  readonly end?: GuestEnd | undefined
  readonly reason: Reason
  /** The interpreter is of no use any more. */
  readonly isLost: boolean
  /** Own time of the program as seen from here, milliseconds. */
  readonly wallMs: number
  readonly toolMs: number
}

/** How long events that the end counted may be on their way, milliseconds: they come on a channel of their own. */
const EVENTS_MS = 250

/** From an interrupt to the next step of the ladder, milliseconds (remote.md 9, "Deadline"). */
export const GRACE_MS: number = 2_000

/** The kernel holds the deadline; we do where it failed to, so much later, milliseconds. */
const DEADLINE_SLACK_MS = 400

/** How long the proof of whose death it was may take, milliseconds (remote.md 9, "Whose death"). */
const PROOF_MS = 3_000

/** How long a kernel that is being shut down may still answer, milliseconds. */
const DRAIN_MS = 300

/** Runs one program in a kernel, once for its key, whatever becomes of the line. Rejects with `ExecutorError` where the session was lost to others. */
export function runInKernel(kernel: Kernel, request: ExecutionRequest, context: ExecutionContext, limits: HeldLimits): Promise<Execution> {
  const { promise, resolve, reject } = Promise.withResolvers<Execution>()
  const key = request.idempotencyKey
  const outputs = foldOutputs()
  const earlyCalls = new Map<string, HeardCall>()
  const release = kernel.hold()
  let state: ExecutionState = NEW_EXECUTION
  let end: GuestEnd | undefined
  let begun: number | undefined
  let isQuerying = false
  let attempt = ''
  let timer: NodeJS.Timeout | undefined
  let deadline: NodeJS.Timeout | undefined
  const tools = answerTools(kernel, context, tell, armDeadline)

  function tell(event: ExecutorEvent): void {
    if (state.phase !== 'over') context.emit(event)
  }

  function hear(heard: Heard): void {
    const step = transition(state, heard)
    state = step.state
    for (const effect of step.effects) perform(effect)
  }

  function perform(effect: Effect): void {
    switch (effect.type) {
      case 'submit':
        attempt = crypto.randomUUID()
        kernel.submit({ key, attempt, code: request.code, limits: guestLimits(limits) })
        return
      case 'query':
        void query()
        return
      case 'await_events':
        timer = setTimeout(() => hear({ type: 'late' }), EVENTS_MS)
        return
      case 'await_answer':
        timer = setTimeout(() => hear({ type: 'late' }), PROOF_MS)
        return
      case 'interrupt':
        interrupt(effect.by)
        return
      case 'check':
        timer = setTimeout(() => hear({ type: 'unproven' }), PROOF_MS)
        kernel.check().then(
          // A server that drains interrupts first; its word that it shuts down may stand behind this answer.
          () => setTimeout(() => hear({ type: 'alive' }), DRAIN_MS),
          () => undefined,
        )
        return
      case 'settle':
        settle(effect.verdict)
    }
  }

  function takeEvent(number: number, kind: string, content: Readonly<Record<string, unknown>>): void {
    if (state.phase === 'over') return
    if (number === state.taken) {
      if (begun === undefined) start()
      for (const event of outputs.take(kind, content)) tell(event)
    }
    hear({ type: 'event', number })
    for (const call of earlyCalls.values()) takeCall(call)
  }

  /** One that overtook what was told before it waits; it is repeated, and by then that was lost. */
  function takeCall(call: HeardCall, isRepeated = false): void {
    if (state.taken >= call.after) {
      earlyCalls.delete(call.id)
      tools.take(call)
    } else {
      earlyCalls.set(call.id, call)
      if (isRepeated) void query()
    }
  }

  function start(): void {
    begun = performance.now()
    tell({ type: 'status', status: 'running' })
    armDeadline()
  }

  /** What the ledger of the kernel says: missing events in their order, and the end. */
  async function query(): Promise<void> {
    if (isQuerying) return
    isQuerying = true
    // Events go on coming while it is on its way: those of the answer are numbered from here all the same.
    const after = state.taken
    const answer = await kernel.ask('query', { key, after, claim: attempt }).catch(() => undefined)
    isQuerying = false
    if (answer === undefined || state.phase === 'over') return
    takeAnswer(answer, after)
  }

  function takeAnswer(answer: Readonly<Record<string, unknown>>, from: number): void {
    const events = Array.isArray(answer['events']) ? answer['events'] : []
    for (const [index, event] of events.entries()) {
      if (Array.isArray(event)) takeEvent(from + index, String(event[0]), recordOf(event[1]))
    }
    const what = answer['state']
    const ended = guestEndOf(answer['end'])
    if (what === 'absent') hear({ type: 'absent' })
    else if (what === 'gone') hear({ type: 'known', state: 'gone' })
    else if (ended !== undefined) takeEnd(ended)
    else hear({ type: 'known', state: 'running' })
  }

  function takeEnd(ended: GuestEnd): void {
    end = ended
    hear({ type: 'end', end: { events: ended.events, wasInterrupted: ended.wasInterrupted, errorName: ended.error?.name } })
  }

  function takeReply(reply: Readonly<Record<string, unknown>>): void {
    const told = recordOf(reply['interloop'])
    if (told['key'] !== key) {
      hear({ type: 'no_guest' })
      return
    }
    const ended = guestEndOf(told['end'])
    if (told['refused'] === 'fenced') hear({ type: 'death', sign: 'fenced' })
    // A frame that came late, of an attempt that was claimed meanwhile, is answered too.
    else if (told['refused'] === 'claimed') return
    else if (told['state'] === 'gone') hear({ type: 'known', state: 'gone' })
    else if (ended !== undefined) takeEnd(ended)
  }

  function interrupt(by: 'guest' | 'server'): void {
    clearTimeout(deadline)
    const reason = state.stopped ?? 'aborted'
    tell({ type: 'status', status: 'interrupting', detail: reason })
    if (by === 'server') void kernel.interrupt()
    else {
      kernel.ask('stop', { key, reason }).then(
        // It has not begun: the ledger claims it, so that it never will.
        (answer) => {
          if (answer['isRunning'] !== true) void query()
        },
        () => undefined,
      )
    }
    timer = setTimeout(() => hear({ type: 'grace' }), GRACE_MS)
  }

  /** Counts the program's own time: from its first line, without that of host tools. */
  function armDeadline(): void {
    clearTimeout(deadline)
    if (state.stopped !== undefined || state.phase === 'over' || tools.isOpen) return
    const left = limits.wallMs + DEADLINE_SLACK_MS - ownMs()
    deadline = setTimeout(() => hear({ type: 'stop', reason: 'deadline' }), Math.min(Math.max(0, left), 2 ** 31 - 1))
  }

  function ownMs(): number {
    return begun === undefined ? 0 : performance.now() - begun - tools.elapsedMs
  }

  function settle(verdict: Verdict): void {
    clearTimeout(timer)
    clearTimeout(deadline)
    stopListening()
    context.signal.removeEventListener('abort', abort)
    release()
    tools.close()
    const measured = { wallMs: Math.max(0, ownMs()), toolMs: tools.elapsedMs, outputs: outputs.folded() }
    switch (verdict.type) {
      case 'ended':
        resolve({ ...measured, end, isLost: false, reason: reasonOf(end, state.stopped) })
        return
      case 'died':
        resolve({ ...measured, isLost: true, reason: state.stopped ?? 'crashed' })
        return
      case 'runaway':
        context.emit({ type: 'status', status: 'killed' })
        resolve({ ...measured, isLost: true, reason: state.stopped ?? 'aborted' })
        return
      case 'never':
        resolve({ ...measured, isLost: false, reason: state.stopped ?? 'aborted' })
        return
      case 'result_gone':
        reject(
          new ExecutorError('not_found', `the execution ${JSON.stringify(key)} ran, and its result is no longer kept`, { started: 'yes' }),
        )
        return
      case 'lost':
        reject(lost(verdict.sign, verdict.started))
    }
  }

  const abort = () => hear({ type: 'stop', reason: 'aborted' })
  const stopListening = kernel.listen(key, {
    onEvent: takeEvent,
    onReply: takeReply,
    onCall: (call) => takeCall(call, earlyCalls.has(call.id)),
    onUp() {
      hear({ type: 'up' })
      tools.resume()
    },
    onDeath: (sign) => hear({ type: 'death', sign }),
  })
  if (kernel.death !== undefined) hear({ type: 'death', sign: kernel.death })
  hear({ type: 'begin', isUp: kernel.isUp })
  if (state.phase !== 'over') {
    armDeadline()
    context.signal.addEventListener('abort', abort)
    if (context.signal.aborted) abort()
  }
  return promise
}

/** A program that had ended before anybody could stop it, while the line was down, ended as it did. */
function reasonOf(end: GuestEnd | undefined, stopped: ExecutionState['stopped']): Reason {
  if (end === undefined) return 'crashed'
  return end.stopped ?? (end.wasInterrupted ? stopped : undefined) ?? end.reason
}

/** What the guest holds at the source. */
function guestLimits({ wallMs, outputBytes, outputHardBytes, displayBytes }: HeldLimits): object {
  return { wallMs, outputBytes, outputHardBytes, displayBytes }
}
