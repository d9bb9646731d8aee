import { CallError } from '../errno.ts'
import type { Description } from './descriptors.ts'
import type { FileNode } from './nodes.ts'
import { APPEND } from './open.ts'
import { readPipe, writePipe } from './pipe.ts'
import type { Volume } from './volume.ts'

/** Reads into `target`, at the description's position or at one that is given, which is not negative; how many bytes. */
export function read(description: Description, target: Uint8Array, position?: number): number {
  if (!description.canRead) throw new CallError('EBADF')
  const { node } = description
  if (node.kind === 'folder') throw new CallError('EISDIR')
  if (node.kind !== 'file') {
    if (position !== undefined) throw new CallError('ESPIPE')
    if (node.kind === 'pipe') return readPipe(node, target)
    if (node.device.read === undefined) throw new CallError('EBADF')
    return Math.max(0, Math.min(target.length, node.device.read(target)))
  }
  const length = node.content.read(target, position ?? description.position)
  if (position === undefined) description.position += length
  return length
}

/** Writes at the description's position, at its end where it appends, or at one that is given, which is not negative; how many bytes. */
export function write(volume: Volume, description: Description, bytes: Uint8Array, position?: number): number {
  if (!description.canWrite) throw new CallError('EBADF')
  const { node } = description
  if (node.kind === 'folder') throw new CallError('EISDIR')
  if (node.kind !== 'file') {
    if (position !== undefined) throw new CallError('ESPIPE')
    if (node.kind === 'pipe') return writePipe(node, bytes)
    if (node.device.write === undefined) throw new CallError('EBADF')
    node.device.write(bytes)
    return bytes.length
  }
  if (bytes.length === 0) return 0
  // As on Linux, a file that appends does so whatever position is given.
  const start = (description.statusFlags & APPEND) !== 0 ? node.content.size : (position ?? description.position)
  node.content.write(bytes, start)
  if (position === undefined) description.position = start + bytes.length
  volume.touchFile(node)
  return bytes.length
}

/** Moves the position; where it is then. `origin` is that of lseek(2). */
export function seek(description: Description, offset: number, origin: number): number {
  const { node } = description
  if (node.kind !== 'file' && node.kind !== 'folder') throw new CallError('ESPIPE')
  const base = seekBase(description, origin)
  const position = base + offset
  if (position < 0) throw new CallError('EINVAL')
  if (position > Number.MAX_SAFE_INTEGER) throw new CallError('EOVERFLOW')
  description.position = position
  if (node.kind === 'folder' && position === 0) description.listing = undefined
  return position
}

/** Sets the size of an open file. */
export function resizeOpen(volume: Volume, description: Description, size: number): void {
  if (description.node.kind !== 'file' || !description.canWrite) throw new CallError('EINVAL')
  resize(volume, description.node, size)
}

/** Sets the size of a file. */
export function resize(volume: Volume, file: FileNode, size: number): void {
  if (size < 0) throw new CallError('EINVAL')
  if (file.content.isReadOnly) throw new CallError('EROFS')
  file.content.resize(size)
  volume.touchFile(file)
}

function seekBase({ node, position }: Description, origin: number): number {
  const size = node.kind === 'file' ? node.content.size : 0
  if (origin === FROM_START) return 0
  if (origin === FROM_POSITION) return position
  if (origin === FROM_END) return size
  throw new CallError('EINVAL')
}

const FROM_START = 0
const FROM_POSITION = 1
const FROM_END = 2
