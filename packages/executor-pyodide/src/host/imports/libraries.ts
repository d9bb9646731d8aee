import type { ImportContext, Imports } from './import-context.ts'

/** Code beyond the module: libraries, and functions that ctypes would make. */
export function libraryImports(context: ImportContext): Imports {
  return {
    /** dlopen(3): no library can be loaded; the reason is what `dlerror` gives. */
    _dlopen_js: () => fail(context, 'no library can be loaded'),
    /** dlsym(3): no symbol is found. */
    _dlsym_js: () => fail(context, 'no symbol can be looked up'),
    /**
     * Memory and a slot for a function that C could call. `import ctypes` wants one; nothing is ever in the slot, so that calling it is a
     * trap. A null pointer where there are too many.
     */
    ffi_closure_alloc_js: (bytes: number, codePlace: number) => {
      const { exports, memory, state } = context
      const size = bytes >>> 0
      if (state.closures.size >= MOST_CLOSURES || size < 4 || size > MOST_CLOSURE_BYTES || !isWritable(context, codePlace)) return 0
      const pointer = exports.malloc(size)
      if (pointer === 0) return 0
      state.closures.add(pointer)
      const slot = exports.__indirect_function_table.grow(1)
      memory.setInt32(codePlace, slot)
      memory.setInt32(pointer, slot)
      return pointer
    },
    /** Gives the memory back, if it came from here; the slot stays empty. */
    ffi_closure_free_js: (pointer: number) => {
      if (context.state.closures.delete(pointer)) context.exports.free(pointer)
    },
    /** Says what the function would do: it is accepted, and never done. */
    ffi_prep_closure_loc_js: () => 0,
  }
}

function fail(context: ImportContext, message: string): number {
  const { exports, memory } = context
  const bytes = new TextEncoder().encode(`${message}\0`)
  const pointer = exports.malloc(bytes.length)
  if (pointer === 0) return 0
  memory.slice(pointer, bytes.length).set(bytes)
  exports.__dl_seterr(pointer, 0)
  exports.free(pointer)
  return 0
}

function isWritable({ memory }: ImportContext, pointer: number): boolean {
  try {
    memory.slice(pointer, 4)
    return true
  } catch {
    return false
  }
}

const MOST_CLOSURES = 256
const MOST_CLOSURE_BYTES = 4_096
