import type { Frame } from './frames.ts'
import type { Message } from './messages.ts'

/**
 * How a guest hears its parent and tells it, everything at once and without an event loop: what is asynchronous could be queued
 * by a program. One for each way in which a guest is started; the loop knows no other way out.
 */
export interface GuestPort {
  /** The next frame; waits for it. Throws `ParentGone` where none can come any more. */
  receive(): Frame
  /** The next frame, or undefined where none came in that many milliseconds; with 0, one that is there now, as far as that is known without waiting. */
  receiveWithin(ms: number): Frame | undefined
  /** Sends a frame whole; waits until it is sent. */
  send(message: Message, content?: Uint8Array): void
  /** Number of the program that has to stop, as the parent last said it; 0 where none has. Cheap: it is asked for all the time. */
  stopNumber(): number
}

/** The parent has closed the line or has ended: so does the guest. */
export class ParentGone extends Error {
  override readonly name = 'ParentGone'
}

/** What a guest needs beside its port: nothing of it reaches a program but by the host. */
export interface GuestSystem {
  /** Milliseconds, monotonic. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  /** Processor time of this guest so far, milliseconds. */
  cpuMs(): number
  /** Blocks that many milliseconds. */
  wait(ms: number): void
  randomFill(target: Uint8Array): void
  /** An empty hash of SHA-256. */
  sha256(): { update(bytes: Uint8Array): void; hex(): string }
}
