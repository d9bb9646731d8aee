import type { ApprovalSubject, Approve, Decision } from './approval.ts'
import { OptionsError } from './errors.ts'
import type { Told } from './events.ts'
import type { Call } from './intercept/found.ts'
import type { Job } from './job.ts'
import { until } from './live.ts'
import { shown } from './shown.ts'
import type { NotRun } from './steps.ts'
import type { PendingApproval } from './summary.ts'

/** Whether a call may be carried out. `call` is it as decided, which an edit changes. */
export type Leave =
  | { readonly kind: 'yes'; readonly call: Call; readonly waitingMs: number }
  | { readonly kind: 'no'; readonly why: NotRun; readonly reason?: string; readonly ends: boolean; readonly waitingMs: number }
  | { readonly kind: 'waiting'; readonly approval: PendingApproval; readonly waitingMs: number }

/** Asks `approve`, and, where it says so, whoever answers `run.resolve`. Throws what the hook throws. */
export async function* permit(call: Call, regeneration: number, job: Job): AsyncGenerator<Told, Leave, void> {
  const { approve } = job.settings
  if (!approve) return { kind: 'yes', call, waitingMs: 0 }
  const said = await until(job.signal, asked(approve, call, regeneration, job))
  if (said !== 'ask') return leaveOf(checkDecision(said, call.kind === 'code' ? 'code' : 'tool'), call, 0)

  const approval: PendingApproval = { approval_id: `approval_${job.id}_${call.id}`, call_id: call.id, ...subjectOf(call) }
  const started = job.clock.now()
  const decision = job.approvals.wait(approval.approval_id, approval.kind) // before it is told: a listener may answer at once
  decision.catch(() => {}) // awaited below, and an abort may come before
  yield { event_type: 'loop.approval_required', ...approval }
  yield { event_type: 'interaction.status_update', status: 'requires_action' }
  const decided = await decision
  const waitingMs = job.clock.now() - started
  if (decided === 'expired') return { kind: 'waiting', approval, waitingMs }
  yield { event_type: 'loop.approval_resolved', approval_id: approval.approval_id, decision: wordFor(decided) }
  yield { event_type: 'interaction.status_update', status: 'in_progress' }
  return leaveOf(decided, call, waitingMs)
}

async function asked(approve: Approve, call: Call, regeneration: number, job: Job): Promise<Decision | 'ask'> {
  return await approve({ ...subjectOf(call), callId: call.id, regeneration, runId: job.id, context: job.context })
}

function subjectOf(call: Call): ApprovalSubject {
  return call.kind === 'code' ? { kind: 'code', code: call.code } : { kind: 'tool', name: call.name, arguments: call.arguments }
}

/** The decision, where it can be one for such a call. Throws `OptionsError`. */
export function checkDecision(said: unknown, kind: 'code' | 'tool'): Decision {
  if (said === 'allow' || said === 'deny' || (said === 'show' && kind === 'code')) return said
  if (typeof said === 'object' && said !== null) {
    if ('deny' in said && typeof said.deny === 'string') return said as Decision
    const edit = 'edit' in said ? said.edit : undefined
    if (typeof edit === 'object' && edit !== null) {
      if (kind === 'code' && 'code' in edit && typeof edit.code === 'string') return said as Decision
      if (kind === 'tool' && 'arguments' in edit) return said as Decision
    }
  }
  const can =
    kind === 'code' ? "'allow', 'show', 'deny', { deny }, { edit: { code } }" : "'allow', 'deny', { deny }, { edit: { arguments } }"
  throw new OptionsError(
    'decision',
    `The decision on a ${kind === 'code' ? 'program' : 'tool call'} must be one of ${can}, got ${shown(said)}`,
  )
}

function leaveOf(said: Decision, call: Call, waitingMs: number): Leave {
  if (said === 'allow') return { kind: 'yes', call, waitingMs }
  if (said === 'show') return { kind: 'no', why: 'shown', ends: false, waitingMs }
  if (said === 'deny') return { kind: 'no', why: 'denied', ends: false, waitingMs }
  if ('deny' in said) return { kind: 'no', why: 'denied', reason: said.deny, ends: said.ends ?? false, waitingMs }
  return { kind: 'yes', call: { ...call, ...said.edit } as Call, waitingMs } // checkDecision saw to it that the edit is of this kind
}

function wordFor(said: Decision): 'allowed' | 'denied' | 'edited' | 'shown' {
  if (said === 'allow') return 'allowed'
  if (said === 'show') return 'shown'
  return said === 'deny' || 'deny' in said ? 'denied' : 'edited'
}
