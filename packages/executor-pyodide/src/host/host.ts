import type { FileSystem } from './file-system/file-system.ts'

export { GuestAbort, GuestExit, SandboxViolation } from './faults.ts'
export type { Device, MountedContent } from './file-system/device.ts'
export type { FileSystem } from './file-system/file-system.ts'

/** What the interpreter is given. Nothing else of the world around reaches it. */
export interface HostOptions {
  readonly fileSystem: FileSystem
  /** The environment that libc reads once, while it boots. */
  readonly environment: Readonly<Record<string, string>>
  /** Memory that it may have, in bytes. The module's own maximum has to be lowered as well: `limitMemory`. */
  readonly maxMemoryBytes: number
  readonly clock: HostClock
  /** Fills it with random bytes: what `os.urandom` gives. */
  randomFill(target: Uint8Array): void
  /** Blocks that many milliseconds, or less. */
  wait(ms: number): void
  /** Number of the signal that the interpreter shall have now, 0 where none is due. Asked at every 32nd check of the interpreter and at least every 20 ms while it sleeps. */
  dueSignal(): number
  /** Whether a library of these bytes may be loaded. @default none */
  isLibraryAllowed?(library: Uint8Array): boolean
}

/** The time that the interpreter sees. */
export interface HostClock {
  /** Milliseconds, monotonic. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
}

/** CPython in WebAssembly, and all that it can see of the world. */
export interface Host {
  /** The one that the interpreter sees at present. */
  readonly fileSystem: FileSystem
  /** Bytes of the interpreter's memory. */
  memoryBytes(): number
  /** Whether memory was refused since this was last set to false. */
  isOutOfMemory: boolean
  /** Starts Python in a new instance. A host that was restored has it started already. Throws the faults of `run`. */
  boot(): void
  /**
   * Runs code in `__main__`; an exception that leaves it is printed to descriptor 2 and returns false.
   * Throws `SandboxViolation`, `GuestExit` or `GuestAbort`; `RangeError` where the stack of WebAssembly ran over; `WebAssembly.RuntimeError` for a trap.
   */
  run(code: string): boolean
  /** What is in the interpreter now. Not while it runs. */
  capture(): CapturedHeap
  /**
   * Lays an image over the memory, in a new instance or in one that was used: all that the image does not cover becomes zero.
   * A used interpreter gets a new file system along with it. Throws `RangeError` where the image is larger than the memory may be.
   */
  restore(image: HeapImage, fileSystem?: FileSystem | undefined): void
  /**
   * Makes deep recursion of C code a `RecursionError` instead of a fault, where V8 has a stack of so many bytes for WebAssembly. What it sets
   * is in the heap: to be called again once one was laid over the memory.
   */
  protectStack(stackBytes: number): void
}

/** The heap of an interpreter as it is kept: what is not in `runs` is zero. */
export interface HeapImage extends HeapShape {
  /** In order of their place, none over another. */
  readonly runs: readonly HeapRun[]
  /** Fills `target` with bytes of the runs, which are laid one after another, from `position` on. */
  read(target: Uint8Array, position: number): void
}

/** What an instance has to be like before a heap is laid over its memory. */
export interface HeapShape {
  /** A whole number of pages of 64 KiB. */
  readonly memoryBytes: number
  /** Slots of the function table. */
  readonly tableLength: number
  /** The stack pointer of WebAssembly. */
  readonly stackPointer: number
}

/** A piece of memory: its place and length in bytes. */
export interface HeapRun {
  readonly offset: number
  readonly length: number
}

/** A heap as it is now. */
export interface CapturedHeap extends HeapShape {
  /** The live memory: to be read before anything runs again. */
  readonly memory: Uint8Array
}
