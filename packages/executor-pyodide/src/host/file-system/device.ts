/** What stands behind a descriptor instead of a file. A method that is not there is `EBADF`. All of them are synchronous. */
export interface Device {
  /** Fills `target` from its start; how many bytes. 0 is the end. */
  read?(target: Uint8Array): number
  /** Takes bytes; they must be copied before it returns. */
  write?(bytes: Uint8Array): void
  /** Waits at most that many milliseconds (or without end) until something can be read (poll(2)), or a signal is due; without it, something always can. */
  waitReadable?(ms: number): boolean
}

/** Bytes that lie elsewhere. */
export interface MountedContent {
  readonly size: number
  /** Fills the whole of `target` with the bytes from `position` on. */
  read(target: Uint8Array, position: number): void
}
