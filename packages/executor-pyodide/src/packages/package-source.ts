import type { PackageLock } from './lock.ts'

/** Where packages come from: a lock, and the files that it names. */
export interface PackageSource {
  /** For people: where it is, and what its lock is called. */
  readonly name: string
  readonly lockName: string
  readonly lock: PackageLock
  /** Whether a file can be had without a download. */
  has(fileName: string): boolean
  /** A file, whatever is in it. Rejects with `PackageError`. */
  read(fileName: string): Promise<Uint8Array<ArrayBuffer>>
}
