import type { Descriptors } from './descriptors.ts'
import type { Device, MountedContent } from './device.ts'
import type { Volume } from './volume.ts'

/**
 * The files of one interpreter, in memory. What follows is for the host: it is bound by the quotas, but by no permission.
 * Paths are absolute; what cannot be done is a `CallError` with the code that libc knows (`ENOSPC`, `ENOENT`, …).
 */
export interface FileSystem {
  /** Lays a device on a descriptor. From 3 on, the program can neither close nor replace it. */
  setDevice(descriptor: number, device: Device): void
  /** Puts a read-only file there, whose bytes are fetched when they are read. Takes nothing of the quotas. */
  mountFile(path: string, content: MountedContent): void
  /** Makes a folder, and those above it, where they are not there. The program cannot remove or rename it. */
  makeFolder(path: string): void
  /** Makes a symbolic link, replacing one that is there. The program cannot remove or rename it. */
  makeLink(path: string, target: string): void
  /** Sets the working folder of the program. */
  setWorkingFolder(path: string): void
  /** Begins a file that has no place yet. */
  createFile(): FileWriter
  /** Bytes of a regular file, undefined where none is. */
  fileSize(path: string): number | undefined
  /** Reads from a regular file into `target`, from `position` on; how many bytes were there. */
  readFile(path: string, position: number, target: Uint8Array): number
  /** Removes a regular file; what is none is left. */
  removeFile(path: string): void
  /** The regular files in a folder and in those below it, those of a folder first, in the order of their names. Paths are relative to it. No link is followed. */
  listFiles(folder: string): ListedFile[]
  /** What the program did to the regular files below a folder since this was last asked. What the host did is no change. */
  takeChanges(folder: string): ChangedFile[]
  /** The descriptors that are open. */
  openDescriptors(): number[]
  /** Bytes that count against the quota. */
  readonly usedBytes: number
  /** Files, folders and links that count against the quota. */
  readonly usedFiles: number
  /** What the system calls of the program work on. For the import table alone. */
  readonly guest: GuestFiles
}

/** The state behind a file system. */
export interface GuestFiles {
  readonly volume: Volume
  readonly descriptors: Descriptors
}

/** A file that is being written piece by piece, and takes its place whole. */
export interface FileWriter {
  write(bytes: Uint8Array): void
  /** Puts it there, as a file of its own for each call, over a file or link that is there; makes the folders. */
  place(path: string): void
  /** Gives back what it used; nothing, once it has a place. */
  discard(): void
}

/** A regular file: its path, relative to the folder that was asked about. */
export interface ListedFile {
  readonly path: string
  readonly size: number
}

/** What a program did to a file. */
export interface ChangedFile extends ListedFile {
  readonly change: 'created' | 'modified' | 'deleted'
}
