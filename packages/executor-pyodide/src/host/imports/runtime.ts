import type { Imports } from './import-context.ts'

/** What the compiler's runtime asks for, and what has no meaning here. */
export function runtimeImports(): Imports {
  return {
    /** A runtime that stays after `main`: this one always does. */
    emscripten_runtime_keepalive_push: nothing,
    emscripten_runtime_keepalive_pop: nothing,
    _emscripten_runtime_keepalive_clear: nothing,
    /** Texts for the console of a browser: there is none. */
    emscripten_log_impl_js: nothing,
    _emscripten_log_formatted: nothing,
    emscripten_debugger: nothing,
    /** What `platform` would say of the browser or of Node: a null pointer, nothing is known. */
    _Py_emscripten_runtime: () => 0,
    /** Whether Python can wait for a promise of JavaScript: no. */
    can_run_sync_js: () => 0,
    /** A map for references to JavaScript objects, made while the module starts: there are none. */
    __hiwire_deduplicate_new: () => null,
  }
}

function nothing(): void {}
