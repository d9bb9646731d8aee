import { guestLinker } from '../../src/host/dynamic-linking/guest-linker.ts'
import type { Linker } from '../../src/host/dynamic-linking/linker.ts'
import { type CallError, ERRNO, type ErrnoName } from '../../src/host/errno.ts'
import type { GuestExports } from '../../src/host/exports.ts'
import type { FileSystemOptions } from '../../src/host/file-system/create-file-system.ts'
import { createFileSystem } from '../../src/host/file-system/create-file-system.ts'
import type { FileSystem } from '../../src/host/file-system/file-system.ts'
import type { HostOptions } from '../../src/host/host.ts'
import { implementedImports } from '../../src/host/import-table.ts'
import { type ImportContext, type Imports, newImportState } from '../../src/host/imports/import-context.ts'
import { GuestMemory } from '../../src/host/memory.ts'

/**
 * Memory, a table and an allocator in the place of the interpreter, and the real imports over a real file system: what an import does can be
 * seen without Python. Time goes by only where something waits.
 */
export interface StandIn {
  readonly context: ImportContext
  readonly memory: GuestMemory
  readonly files: FileSystem
  readonly imports: Imports
  /** Calls an import, with `undefined` for what it does not use. */
  call(name: string, ...values: readonly unknown[]): unknown
  /** Calls a system call that has to fail; the name of the reason. */
  failure(name: string, ...values: readonly unknown[]): ErrnoName | undefined
  /** Puts a text and a zero somewhere; where. */
  text(value: string): number
  /** Room for so many bytes, all of them zero. */
  room(bytes: number): number
  /** Opens a file by the import; the descriptor. */
  open(path: string, flags: number, permissions?: number): number
  /** Milliseconds that were waited. */
  waited(): number
}

/** What a test may want otherwise. */
export interface StandInOptions {
  readonly files?: Partial<FileSystemOptions> | undefined
  readonly host?: Partial<HostOptions> | undefined
}

/** Pages of the memory, at first. */
const STAND_IN_PAGES = 4
/** Its address space ends here. */
export const STAND_IN_END: number = STAND_IN_PAGES * 65_536
/** What the date is. */
export const STAND_IN_DATE: number = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

export function standIn(options: StandInOptions = {}): StandIn {
  let now = 1_000
  const clock = { now: () => now, date: () => STAND_IN_DATE + now - 1_000 }
  const randomFill = (target: Uint8Array): void => {
    target.fill(7)
  }
  const files = createFileSystem({ clock, randomFill, ...options.files })
  files.makeFolder('/tmp')
  files.setWorkingFolder('/home')
  const host: HostOptions = {
    fileSystem: files,
    environment: { HOME: '/home', LANG: 'C.UTF-8' },
    maxMemoryBytes: 2 * STAND_IN_END,
    clock,
    randomFill,
    wait: (ms) => {
      now += ms
    },
    dueSignal: () => 0,
    ...options.host,
  }
  const exports = standInExports()
  const memory = new GuestMemory()
  memory.attach(exports.memory)
  const context: ImportContext = {
    options: host,
    fileSystem: files,
    memory,
    exports,
    get linker() {
      linker ??= guestLinker(context, {}, imports)
      return linker
    },
    state: newImportState(),
  }
  const imports = implementedImports(context)
  let linker: Linker | undefined
  const call = (name: string, ...values: readonly unknown[]): unknown => imports[name]?.(...values)
  const room = (bytes: number): number => exports.malloc(bytes)
  const text = (value: string): number => {
    const bytes = new TextEncoder().encode(`${value}\0`)
    const pointer = room(bytes.length)
    memory.slice(pointer, bytes.length).set(bytes)
    return pointer
  }
  return {
    context,
    memory,
    files,
    imports,
    call,
    failure: (name, ...values) => errnoName(call(name, ...values)),
    text,
    room,
    open: (path, flags, permissions = 0o644) => {
      const values = room(4)
      memory.setInt32(values, permissions)
      return Number(call('__syscall_openat', WORKING_FOLDER, text(path), flags, values))
    },
    waited: () => now - 1_000,
  }
}

/** The name of a number that a system call (negative) or a call of WASI (positive) gave. */
function errnoName(result: unknown): ErrnoName | undefined {
  const errno = Math.abs(Number(result))
  return ENTRIES.find(([, number]) => number === errno)?.[0]
}

/** `AT_FDCWD`. */
export const WORKING_FOLDER = -100

/** What calls of the file system throw, by its name. */
export function codeOf(call: () => unknown): CallError['code'] | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    return (error as CallError).code
  }
}

function standInExports(): GuestExports {
  const memory = new WebAssembly.Memory({ initial: STAND_IN_PAGES, maximum: 4 * STAND_IN_PAGES })
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 3 })
  let next = 1_024
  const allocate = (bytes: number): number => {
    const pointer = next
    if (pointer + bytes > memory.buffer.byteLength) return 0
    next = Math.ceil((pointer + bytes) / 16) * 16
    return pointer
  }
  const global = new WebAssembly.Global({ value: 'i32' }, 0)
  return {
    memory,
    __indirect_function_table: table,
    __wasm_call_ctors: () => {},
    __main_argc_argv: () => 0,
    PyRun_SimpleString: () => 0,
    PyThreadState_GetUnchecked: () => 0,
    PyUnstable_ThreadState_SetStackProtection: () => 0,
    malloc: allocate,
    free: () => {},
    emscripten_builtin_memalign: (_alignment, bytes) => allocate(bytes),
    emscripten_stack_get_current: () => 0,
    _emscripten_stack_restore: () => {},
    __dl_seterr: () => {},
    _PyRuntime: global,
    _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: global,
    Py_EMSCRIPTEN_SIGNAL_HANDLING: global,
  }
}

const ENTRIES = Object.entries(ERRNO) as [ErrnoName, number][]
