import { CallError } from '../errno.ts'
import type { FolderNode, Node } from '../file-system/nodes.ts'
import { statusOf } from '../file-system/status.ts'
import { checkPermission } from '../file-system/volume.ts'
import { find, MOST_NAME_BYTES } from '../file-system/walk.ts'
import {
  AT_EMPTY_PATH,
  AT_NO_FOLLOW,
  AT_WORKING_FOLDER,
  descriptionOf,
  folderFor,
  type ImportContext,
  type Imports,
  pathAt,
  systemCalls,
} from './import-context.ts'

/** What is known of files, and how it is changed: status, access, permissions, owners, times. */
export function statusImports(context: ImportContext): Imports {
  const { memory } = context
  return systemCalls({
    /** stat(2). */
    __syscall_stat64: (path: number, target: number) => writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, 0)),
    /** lstat(2): of a link, not of what it leads to. */
    __syscall_lstat64: (path: number, target: number) =>
      writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, AT_NO_FOLLOW)),
    /** fstat(2). */
    __syscall_fstat64: (descriptor: number, target: number) => writeStatus(context, target, descriptionOf(context, descriptor).node),
    /** fstatat(2). */
    __syscall_newfstatat: (folder: number, path: number, target: number, flags: number) =>
      writeStatus(context, target, nodeAt(context, folder, path, flags)),
    /** faccessat(2): the program is the owner of all there is. */
    __syscall_faccessat: (folder: number, path: number, wanted: number, flags: number) => {
      if ((wanted & ~7) !== 0) throw new CallError('EINVAL')
      const node = nodeAt(context, folder, path, flags)
      if ((wanted & 2) !== 0 && node.kind === 'file' && node.content.isReadOnly) throw new CallError('EROFS')
      checkPermission(node, wanted << 6)
      return 0
    },
    /** chmod(2). */
    __syscall_chmod: (path: number, permissions: number) =>
      setPermissions(context, nodeAt(context, AT_WORKING_FOLDER, path, 0), permissions),
    /** fchmod(2). */
    __syscall_fchmod: (descriptor: number, permissions: number) =>
      setPermissions(context, descriptionOf(context, descriptor).node, permissions),
    /** fchmodat2(2): a link itself has no permissions. */
    __syscall_fchmodat2: (folder: number, path: number, permissions: number, flags: number) => {
      const node = nodeAt(context, folder, path, flags)
      if (node.kind === 'link') throw new CallError('EOPNOTSUPP')
      return setPermissions(context, node, permissions)
    },
    /** fchown(2): to the one user there is. */
    __syscall_fchown32: (descriptor: number, user: number, group: number) => {
      descriptionOf(context, descriptor)
      return checkOwner(user, group)
    },
    /** fchownat(2). */
    __syscall_fchownat: (folder: number, path: number, user: number, group: number, flags: number) => {
      nodeAt(context, folder, path, flags)
      return checkOwner(user, group)
    },
    /** utimensat(2): two times at a place in memory, or the present one for both. */
    __syscall_utimensat: (folder: number, path: number, times: number, flags: number) => {
      if (times !== 0) memory.slice(times, 2 * TIME_BYTES)
      const node = path === 0 ? descriptionOf(context, folder).node : nodeAt(context, folder, path, flags)
      const accessed = timeAt(context, times, 0)
      const modified = timeAt(context, times, TIME_BYTES)
      if (node.isFixed) throw new CallError('EPERM')
      node.accessedNs = accessed ?? node.accessedNs
      node.modifiedNs = modified ?? node.modifiedNs
      node.changedNs = context.fileSystem.guest.volume.now()
      return 0
    },
    /** statfs(2): there is one file system. */
    __syscall_statfs64: (path: number, size: number, target: number) => {
      nodeAt(context, AT_WORKING_FOLDER, path, 0)
      return writeFileSystemStatus(context, target, size)
    },
    /** fstatfs(2). */
    __syscall_fstatfs64: (descriptor: number, size: number, target: number) => {
      descriptionOf(context, descriptor)
      return writeFileSystemStatus(context, target, size)
    },
  })

  function timeAt({ fileSystem }: ImportContext, times: number, offset: number): bigint | undefined {
    if (times === 0) return fileSystem.guest.volume.now()
    const nanoseconds = memory.int32(times + offset + 8)
    if (nanoseconds === NOW) return fileSystem.guest.volume.now()
    if (nanoseconds === UNCHANGED) return undefined
    if (nanoseconds < 0 || nanoseconds >= 1_000_000_000) throw new CallError('EINVAL')
    return BigInt.asIntN(64, memory.int64(times + offset)) * NS_PER_SECOND + BigInt(nanoseconds)
  }
}

