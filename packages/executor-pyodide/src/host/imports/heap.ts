import { PAGE_BYTES } from '../memory-limit.ts'
import type { ImportContext, Imports } from './import-context.ts'

/** More memory, up to what is allowed. */
export function heapImports(context: ImportContext): Imports {
  const maxBytes = Math.floor(context.options.maxMemoryBytes / PAGE_BYTES) * PAGE_BYTES
  return {
    /** Bytes that the heap can ever have. */
    emscripten_get_heap_max: () => maxBytes,
    /** Makes the heap at least so large: 1, or 0 where it may not be, which becomes a `MemoryError`. */
    emscripten_resize_heap: (bytes: number) => {
      const { memory } = context.exports
      const wanted = bytes >>> 0
      const present = memory.buffer.byteLength
      if (wanted <= present) return 1
      if (wanted > maxBytes) return refused(context)
      const size = Math.min(maxBytes, Math.ceil(amount(wanted, present) / PAGE_BYTES) * PAGE_BYTES)
      try {
        memory.grow((size - present) / PAGE_BYTES)
        return 1
      } catch {
        return refused(context) // the engine has no more
      }
    },
  }
}

/** A fifth more than there was, so that growing is rare; but at most 32 MiB more than is wanted. */
function amount(wanted: number, present: number): number {
  return Math.max(wanted, Math.min(present * 1.2, wanted + 32 * 2 ** 20))
}

function refused({ state }: ImportContext): number {
  state.isOutOfMemory = true
  return 0
}
