import { createFileSystem } from '../host/file-system/create-file-system.ts'
import type { FileSystem, Host, HostOptions } from '../host/host.ts'
import { instantiateHost } from '../host/instance.ts'
import { openImage } from '../image/open.ts'
import type { Start } from './messages.ts'

/** An interpreter that can be made fresh again. */
export interface Interpreter {
  /** Another one after each reset that did not happen in place. */
  readonly host: Host
  /** As it was at first, with an empty file system. */
  reset(): void
}

/** What its host is given, beside files. */
export type InterpreterOptions = Omit<HostOptions, 'fileSystem'>

/** Beyond this much memory a new instance is cheaper than to clear it, and the old memory is given back (pyodide.md 12). */
const IN_PLACE_BYTES = 64 * 2 ** 20

/** Starts an interpreter from its image; `prepare` gets each of its file systems when there is nothing of a program in it yet. */
export function openInterpreter(
  { image, limits, stackBytes }: Pick<Start, 'image' | 'limits' | 'stackBytes'>,
  options: InterpreterOptions,
  prepare: (fileSystem: FileSystem) => void,
): Interpreter {
  const opened = openImage(image)
  const module = opened.compile(limits.memoryBytes, limits.hasPackages === true)
  let host = fresh()

  function emptyFileSystem(): FileSystem {
    const { clock, randomFill } = options
    const fileSystem = createFileSystem({ clock, randomFill, maxBytes: limits.fileBytes, maxFiles: limits.files })
    opened.layOut(fileSystem)
    prepare(fileSystem)
    return fileSystem
  }
  function fresh(): Host {
    const instance = instantiateHost(module, {
      ...options,
      fileSystem: emptyFileSystem(),
      // A program may have less than its session; a copy would not know.
      get maxMemoryBytes() {
        return options.maxMemoryBytes
      },
    })
    instance.restore(opened.heap)
    instance.protectStack(stackBytes)
    return instance
  }

  return {
    get host() {
      return host
    },
    reset() {
      if (host.memoryBytes() >= IN_PLACE_BYTES) {
        host = fresh()
        return
      }
      host.restore(opened.heap, emptyFileSystem())
      host.protectStack(stackBytes)
    },
  }
}
