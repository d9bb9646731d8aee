import type { Library } from '../dynamic-linking/library.ts'
import type { Linker } from '../dynamic-linking/linker.ts'
import { CallError } from '../errno.ts'
import type { GuestExports } from '../exports.ts'
import { type ByteText, byteText } from '../file-system/byte-text.ts'
import type { Description } from '../file-system/descriptors.ts'
import type { FileSystem } from '../file-system/file-system.ts'
import type { FolderNode } from '../file-system/nodes.ts'
import { MOST_PATH_BYTES } from '../file-system/walk.ts'
import type { HostOptions } from '../host.ts'
import type { GuestMemory } from '../memory.ts'

/** What the imports work with. The members that can change do so only between two runs. */
export interface ImportContext {
  readonly options: HostOptions
  readonly fileSystem: FileSystem
  readonly memory: GuestMemory
  readonly exports: GuestExports
  /** Of the interpreter as it is: a restored one has loaded nothing. */
  readonly linker: Linker
  readonly state: ImportState
}

/** What imports remember between calls. All of it is gone with the next restore. */
export interface ImportState {
  /** How often the interpreter asked for signals. */
  checks: number
  /** A signal that ended a wait, and that the interpreter will ask for next; 0 for none. */
  pendingSignal: number
  /** Where the functions are that ctypes made for C to call. */
  readonly closures: Set<number>
  /** What was loaded, by the handles that libc gave it. */
  readonly libraries: Map<number, Library>
  isOutOfMemory: boolean
}

/** Imports by their names. */
export type Imports = Readonly<Record<string, ImportFunction>>

/** An import: numbers in; a number, nothing, or null for a reference out. The module's types say which. */
// biome-ignore lint/suspicious/noExplicitAny: parameters differ between imports, and a list of them can only be typed so
// biome-ignore lint/suspicious/noConfusingVoidType: some give nothing
export type ImportFunction = (...values: any[]) => number | bigint | null | void

/** At the start of an interpreter. */
export function newImportState(): ImportState {
  return { checks: 0, pendingSignal: 0, closures: new Set(), libraries: new Map(), isOutOfMemory: false }
}

/** Lets system calls answer a failure with its number, negative, as libc expects it of `__syscall_…`. All else that is thrown ends the run. */
export function systemCalls(imports: Imports): Imports {
  return answering(imports, (error) => -error.errno)
}

/** As `systemCalls`, for the calls of WASI: their failures are positive. */
export function wasiCalls(imports: Imports): Imports {
  return answering(imports, (error) => error.errno)
}

/** A path in memory. */
export function pathAt({ memory }: ImportContext, pointer: number): ByteText {
  return byteText(memory.zeroTerminated(pointer, MOST_PATH_BYTES))
}

/** Where a relative path begins: `AT_FDCWD` is the working folder. The descriptor is not looked at for an absolute path. */
export function folderFor({ fileSystem }: ImportContext, descriptor: number, path: ByteText): FolderNode {
  const { volume, descriptors } = fileSystem.guest
  // An empty path leads nowhere: as on Linux that is told, not what the descriptor is.
  if (descriptor === AT_WORKING_FOLDER || path === '' || path.startsWith('/')) return volume.workingFolder
  const { node } = descriptors.get(descriptor)
  if (node.kind !== 'folder') throw new CallError('ENOTDIR')
  return node
}

/** What a descriptor leads to. Throws `EBADF`. */
export function descriptionOf({ fileSystem }: ImportContext, descriptor: number): Description {
  return fileSystem.guest.descriptors.get(descriptor)
}

/** A position or size of 64 bits. Throws `EOVERFLOW` where it is larger than a number can hold exactly. */
export function exactNumber(value: bigint): number {
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) throw new CallError('EOVERFLOW')
  return Number(value)
}

/** Lets calls answer a failure with what `answer` gives. */
export function answering(imports: Imports, answer: (error: CallError) => ReturnType<ImportFunction>): Imports {
  const guarded = Object.entries(imports).map(([name, call]): [string, ImportFunction] => [
    name,
    (...values) => {
      try {
        return call(...values)
      } catch (error) {
        if (error instanceof CallError) return answer(error)
        throw error
      }
    },
  ])
  return Object.fromEntries(guarded)
}

/** `AT_FDCWD` and the flags of the `…at` calls. */
export const AT_WORKING_FOLDER = -100
export const AT_NO_FOLLOW = 0x100
export const AT_REMOVE_FOLDER = 0x200
export const AT_EMPTY_PATH = 0x1000
