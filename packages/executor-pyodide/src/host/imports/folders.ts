import { CallError } from '../errno.ts'
import { bytesOf } from '../file-system/byte-text.ts'
import type { ListedEntry } from '../file-system/descriptors.ts'
import { makeFolder, makeLink, removeFile, removeFolder, rename } from '../file-system/entries.ts'
import { isThere, listing } from '../file-system/listing.ts'
import { type Node, TYPE_BITS } from '../file-system/nodes.ts'
import { checkPermission, MAY_SEARCH } from '../file-system/volume.ts'
import { find, pathOf } from '../file-system/walk.ts'
import {
  AT_REMOVE_FOLDER,
  AT_WORKING_FOLDER,
  descriptionOf,
  folderFor,
  type ImportContext,
  type Imports,
  pathAt,
  systemCalls,
} from './import-context.ts'

/** Names of files: making, removing, moving, reading them; the working folder. */
export function folderImports(context: ImportContext): Imports {
  const { memory } = context
  return systemCalls({
    /** getcwd(2). */
    __syscall_getcwd: (target: number, size: number) => {
      const { volume } = context.fileSystem.guest
      const path = pathOf(volume, volume.workingFolder)
      if (path === undefined) throw new CallError('ENOENT')
      if (path.length + 1 > size >>> 0) throw new CallError('ERANGE')
      const bytes = memory.slice(target, path.length + 1)
      bytes.set(bytesOf(path))
      bytes[path.length] = 0
      return bytes.length
    },
    /** chdir(2). */
    __syscall_chdir: (path: number) => {
      const { volume } = context.fileSystem.guest
      return enter(context, find(volume, pathAt(context, path), volume.workingFolder))
    },
    /** fchdir(2). */
    __syscall_fchdir: (descriptor: number) => enter(context, descriptionOf(context, descriptor).node),
    /** mkdirat(2). */
    __syscall_mkdirat: (folder: number, path: number, permissions: number) => {
      const text = pathAt(context, path)
      makeFolder(context.fileSystem.guest.volume, text, folderFor(context, folder, text), permissions)
      return 0
    },
    /** rmdir(2). */
    __syscall_rmdir: (path: number) => {
      const text = pathAt(context, path)
      removeFolder(context.fileSystem.guest.volume, text, folderFor(context, AT_WORKING_FOLDER, text))
      return 0
    },
    /** unlinkat(2): a file, or with a flag a folder. */
    __syscall_unlinkat: (folder: number, path: number, flags: number) => {
      if ((flags & ~AT_REMOVE_FOLDER) !== 0) throw new CallError('EINVAL')
      const text = pathAt(context, path)
      const remove = flags === 0 ? removeFile : removeFolder
      remove(context.fileSystem.guest.volume, text, folderFor(context, folder, text))
      return 0
    },
    /** renameat(2). */
    __syscall_renameat: (fromFolder: number, from: number, toFolder: number, to: number) => {
      const { volume } = context.fileSystem.guest
      const source = pathAt(context, from)
      const target = pathAt(context, to)
      rename(volume, source, folderFor(context, fromFolder, source), target, () => folderFor(context, toFolder, target))
      return 0
    },
    /** symlinkat(2). */
    __syscall_symlinkat: (target: number, folder: number, path: number) => {
      const text = pathAt(context, path)
      makeLink(context.fileSystem.guest.volume, pathAt(context, target), text, folderFor(context, folder, text))
      return 0
    },
    /** readlinkat(2): as many bytes as there is room for, without a zero. */
    __syscall_readlinkat: (folder: number, path: number, target: number, size: number) => {
      const text = pathAt(context, path)
      const node = find(context.fileSystem.guest.volume, text, folderFor(context, folder, text), 'slash')
      if (node.kind !== 'link' || size <= 0) throw new CallError('EINVAL')
      const bytes = bytesOf(node.target).subarray(0, size)
      memory.slice(target, bytes.length).set(bytes)
      return bytes.length
    },
    /** mknodat(2): devices and named pipes are not made here. */
    __syscall_mknodat: () => {
      throw new CallError('EPERM')
    },
    /** getdents64(2): entries one after another, as many as there is room for. */
    __syscall_getdents64: (descriptor: number, target: number, size: number) => writeEntries(context, descriptor, target, size),
  })
}

function enter({ fileSystem }: ImportContext, node: Node): number {
  if (node.kind !== 'folder') throw new CallError('ENOTDIR')
  checkPermission(node, MAY_SEARCH)
  fileSystem.guest.volume.workingFolder = node
  return 0
}

function writeEntries(context: ImportContext, descriptor: number, target: number, size: number): number {
  const description = descriptionOf(context, descriptor)
  const entries = listing(description)
  if (description.node.kind !== 'folder') throw new CallError('ENOTDIR')
  const room = context.memory.slice(target, size).length
  let written = 0
  for (;;) {
    const entry = entries[description.position]
    if (entry === undefined) return written
    if (isThere(description.node, entry)) {
      const length = entryLength(entry)
      if (written + length > room) break
      writeEntry(context, target + written, entry, length, description.position + 1)
      written += length
    }
    description.position += 1
  }
  if (written === 0) throw new CallError('EINVAL')
  return written
}

/** A `struct dirent` of this libc: number, position of the next, length, type, name and a zero; its length is a multiple of 8. */
function writeEntry({ memory }: ImportContext, target: number, { name, node }: ListedEntry, length: number, next: number): void {
  const bytes = memory.slice(target, length)
  bytes.fill(0)
  bytes.set(bytesOf(name), ENTRY_NAME)
  memory.setInt64(target, BigInt(node.number))
  memory.setInt64(target + 8, BigInt(next))
  memory.setInt16(target + 16, length)
  memory.setUint8(target + 18, TYPE_BITS[node.kind] >> 12)
}

function entryLength({ name }: ListedEntry): number {
  return Math.ceil((ENTRY_NAME + name.length + 1) / 8) * 8
}

const ENTRY_NAME = 19
