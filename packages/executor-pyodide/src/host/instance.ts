import { guestLinker } from './dynamic-linking/guest-linker.ts'
import type { Linker } from './dynamic-linking/linker.ts'
import { exportsOf, type GuestExports } from './exports.ts'
import { GuestAbort } from './faults.ts'
import type { FileSystem } from './file-system/file-system.ts'
import type { CapturedHeap, HeapImage, Host, HostOptions } from './host.ts'
import { implementedImports, importTable } from './import-table.ts'
import { type ImportContext, newImportState } from './imports/import-context.ts'
import { GuestMemory } from './memory.ts'
import { PAGE_BYTES } from './memory-limit.ts'
import { instantiateTrampoline } from './trampoline.ts'

/**
 * An instance of the interpreter, which has not begun: `boot` or `restore` comes next.
 * Throws `TypeError` where the module is not the pinned build.
 */
export function instantiateHost(module: WebAssembly.Module, options: HostOptions): Host {
  const guest: Guest = { fileSystem: options.fileSystem, state: newImportState(), instance: undefined, linker: undefined }
  const context = contextOf(guest, options)
  const instance = new WebAssembly.Instance(module, importTable(module, context))
  const exports = exportsOf(module, instance)
  guest.instance = { exports, all: instance.exports }
  context.memory.attach(exports.memory)
  // Always the first slot after the module's own, so that an image finds it where it was.
  const trampolineSlot = exports.__indirect_function_table.grow(1)
  exports.__indirect_function_table.set(trampolineSlot, instantiateTrampoline(exports.memory, exports.__indirect_function_table))

  let isUsed = false
  return {
    get fileSystem() {
      return guest.fileSystem
    },
    get isOutOfMemory() {
      return guest.state.isOutOfMemory
    },
    set isOutOfMemory(isOutOfMemory) {
      guest.state.isOutOfMemory = isOutOfMemory
    },
    memoryBytes: () => exports.memory.buffer.byteLength,
    boot: () => {
      isUsed = true
      boot(context, trampolineSlot)
    },
    run: (code) => run(context, code),
    capture: () => capture(exports),
    restore: (image, fileSystem) => {
      const wasUsed = isUsed
      isUsed = true
      restore(exports, image, wasUsed)
      guest.state = newImportState()
      guest.linker = undefined
      if (fileSystem !== undefined) guest.fileSystem = fileSystem
    },
    protectStack: (stackBytes) => protectStack(exports, stackBytes),
  }
}

/** What can change of an instance between two runs. */
interface Guest {
  fileSystem: FileSystem
  state: ImportContext['state']
  /** What the host uses of it, and all that it exports. */
  instance: { readonly exports: GuestExports; readonly all: WebAssembly.Exports } | undefined
  /** Made for the first library. */
  linker: Linker | undefined
}

/** The imports exist before the instance does: they find it when they are called. */
function contextOf(guest: Guest, options: HostOptions): ImportContext {
  function instance(): NonNullable<Guest['instance']> {
    if (guest.instance === undefined) throw new GuestAbort('the interpreter called out before it was there')
    return guest.instance
  }
  const context: ImportContext = {
    options,
    memory: new GuestMemory(),
    get fileSystem() {
      return guest.fileSystem
    },
    get state() {
      return guest.state
    },
    get exports() {
      return instance().exports
    },
    get linker() {
      guest.linker ??= guestLinker(context, instance().all, implementedImports(context))
      return guest.linker
    },
  }
  return context
}

