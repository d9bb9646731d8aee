import { EXPORT_NAMES } from '../host/exports.ts'
import type { FileSystem, HeapImage } from '../host/host.ts'
import { limitMemoryInPlace } from '../host/memory-limit.ts'
import { openHeap } from './heap-image.ts'
import type { ImageParts } from './image.ts'
import { layOutInterpreter } from './interpreter-files.ts'
import { atAnyPlace, partReader, readPart } from './part-reader.ts'
import { withFirstExports } from './strip.ts'

/** An image as a guest uses it: everything is read when it is asked for, and the library while Python runs. */
export interface OpenedImage {
  /**
   * The interpreter, compiled, with this much memory at most; libraries find its names only where that was asked for, as these cost time.
   * Throws `RangeError` where that is less memory than it needs to start.
   */
  compile(maxMemoryBytes: number, isForLibraries?: boolean): WebAssembly.Module
  /** What `Host.restore` lays over its memory. */
  readonly heap: HeapImage
  /** Puts the standard library and the folders of the interpreter into an empty file system, as the heap remembers them. */
  layOut(fileSystem: FileSystem): void
}

/** Opens an image that the parent has checked. Throws `ImageError` where its heap is not one. */
export function openImage({ source: place, core, library, heap }: ImageParts): OpenedImage {
  const source = atAnyPlace(place, Math.max(...[core, library, heap].map(({ offset, size }) => offset + size)))
  return {
    compile(maxMemoryBytes, isForLibraries = false) {
      const whole = readPart(source, core)
      return compileLimited(isForLibraries ? whole : withFirstExports(whole, EXPORT_NAMES.length), maxMemoryBytes)
    },
    heap: openHeap(partReader(source, heap)),
    layOut: (fileSystem) => layOutInterpreter(fileSystem, partReader(source, library)),
  }
}

/** The bytes are given back at once, 6 MB of each guest: nobody knows when a collector would come for them. */
function compileLimited(binary: Uint8Array<ArrayBuffer>, maxMemoryBytes: number): WebAssembly.Module {
  limitMemoryInPlace(binary, maxMemoryBytes)
  const module = new WebAssembly.Module(binary)
  binary.buffer.transfer(0)
  return module
}
