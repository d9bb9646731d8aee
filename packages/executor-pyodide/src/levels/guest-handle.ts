import type { Message, Request, StartWishes } from '../guest/messages.ts'

/** One guest as a level has started it. It keeps no host alive: who waits for it does. It ends with its host. */
export interface GuestHandle {
  /** Resolves when its interpreter is there; rejects with `ExecutorError` `unavailable` where it ended before. */
  readonly ready: Promise<void>
  /** Sends a request; the content, at most `MOST_CONTENT_BYTES`, follows it. Nothing happens once it has ended. */
  send(request: Request, content?: Uint8Array): void
  /** Who hears what it tells, checked; the one before hears nothing any more. A listener that throws ends the guest. */
  listen(listener: (message: Message, content: Uint8Array) => void): void
  /** Tells it which program has to stop; 0 takes that back. False where this level cannot tell a busy guest anything: a kill is all there is. */
  stop(number: number): boolean
  /** Ends it at once, whatever it does. Resolves when it is gone. */
  kill(): Promise<void>
  /** Resolves when it is gone. */
  readonly ended: Promise<GuestEnd>
  readonly isAlive: boolean
  /** Processor time so far, milliseconds; undefined where this system does not say. */
  cpuMs(): number | undefined
}

/** How a guest ended. */
export interface GuestEnd {
  /** What is known of it, for people: an exit code, a signal, a frame that was none of ours. */
  readonly detail: string
}

/** A way to start guests. */
export interface Level {
  /** Starts one; that it does not start is found out by its `ready`. */
  start(wishes: StartWishes): Promise<GuestHandle>
}