/** Runs `main`, which starts Python and returns. */
function boot(context: ImportContext, trampolineSlot: number): void {
  const { exports } = context
  exports.__wasm_call_ctors()
  const { memory } = context
  const trampolineOffset = memory.int32(Number(exports._PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET.value))
  memory.setInt32(Number(exports._PyRuntime.value) + trampolineOffset, trampolineSlot)
  memory.setUint8(Number(exports.Py_EMSCRIPTEN_SIGNAL_HANDLING.value), 1)
  const name = copied(context, 'python')
  const names = exports.malloc(8)
  if (name === 0 || names === 0) throw new GuestAbort('there is no memory to start the interpreter')
  memory.setInt32(names, name)
  memory.setInt32(names + 4, 0)
  const code = exports.__main_argc_argv(1, names)
  if (code !== 0) throw new GuestAbort(`the interpreter did not start: ${code}`)
}

function run(context: ImportContext, code: string): boolean {
  const text = copied(context, code)
  if (text === 0) {
    context.state.isOutOfMemory = true
    return false
  }
  const failed = context.exports.PyRun_SimpleString(text)
  context.exports.free(text)
  return failed === 0
}

function capture(exports: GuestExports): CapturedHeap {
  return {
    memoryBytes: exports.memory.buffer.byteLength,
    tableLength: exports.__indirect_function_table.length,
    stackPointer: exports.emscripten_stack_get_current(),
    memory: new Uint8Array(exports.memory.buffer),
  }
}

/**
 * A new instance of a module without data has nothing to be cleared, and pages that nobody touches cost neither memory nor time. Whether
 * the module has data shows in the first page of the image, where Python's own static data lie.
 */
function restore(exports: GuestExports, image: HeapImage, isUsed: boolean): void {
  const missingBytes = image.memoryBytes - exports.memory.buffer.byteLength
  if (missingBytes > 0) exports.memory.grow(missingBytes / PAGE_BYTES)
  const missingSlots = image.tableLength - exports.__indirect_function_table.length
  if (missingSlots > 0) exports.__indirect_function_table.grow(missingSlots)
  const memory = new Uint8Array(exports.memory.buffer)
  const clear = isUsed || !isZero(memory, image.runs[0]?.offset ?? 0)
  let end = 0
  let position = 0
  for (const { offset, length } of image.runs) {
    if (clear) memory.fill(0, end, offset)
    image.read(memory.subarray(offset, offset + length), position)
    position += length
    end = offset + length
  }
  if (clear) memory.fill(0, end)
  exports._emscripten_stack_restore(image.stackPointer)
}

function isZero(memory: Uint8Array, offset: number): boolean {
  return memory.subarray(offset, offset + SYSTEM_PAGE_BYTES).every((byte) => byte === 0)
}

/** Leaves Python so many bytes of its own stack that are below it now; it wants to know where they begin. */
function protectStack(exports: GuestExports, stackBytes: number): void {
  const top = exports.emscripten_stack_get_current() >>> 0
  const size = Math.min(Math.max(Math.floor(stackBytes / STACK_RATIO), LEAST_STACK_BYTES), MOST_STACK_BYTES)
  const failed = exports.PyUnstable_ThreadState_SetStackProtection(exports.PyThreadState_GetUnchecked(), top - size, size)
  if (failed !== 0) throw new GuestAbort('the stack cannot be protected')
}

/** A text with a zero at its end in the interpreter's memory, to be freed; 0 where there is none left. */
function copied({ exports, memory }: ImportContext, text: string): number {
  const bytes = new TextEncoder().encode(`${text}\0`)
  const pointer = exports.malloc(bytes.length)
  if (pointer !== 0) memory.slice(pointer, bytes.length).set(bytes)
  return pointer
}

/**
 * Python knows of its own stack alone, in which C code lays what has an address; what V8 needs beside it for the same depth is more, most in
 * a comparison of nested lists (measured: 17 to 20 times as much).
 */
const STACK_RATIO = 24
/** What 4 MB allow for, about; with less, ordinary recursion would end too early. */
const LEAST_STACK_BYTES = 200_000
/** The module has 5 MB for it. */
const MOST_STACK_BYTES = 4_000_000
/** In units of it memory is given to a process, where it is touched. */
const SYSTEM_PAGE_BYTES = 4_096