/** What a path means beside a descriptor. An empty one is the descriptor itself where `AT_EMPTY_PATH` says so. */
function nodeAt(context: ImportContext, descriptor: number, pointer: number, flags: number): Node {
  const path = pathAt(context, pointer)
  const { volume } = context.fileSystem.guest
  if (path === '' && (flags & AT_EMPTY_PATH) !== 0) {
    return descriptor === AT_WORKING_FOLDER ? volume.workingFolder : descriptionOf(context, descriptor).node
  }
  const start: FolderNode = folderFor(context, descriptor, path)
  return find(volume, path, start, (flags & AT_NO_FOLLOW) === 0 ? 'yes' : 'slash')
}

function setPermissions({ fileSystem }: ImportContext, node: Node, permissions: number): number {
  if (node.isFixed) throw new CallError('EPERM')
  node.permissions = permissions & 0o7777
  node.changedNs = fileSystem.guest.volume.now()
  return 0
}

function checkOwner(user: number, group: number): number {
  if ((user !== -1 && user !== USER) || (group !== -1 && group !== USER)) throw new CallError('EPERM')
  return 0
}

/** Writes a `struct stat` of this libc (musl's, for wasm32). */
function writeStatus({ memory }: ImportContext, target: number, node: Node): number {
  const status = statusOf(node)
  memory.slice(target, STATUS_BYTES).fill(0)
  memory.setInt32(target, 1)
  memory.setInt32(target + 4, status.mode)
  memory.setInt32(target + 8, status.links)
  memory.setInt32(target + 12, USER)
  memory.setInt32(target + 16, USER)
  memory.setInt64(target + 24, BigInt(status.size))
  memory.setInt32(target + 32, BLOCK_BYTES)
  memory.setInt32(target + 36, Math.ceil(status.size / 512))
  writeTime(memory, target + 40, status.accessedNs)
  writeTime(memory, target + 56, status.modifiedNs)
  writeTime(memory, target + 72, status.changedNs)
  memory.setInt64(target + 88, BigInt(status.number))
  return 0
}

function writeTime(memory: ImportContext['memory'], target: number, time: bigint): void {
  const nanoseconds = ((time % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  memory.setInt64(target, BigInt.asIntN(64, (time - nanoseconds) / NS_PER_SECOND))
  memory.setInt32(target + 8, Number(nanoseconds))
}

/** Writes a `struct statfs` of this libc. */
function writeFileSystemStatus({ memory, fileSystem }: ImportContext, target: number, size: number): number {
  const { quota } = fileSystem.guest.volume
  if (size !== FILE_SYSTEM_BYTES) throw new CallError('EINVAL')
  memory.slice(target, FILE_SYSTEM_BYTES).fill(0)
  const freeBlocks = BigInt(Math.floor((quota.maxBytes - quota.usedBytes) / BLOCK_BYTES))
  memory.setInt32(target + 4, BLOCK_BYTES)
  memory.setInt64(target + 8, BigInt(Math.floor(quota.maxBytes / BLOCK_BYTES)))
  memory.setInt64(target + 16, freeBlocks)
  memory.setInt64(target + 24, freeBlocks)
  memory.setInt64(target + 32, BigInt(quota.maxFiles))
  memory.setInt64(target + 40, BigInt(quota.maxFiles - quota.usedFiles))
  memory.setInt32(target + 56, MOST_NAME_BYTES)
  memory.setInt32(target + 60, BLOCK_BYTES)
  return 0
}

/** The number of the one user and of its group. */
export const USER = 1_000
const STATUS_BYTES = 96
const FILE_SYSTEM_BYTES = 88
const TIME_BYTES = 16
const BLOCK_BYTES = 4_096
const NS_PER_SECOND = 1_000_000_000n
/** `UTIME_NOW` and `UTIME_OMIT`. */
const NOW = 0x3fffffff
const UNCHANGED = 0x3ffffffe
