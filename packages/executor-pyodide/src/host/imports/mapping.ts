import { CallError } from '../errno.ts'
import type { Description } from '../file-system/descriptors.ts'
import type { FileNode } from '../file-system/nodes.ts'
import { descriptionOf, exactNumber, type ImportContext, type Imports, systemCalls } from './import-context.ts'

/** Files in memory (mmap): the bytes are copied there, and written back where the mapping is shared. */
export function mappingImports(context: ImportContext): Imports {
  const { memory } = context
  return systemCalls({
    /** mmap(2) of a file: tells in memory that libc has to free it, and where it is. */
    _mmap_js: (
      length: number,
      protection: number,
      flags: number,
      descriptor: number,
      offset: bigint,
      isAllocated: number,
      address: number,
    ) => {
      const description = descriptionOf(context, descriptor)
      const file = mappable(description, protection, flags)
      const position = exactNumber(offset)
      const size = length >>> 0
      if (position < 0 || size === 0) throw new CallError('EINVAL')
      memory.slice(isAllocated, 4)
      memory.slice(address, 4)
      const place = context.exports.emscripten_builtin_memalign(PAGE, size)
      if (place === 0) throw new CallError('ENOMEM')
      const target = memory.slice(place, size)
      target.fill(0, file.content.read(target, position))
      memory.setInt32(isAllocated, 1)
      memory.setInt32(address, place)
      return 0
    },
    /** munmap(2): libc frees the memory itself. */
    _munmap_js: (address: number, length: number, protection: number, flags: number, descriptor: number, offset: bigint) => {
      if ((protection & MAY_BE_WRITTEN) !== 0 && (flags & SHARED) !== 0) writeBack(context, address, length, descriptor, offset)
      return 0
    },
    /** msync(2). */
    _msync_js: (address: number, length: number, protection: number, _flags: number, descriptor: number, offset: bigint) => {
      if ((protection & MAY_BE_WRITTEN) !== 0) writeBack(context, address, length, descriptor, offset)
      return 0
    },
  })
}

function mappable({ node, canRead, canWrite }: Description, protection: number, flags: number): FileNode {
  if (node.kind !== 'file') throw new CallError('ENODEV')
  if (!canRead) throw new CallError('EACCES')
  if ((flags & SHARED) !== 0 && (protection & MAY_BE_WRITTEN) !== 0 && !canWrite) throw new CallError('EACCES')
  return node
}

/** What lies beyond the end of the file is not written. */
function writeBack(context: ImportContext, address: number, length: number, descriptor: number, offset: bigint): void {
  const { node, canWrite } = descriptionOf(context, descriptor)
  const position = exactNumber(offset)
  if (node.kind !== 'file' || !canWrite || position < 0) throw new CallError('EACCES')
  const bytes = context.memory.slice(address, length).subarray(0, Math.max(0, node.content.size - position))
  if (bytes.length === 0) return
  node.content.write(bytes, position)
  context.fileSystem.guest.volume.touchFile(node)
}

const PAGE = 65_536
const MAY_BE_WRITTEN = 2
const SHARED = 1
