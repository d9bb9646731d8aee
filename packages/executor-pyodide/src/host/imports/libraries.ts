import type { Library } from '../dynamic-linking/library.ts'
import { LibraryError } from '../dynamic-linking/library-error.ts'
import { CallError } from '../errno.ts'
import { byteText, fromByteText } from '../file-system/byte-text.ts'
import { MOST_PATH_BYTES } from '../file-system/walk.ts'
import type { ImportContext, Imports } from './import-context.ts'

/** Code beyond the module: libraries, and functions that ctypes would make. */
export function libraryImports(context: ImportContext): Imports {
  return {
    /** dlopen(3): 1 where the library of this handle is loaded now; 0 where it cannot be, and the reason is what `dlerror` gives. */
    _dlopen_js: (handle: number) =>
      attempt(context, () => {
        const { memory, state } = context
        const path = textAt(context, handle + DSO.name, MOST_PATH_BYTES)
        const library = context.linker.load(path, (memory.int32(handle + DSO.flags) & RTLD_GLOBAL) !== 0)
        state.libraries.set(handle >>> 0, library)
        describe(context, handle, library)
        return 1
      }),
    /** dlsym(3): where a symbol of a loaded library is; 0 where there is none. */
    _dlsym_js: (handle: number, name: number) =>
      attempt(context, () => {
        const library = context.state.libraries.get(handle >>> 0)
        const symbol = textAt(context, name, MOST_SYMBOL_BYTES)
        const address = library && context.linker.addressOf(symbol, library)
        if (address === undefined) throw new LibraryError(`there is no symbol ${symbol}`)
        return address
      }),
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

/** What cannot be done is told by `dlerror`; what ends the interpreter ends it. */
function attempt(context: ImportContext, work: () => number): number {
  try {
    return work()
  } catch (error) {
    if (error instanceof LibraryError || error instanceof CallError) return fail(context, error.message)
    throw error
  }
}

function textAt({ memory }: ImportContext, pointer: number, most: number): string {
  const text = fromByteText(byteText(memory.zeroTerminated(pointer, most)))
  if (text === undefined) throw new LibraryError('the name is no UTF-8')
  return text
}

/** Tells libc where it lies, and gives back the file, which libc has read whole and would keep (packages.md 2). */
function describe({ exports, memory }: ImportContext, handle: number, library: Library): void {
  const file = memory.int32(handle + DSO.file)
  memory.setInt32(handle + DSO.file, 0)
  memory.setInt32(handle + DSO.fileSize, 0)
  exports.free(file)
  memory.setUint8(handle + DSO.hasMemory, 1)
  memory.setInt32(handle + DSO.memory, library.memoryBase)
  memory.setInt32(handle + DSO.memorySize, library.memorySize)
  memory.setInt32(handle + DSO.table, library.tableBase)
  memory.setInt32(handle + DSO.tableSize, library.tableSize)
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

/** `struct dso` of this libc: where its members are. */
const DSO = {
  flags: 4,
  hasMemory: 8,
  memory: 12,
  memorySize: 16,
  table: 20,
  tableSize: 24,
  file: 28,
  fileSize: 32,
  name: 36,
} as const
const RTLD_GLOBAL = 256
/** Names of C++ have their types in them. */
const MOST_SYMBOL_BYTES = 65_536
const MOST_CLOSURES = 256
const MOST_CLOSURE_BYTES = 4_096
