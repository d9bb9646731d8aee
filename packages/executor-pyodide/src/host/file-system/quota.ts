import { CallError } from '../errno.ts'

/** What the files of one interpreter may take (pyodide.md 4). */
export interface FileLimits {
  /** Bytes of all files together, holes counted. */
  readonly maxBytes: number
  /** Files, folders and links. */
  readonly maxFiles: number
  /** Descriptors that are open at a time. */
  readonly maxDescriptors: number
}

/** 128 MiB, 20 000 files, 256 descriptors. */
export const DEFAULT_FILE_LIMITS: FileLimits = { maxBytes: 128 * 2 ** 20, maxFiles: 20_000, maxDescriptors: 256 }

/** Counts what is used. Bytes are counted by the size of a file, so that a file with holes is never larger than a disk. */
export class Quota {
  usedBytes = 0
  usedFiles = 0
  readonly maxBytes: number
  readonly maxFiles: number

  constructor(limits: FileLimits) {
    this.maxBytes = limits.maxBytes
    this.maxFiles = limits.maxFiles
  }

  /** Throws `ENOSPC`. Gives bytes back where `bytes` is negative. */
  takeBytes(bytes: number): void {
    if (this.usedBytes + bytes > this.maxBytes) throw new CallError('ENOSPC')
    this.usedBytes += bytes
  }

  /** Throws `ENOSPC`. */
  takeFile(): void {
    if (this.usedFiles >= this.maxFiles) throw new CallError('ENOSPC')
    this.usedFiles += 1
  }

  giveFile(): void {
    this.usedFiles -= 1
  }
}
