/** What the host uses of the module; a module that is made smaller has to keep these. */
export interface GuestExports {
  readonly memory: WebAssembly.Memory
  readonly __indirect_function_table: WebAssembly.Table
  readonly __wasm_call_ctors: () => void
  readonly __main_argc_argv: (count: number, values: number) => number
  readonly PyRun_SimpleString: (text: number) => number
  readonly PyThreadState_GetUnchecked: () => number
  readonly PyUnstable_ThreadState_SetStackProtection: (thread: number, start: number, size: number) => number
  readonly malloc: (bytes: number) => number
  readonly free: (pointer: number) => void
  readonly emscripten_builtin_memalign: (alignment: number, bytes: number) => number
  readonly emscripten_stack_get_current: () => number
  readonly _emscripten_stack_restore: (pointer: number) => void
  readonly __dl_seterr: (format: number, values: number) => void
  /** Addresses. */
  readonly _PyRuntime: WebAssembly.Global
  readonly _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: WebAssembly.Global
  readonly Py_EMSCRIPTEN_SIGNAL_HANDLING: WebAssembly.Global
}

const KINDS: Readonly<Record<keyof GuestExports, WebAssembly.ImportExportKind>> = {
  memory: 'memory',
  __indirect_function_table: 'table',
  __wasm_call_ctors: 'function',
  __main_argc_argv: 'function',
  PyRun_SimpleString: 'function',
  PyThreadState_GetUnchecked: 'function',
  PyUnstable_ThreadState_SetStackProtection: 'function',
  malloc: 'function',
  free: 'function',
  emscripten_builtin_memalign: 'function',
  emscripten_stack_get_current: 'function',
  _emscripten_stack_restore: 'function',
  __dl_seterr: 'function',
  _PyRuntime: 'global',
  _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: 'global',
  Py_EMSCRIPTEN_SIGNAL_HANDLING: 'global',
}

/** Their names. */
export const EXPORT_NAMES: readonly string[] = Object.keys(KINDS)

/** What an instance of the module gives. Throws `TypeError` where the module lacks one, as a build of another Pyodide would. */
export function exportsOf(module: WebAssembly.Module, instance: WebAssembly.Instance): GuestExports {
  const given = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]))
  const missing = Object.entries(KINDS).filter(([name, kind]) => given.get(name) !== kind)
  if (missing.length > 0) throw new TypeError(`the interpreter does not export ${missing.map(([name]) => name).join(', ')}`)
  return instance.exports as unknown as GuestExports // names and kinds are checked; the signatures are those of the pinned build
}
