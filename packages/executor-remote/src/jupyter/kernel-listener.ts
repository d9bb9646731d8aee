import type { DeathSign } from './execution-state.ts'

/** What is told of one execution. */
export interface KernelListener {
  onEvent(number: number, kind: string, content: Readonly<Record<string, unknown>>): void
  onReply(reply: Readonly<Record<string, unknown>>): void
  /** A host tool is called; repeated until it is acknowledged. */
  onCall(call: HeardCall): void
  /** The line was down, or some time went by in which a server may have lost something: the ledger knows. */
  onUp(): void
  onDeath(sign: DeathSign): void
}

/** A call of a host tool. */
export interface HeardCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
  /** How many events were told before it: they take another channel. */
  readonly after: number
}
