import { CallError } from '../errno.ts'
import type { Description } from '../file-system/descriptors.ts'
import type { FileNode } from '../file-system/nodes.ts'
import { read, resize, resizeOpen, seek, write } from '../file-system/transfer.ts'
import { checkPermission, MAY_WRITE } from '../file-system/volume.ts'
import { find } from '../file-system/walk.ts'
import { descriptionOf, exactNumber, type ImportContext, type Imports, pathAt, systemCalls, wasiCalls } from './import-context.ts'

/** Bytes into and out of files, their positions and sizes. */
export function transferImports(context: ImportContext): Imports {
  const { memory } = context
  return {
    ...wasiCalls({
      /** readv(2). */
      fd_read: (descriptor: number, buffers: number, count: number, done: number) =>
        transfer(context, buffers, count, done, reader(descriptionOf(context, descriptor))),
      /** writev(2). */
      fd_write: (descriptor: number, buffers: number, count: number, done: number) =>
        transfer(context, buffers, count, done, writer(context, descriptionOf(context, descriptor))),
      /** preadv(2). */
      fd_pread: (descriptor: number, buffers: number, count: number, position: bigint, done: number) =>
        transfer(context, buffers, count, done, reader(...placed(context, descriptor, position))),
      /** pwritev(2). */
      fd_pwrite: (descriptor: number, buffers: number, count: number, position: bigint, done: number) =>
        transfer(context, buffers, count, done, writer(context, ...placed(context, descriptor, position))),
      /** lseek(2). */
      fd_seek: (descriptor: number, offset: bigint, origin: number, pointer: number) => {
        const description = descriptionOf(context, descriptor)
        memory.slice(pointer, 8)
        memory.setInt64(pointer, BigInt(seek(description, exactNumber(offset), origin)))
        return 0
      },
      /** fsync(2): nothing is kept on a disk. */
      fd_sync: (descriptor: number) => {
        descriptionOf(context, descriptor)
        return 0
      },
    }),
    ...systemCalls({
      /** fdatasync(2): as fsync. */
      __syscall_fdatasync: (descriptor: number) => {
        descriptionOf(context, descriptor)
        return 0
      },
      /** ftruncate(2). */
      __syscall_ftruncate64: (descriptor: number, size: bigint) => {
        resizeOpen(context.fileSystem.guest.volume, descriptionOf(context, descriptor), exactNumber(size))
        return 0
      },
      /** truncate(2). */
      __syscall_truncate64: (path: number, size: bigint) => {
        const { volume } = context.fileSystem.guest
        if (size < 0n) throw new CallError('EINVAL')
        const node = find(volume, pathAt(context, path), volume.workingFolder)
        if (node.kind === 'folder') throw new CallError('EISDIR')
        if (node.kind !== 'file') throw new CallError('EINVAL')
        checkPermission(node, MAY_WRITE)
        resize(volume, node, exactNumber(size))
        return 0
      },
      /** fallocate(2): makes a file as long as that; modes that punch holes are not had. */
      __syscall_fallocate: (descriptor: number, mode: number, position: bigint, length: bigint) => {
        const file = writableFile(descriptionOf(context, descriptor))
        const start = exactNumber(position)
        const end = start + exactNumber(length)
        if (start < 0 || end <= start) throw new CallError('EINVAL')
        if (mode !== 0) throw new CallError('EOPNOTSUPP')
        if (end > file.content.size) resize(context.fileSystem.guest.volume, file, end)
        return 0
      },
      /** posix_fadvise(2): advice is not needed. */
      __syscall_fadvise64: (descriptor: number) => {
        if (descriptionOf(context, descriptor).node.kind === 'pipe') throw new CallError('ESPIPE')
        return 0
      },
    }),
  }
}

/** Moves bytes for each buffer of a list, until one is not filled; tells in memory how many. A failure after the first bytes is told next time. */
function transfer({ memory }: ImportContext, buffers: number, count: number, done: number, move: (bytes: Uint8Array) => number): number {
  if (!(count >= 0 && count <= MOST_BUFFERS)) throw new CallError('EINVAL')
  memory.slice(done, 4)
  let moved = 0
  for (let index = 0; index < count; index += 1) {
    const buffer = memory.slice(buffers, count * BUFFER_BYTES).byteOffset + index * BUFFER_BYTES
    const length = memory.uint32(buffer + 4)
    const bytes = length === 0 ? NOTHING : memory.slice(memory.uint32(buffer), length)
    const part = moved === 0 ? move(bytes) : moveMore(move, bytes)
    moved += part
    if (part < length) break
  }
  memory.setInt32(done, moved)
  return 0
}

function moveMore(move: (bytes: Uint8Array) => number, bytes: Uint8Array): number {
  try {
    return move(bytes)
  } catch (error) {
    if (error instanceof CallError) return 0
    throw error
  }
}

/** As on Linux, a position that cannot be is told before a descriptor that is not there. */
function placed(context: ImportContext, descriptor: number, position: bigint): [Description, number] {
  if (position < 0n) throw new CallError('EINVAL')
  return [descriptionOf(context, descriptor), exactNumber(position)]
}

function reader(description: Description, position?: number): (target: Uint8Array) => number {
  let next = position
  return (target) => {
    const length = read(description, target, next)
    if (next !== undefined) next += length
    return length
  }
}

function writer(context: ImportContext, description: Description, position?: number): (bytes: Uint8Array) => number {
  let next = position
  return (bytes) => {
    const length = write(context.fileSystem.guest.volume, description, bytes, next)
    if (next !== undefined) next += length
    return length
  }
}

function writableFile({ node, canWrite }: Description): FileNode {
  if (!canWrite) throw new CallError('EBADF')
  if (node.kind === 'pipe') throw new CallError('ESPIPE')
  if (node.kind !== 'file') throw new CallError('ENODEV')
  return node
}

/** IOV_MAX, and the size of an `iovec`. */
const MOST_BUFFERS = 1_024
const BUFFER_BYTES = 8
const NOTHING = new Uint8Array(0)
