import { CallError } from '../errno.ts'
import { CLOSE_ON_EXEC, NON_BLOCKING, open, STATUS_FLAGS } from '../file-system/open.ts'
import { openPipe } from '../file-system/pipe.ts'
import { descriptionOf, folderFor, type ImportContext, type Imports, pathAt, systemCalls, wasiCalls } from './import-context.ts'

/** Descriptors: opening, closing, doubling, their flags. */
export function openingImports(context: ImportContext): Imports {
  const { memory } = context
  return {
    ...systemCalls({
      /** open(2): the permissions of a new file stand where the variable arguments are. */
      __syscall_openat: (folder: number, path: number, flags: number, values: number) => {
        const { volume, descriptors } = context.fileSystem.guest
        const text = pathAt(context, path)
        const permissions = values === 0 ? 0 : memory.uint32(values)
        return open(volume, descriptors, text, folderFor(context, folder, text), flags, permissions)
      },
      /** dup(2). */
      __syscall_dup: (descriptor: number) => context.fileSystem.guest.descriptors.duplicate(descriptor, 0, false),
      /** dup3(2). */
      __syscall_dup3: (descriptor: number, target: number, flags: number) => {
        if (descriptor === target || (flags & ~CLOSE_ON_EXEC) !== 0) throw new CallError('EINVAL')
        context.fileSystem.guest.descriptors.duplicateTo(descriptor, target, flags !== 0)
        return target
      },
      /** pipe(2): two descriptors, at a place in memory. */
      __syscall_pipe: (pointer: number) => {
        const { volume, descriptors } = context.fileSystem.guest
        memory.slice(pointer, 8)
        const [reading, writing] = openPipe(volume, descriptors)
        memory.setInt32(pointer, reading)
        memory.setInt32(pointer + 4, writing)
        return 0
      },
      /** fcntl(2): doubling, flags of the descriptor and of what it leads to; locks are always had, as nobody else is there. */
      __syscall_fcntl64: (descriptor: number, command: number, values: number) => controlDescriptor(context, descriptor, command, values),
      /** ioctl(2): nothing is a terminal; only what sets flags of a descriptor is done. */
      __syscall_ioctl: (descriptor: number, request: number, values: number) => controlDevice(context, descriptor, request, values),
    }),
    ...wasiCalls({
      /** close(2). */
      fd_close: (descriptor: number) => {
        context.fileSystem.guest.descriptors.close(descriptor)
        return 0
      },
      /** What a descriptor leads to, for libc's `isatty` and `fdopen`: its type, no flags and no rights. */
      fd_fdstat_get: (descriptor: number, pointer: number) => {
        const { node } = descriptionOf(context, descriptor)
        memory.slice(pointer, 24).fill(0)
        memory.setUint8(pointer, WASI_TYPES[node.kind])
        return 0
      },
    }),
  }
}

function controlDescriptor(context: ImportContext, descriptor: number, command: number, values: number): number {
  const { memory } = context
  const { descriptors } = context.fileSystem.guest
  const description = descriptors.get(descriptor)
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return descriptors.duplicate(descriptor, memory.int32(values), command === F_DUPFD_CLOEXEC)
    case F_GETFD:
      return descriptors.closesOnExec(descriptor) ? FD_CLOEXEC : 0
    case F_SETFD:
      descriptors.setClosesOnExec(descriptor, (memory.int32(values) & FD_CLOEXEC) !== 0)
      return 0
    case F_GETFL:
      return (description.canRead && description.canWrite ? 2 : description.canWrite ? 1 : 0) | description.statusFlags
    case F_SETFL:
      description.statusFlags = memory.int32(values) & STATUS_FLAGS
      return 0
    case F_GETLK:
      memory.setInt16(memory.uint32(values), F_UNLCK)
      return 0
    case F_SETLK:
    case F_SETLKW:
      return 0
    default:
      throw new CallError('EINVAL')
  }
}

function controlDevice(context: ImportContext, descriptor: number, request: number, values: number): number {
  const { memory } = context
  const { descriptors } = context.fileSystem.guest
  const description = descriptors.get(descriptor)
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      descriptors.setClosesOnExec(descriptor, request === FIOCLEX)
      return 0
    case FIONBIO:
      description.statusFlags = (description.statusFlags & ~NON_BLOCKING) | (memory.int32(memory.uint32(values)) === 0 ? 0 : NON_BLOCKING)
      return 0
    default:
      throw new CallError('ENOTTY')
  }
}

/** A device is no character device here: libc would take that for a terminal. */
const WASI_TYPES = { folder: 3, file: 4, device: 0, stream: 0, pipe: 0 } as const

const F_DUPFD = 0
const F_GETFD = 1
const F_SETFD = 2
const F_GETFL = 3
const F_SETFL = 4
const F_GETLK = 12
const F_SETLK = 13
const F_SETLKW = 14
const F_DUPFD_CLOEXEC = 1030
const FD_CLOEXEC = 1
const F_UNLCK = 2
const FIONCLEX = 0x5450
const FIOCLEX = 0x5451
const FIONBIO = 0x5421
