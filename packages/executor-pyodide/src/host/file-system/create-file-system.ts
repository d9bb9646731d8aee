import { CallError } from '../errno.ts'
import { toByteText } from './byte-text.ts'
import { Changes } from './changes.ts'
import { Descriptors } from './descriptors.ts'
import { addDevices } from './devices.ts'
import type { FileSystem } from './file-system.ts'
import { createFile, listFiles, makeFolders, mountFile, put, regularFile, removeRegularFile } from './host-files.ts'
import { newDescription } from './open.ts'
import { DEFAULT_FILE_LIMITS, type FileLimits, Quota } from './quota.ts'
import { Volume } from './volume.ts'

/** A file system with nothing in it but `/dev`. */
export function createFileSystem(options: FileSystemOptions): FileSystem {
  const limits: FileLimits = {
    maxBytes: options.maxBytes ?? DEFAULT_FILE_LIMITS.maxBytes,
    maxFiles: options.maxFiles ?? DEFAULT_FILE_LIMITS.maxFiles,
    maxDescriptors: options.maxDescriptors ?? DEFAULT_FILE_LIMITS.maxDescriptors,
  }
  const quota = new Quota(limits)
  const volume = new Volume(quota, () => options.clock.date())
  const descriptors = new Descriptors(volume, limits.maxDescriptors)
  const changes = new Changes(volume)
  addDevices(volume, options.randomFill)
  return {
    guest: { volume, descriptors },
    setDevice: (descriptor, device) => {
      const description = newDescription(volume.newDevice(device, 'stream'), device.read !== undefined, device.write !== undefined, 0)
      descriptors.openAt(descriptor, description, descriptor >= FIRST_FIXED_DESCRIPTOR)
    },
    mountFile: (path, content) => mountFile(volume, path, content),
    makeFolder: (path) => {
      makeFolders(volume, path, 'fixed')
    },
    makeLink: (path, target) => {
      put(volume, path, volume.newLink(toByteText(target), 'fixed'), 'fixed')
    },
    setWorkingFolder: (path) => {
      volume.workingFolder = makeFolders(volume, path, 'fixed')
    },
    createFile: () => createFile(volume, (path, file) => changes.know(path, file)),
    fileSize: (path) => regularFile(volume, path)?.content.size,
    readFile: (path, position, target) => {
      const file = regularFile(volume, path)
      if (file === undefined) throw new CallError('ENOENT')
      return file.content.read(target, position)
    },
    removeFile: (path) => {
      const removed = removeRegularFile(volume, path)
      if (removed !== undefined) changes.forget(removed)
    },
    listFiles: (folder) => listFiles(volume, folder),
    takeChanges: (folder) => changes.take(folder),
    openDescriptors: () => descriptors.all(),
    get usedBytes() {
      return quota.usedBytes
    },
    get usedFiles() {
      return quota.usedFiles
    },
  }
}

/** What a file system needs, and what it may hold. */
export interface FileSystemOptions {
  /** Gives the times of files, in milliseconds since 1970. */
  readonly clock: { date(): number }
  /** What `/dev/random` and `/dev/urandom` give. */
  randomFill(target: Uint8Array): void
  /** Bytes of all files together. @default 128 MiB */
  readonly maxBytes?: number | undefined
  /** Files, folders and links. @default 20 000 */
  readonly maxFiles?: number | undefined
  /** Descriptors that are open at a time. @default 256 */
  readonly maxDescriptors?: number | undefined
}

/** 0, 1 and 2 are a program's own to redirect. */
const FIRST_FIXED_DESCRIPTOR = 3
