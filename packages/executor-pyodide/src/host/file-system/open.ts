import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import type { Description, Descriptors } from './descriptors.ts'
import type { DeviceNode, FileNode, FolderNode, PipeNode } from './nodes.ts'
import { checkPermission, MAY_READ, MAY_WRITE, type Volume } from './volume.ts'
import { checkNewName, type FollowLast, missing, type Place, walk } from './walk.ts'

/** Opens what a path stands for, and makes it where `O_CREAT` is given. Throws what open(2) does. */
export function open(
  volume: Volume,
  descriptors: Descriptors,
  path: ByteText,
  start: FolderNode,
  flags: number,
  permissions: number,
): number {
  const access = flags & ACCESS_BITS
  if (access === ACCESS_BITS || (flags & (CREATE | FOLDER)) === (CREATE | FOLDER)) throw new CallError('EINVAL')
  const creates = (flags & CREATE) !== 0
  const isExclusive = creates && (flags & EXCLUSIVE) !== 0
  const place = walk(volume, path, start, followFor(creates, isExclusive || (flags & NO_FOLLOW) !== 0))
  if (creates && place.isFolderWanted) throw new CallError('EISDIR')
  descriptors.lowestFree(0) // before anything is made or cut off
  const node = place.node === undefined ? create(volume, place, flags, permissions) : openable(volume, place, flags, isExclusive)
  const description = newDescription(node, access !== WRITE_ONLY, access !== 0, flags & STATUS_FLAGS)
  return descriptors.open(description, (flags & CLOSE_ON_EXEC) !== 0)
}

/** What a new descriptor leads to. */
export function newDescription(
  node: FileNode | FolderNode | DeviceNode | PipeNode,
  canRead: boolean,
  canWrite: boolean,
  statusFlags: number,
): Description {
  if (node.kind === 'file') node.openings += 1
  return { node, canRead, canWrite, statusFlags, position: 0, listing: undefined, references: 0 }
}

function followFor(creates: boolean, followsNone: boolean): FollowLast {
  if (followsNone) return creates ? 'no' : 'slash'
  return creates ? 'file' : 'yes'
}

function create(volume: Volume, place: Place, flags: number, permissions: number): FileNode {
  if ((flags & CREATE) === 0) throw missing(place)
  checkNewName(place)
  const file = volume.newFile(permissions & 0o7777 & ~volume.mask, 'program')
  volume.enter(place.folder, place.name, file)
  return file
}

function openable(volume: Volume, place: Place, flags: number, isExclusive: boolean): FileNode | FolderNode | DeviceNode {
  const { node, isFolderWanted } = place
  if (isExclusive) throw new CallError('EEXIST')
  if (node === undefined || node.kind === 'pipe') throw new CallError('ENXIO')
  if (node.kind === 'link') throw new CallError((flags & FOLDER) !== 0 ? 'ENOTDIR' : 'ELOOP')
  const access = flags & ACCESS_BITS
  const cuts = (flags & TRUNCATE) !== 0
  if (node.kind === 'folder') {
    if (access !== 0 || (flags & CREATE) !== 0 || cuts) throw new CallError('EISDIR')
    checkPermission(node, MAY_READ)
    return node
  }
  if ((flags & FOLDER) !== 0 || isFolderWanted) throw new CallError('ENOTDIR')
  if (node.kind === 'file' && node.content.isReadOnly && (access !== 0 || cuts)) throw new CallError('EROFS')
  if (access !== WRITE_ONLY) checkPermission(node, MAY_READ)
  if (access !== 0 || cuts) checkPermission(node, MAY_WRITE)
  if (node.kind === 'file' && cuts) {
    node.content.resize(0)
    volume.touchFile(node)
  }
  return node
}

/** Flags of open(2), as this libc has them. */
const ACCESS_BITS = 3
export const WRITE_ONLY = 1
export const READ_WRITE = 2
export const CREATE = 0o100
export const EXCLUSIVE = 0o200
const TRUNCATE = 0o1000
export const APPEND = 0o2000
export const NON_BLOCKING = 0o4000
export const FOLDER = 0o200000
const NO_FOLLOW = 0o400000
export const CLOSE_ON_EXEC = 0o2000000
/** The flags that a description keeps. */
export const STATUS_FLAGS: number = APPEND | NON_BLOCKING
