import type { Decision } from './approval.ts'
import { OptionsError } from './errors.ts'
import type { JobApprovals } from './job.ts'
import { checkDecision } from './permit.ts'

/** Where a run that waits is answered. */
export interface Approvals extends JobApprovals {
  /** Throws `OptionsError` where nothing is waited for under this id, or the decision cannot be. */
  resolve(approvalId: string, decision: Decision): void
}

/** Approvals of one run, each waited for so long, milliseconds; its signal ends every wait. */
export function createApprovals(waitMs: number, signal: AbortSignal): Approvals {
  const waiting = new Map<string, { readonly kind: 'code' | 'tool'; settle(decision: Decision | 'expired'): void }>()
  return {
    wait: (approvalId, kind) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', stop)
          waiting.delete(approvalId)
        }
        const stop = (): void => {
          leave()
          reject(signal.reason)
        }
        const settle = (decision: Decision | 'expired'): void => {
          leave()
          resolve(decision)
        }
        const timer = setTimeout(() => settle('expired'), waitMs)
        waiting.set(approvalId, { kind, settle })
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop, { once: true })
      }),
    resolve(approvalId, decision) {
      const found = waiting.get(approvalId)
      if (!found)
        throw new OptionsError(
          'approvalId',
          `No approval ${JSON.stringify(approvalId)} is waited for in this run; loop.approval_required tells those that are`,
        )
      found.settle(checkDecision(decision, found.kind))
    },
  }
}
