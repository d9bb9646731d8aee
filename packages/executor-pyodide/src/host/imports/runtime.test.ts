import { expect, test } from 'vitest'
import { runtimeImports } from './runtime.ts'

test('what has no meaning here gives nothing, no pointer and no reference', () => {
  const given = Object.entries(runtimeImports()).map(([name, call]) => [name, call(-1, -1)])
  expect(Object.fromEntries(given)).toEqual({
    emscripten_runtime_keepalive_push: undefined,
    emscripten_runtime_keepalive_pop: undefined,
    _emscripten_runtime_keepalive_clear: undefined,
    emscripten_log_impl_js: undefined,
    _emscripten_log_formatted: undefined,
    emscripten_debugger: undefined,
    _Py_emscripten_runtime: 0,
    can_run_sync_js: 0,
    __hiwire_deduplicate_new: null,
  })
})
