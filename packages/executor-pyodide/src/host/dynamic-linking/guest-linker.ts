import { CallError } from '../errno.ts'
import { toByteText } from '../file-system/byte-text.ts'
import { find } from '../file-system/walk.ts'
import type { ImportContext, Imports } from '../imports/import-context.ts'
import { createLinker, type Linker } from './linker.ts'

/** The linker of an interpreter that exports all this; libraries may call what the host implements. */
export function guestLinker(context: ImportContext, all: WebAssembly.Exports, imports: Imports): Linker {
  const { exports, memory, options } = context
  return createLinker({
    exports: all,
    memory: exports.memory,
    table: exports.__indirect_function_table,
    allocate(alignment, bytes) {
      const place = exports.emscripten_builtin_memalign(alignment, bytes)
      if (place !== 0) memory.slice(place, bytes).fill(0)
      return place >>> 0
    },
    hostFunctions: new Map(Object.entries(imports)),
    readFile: (path) => wholeFile(context, path),
    isAllowed: (library) => options.isLibraryAllowed?.(library) ?? false,
  })
}

/** A file as the program would open it; undefined where there is none that can be read. */
function wholeFile({ fileSystem }: ImportContext, path: string): Uint8Array<ArrayBuffer> | undefined {
  const { volume } = fileSystem.guest
  try {
    const node = find(volume, toByteText(path), volume.workingFolder)
    if (node.kind !== 'file') return undefined
    const bytes = new Uint8Array(node.content.size)
    node.content.read(bytes, 0)
    return bytes
  } catch (error) {
    if (error instanceof CallError) return undefined
    throw error
  }
}
