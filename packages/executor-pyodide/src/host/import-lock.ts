/**
 * The functions that the pinned build of Pyodide imports, by their types: `iij:i` takes two numbers of 32 bits and one of 64, and gives one
 * of 32 (`d`: a double, `e`: a reference to a JavaScript object). A new build with other imports has to be looked at before it runs.
 */
export const IMPORTED: ReadonlyMap<string, string> = new Map(
  Object.entries(namesByType()).flatMap(([type, lines]) =>
    lines.flatMap((line) => line.split(' ')).map((name): [string, string] => [name, type]),
  ),
)

/** Throws `TypeError` where a module does not import exactly these functions. What else it imports are addresses of functions that draw or write to a console. */
export function checkImports(module: WebAssembly.Module): void {
  const unknown: string[] = []
  const missing = new Set(IMPORTED.keys())
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const isKnown =
      kind === 'function'
        ? IMPORTED.has(name) && FUNCTION_MODULES.has(from)
        : kind === 'global' && from === 'GOT.func' && ADDRESS.test(name)
    if (!isKnown) unknown.push(`${from}.${name} (${kind})`)
    if (kind === 'function') missing.delete(name)
  }
  if (unknown.length > 0) throw new TypeError(`the interpreter imports what this version does not know: ${unknown.join(', ')}`)
  if (missing.size > 0) throw new TypeError(`the interpreter does not import ${[...missing].join(', ')}: it is not the pinned build`)
}

const FUNCTION_MODULES: ReadonlySet<string> = new Set(['env', 'wasi_snapshot_preview1'])
const ADDRESS = /^emscripten_(gl[A-Z]|console_|out$|err$)/

function namesByType(): Readonly<Record<string, readonly string[]>> {
  return {
    ':': [
      'JsvPromise_Syncify_handleError _abort_js _emscripten_runtime_keepalive_clear capture_stderr emscripten_debugger',
      'emscripten_runtime_keepalive_pop emscripten_runtime_keepalive_push fail_test pyodide_js_init throw_no_gil',
    ],
    ':d': ['emscripten_date_now emscripten_get_now'],
    ':e': [
      'JsvArray_New JsvLiteralMap_New JsvMap_New JsvObject_New JsvSet_New Jsv_GetError_import __hiwire_deduplicate_new',
      'get_suspender my_dict_converter restore_stderr saveState',
    ],
    ':i': [
      '_Py_CheckEmscriptenSignals_Helper _Py_emscripten_runtime __syscall_getuid32_js can_run_sync_js emscripten_get_heap_max',
      'emscripten_promise_create emscripten_set_up_async_input_device_js jslib_init_buffers_js jslib_init_js',
    ],
    'd:e': ['JsvNum_fromDouble'],
    'e:': ['JsvError_Throw destroy_jsarray_entries gc_register_proxies raw_call_js restoreState set_pyodide_module set_suspender'],
    'e:e': [
      'JsArray_reversed_iterator JsMap_GetIter_js JsModule_GetAll_js JsObjMap_GetIter_js JsProxy_Dir_js JsProxy_GetAsyncIter_js',
      'JsProxy_GetIter_js JsProxy_aexit_js JsProxy_to_weakref_js JsvArray_ShallowCopy JsvObject_Entries JsvObject_Keys',
      'JsvObject_Values JsvObject_toString JsvPromise_Resolve Jsv_BigIntToNum Jsv_typeof get_async_js_call_done_callback',
    ],
    'e:i': [
      'JsArray_reverse_js JsDoubleProxy_unwrap_js JsMap_clear_js JsObjMap_length_js JsProxy_Bool_js JsProxy_exit_js JsvArray_Check',
      'JsvAsyncGenerator_Check JsvError_Check JsvFunction_Check JsvGenerator_Check JsvNoValue_Check JsvNum_toInt JsvPromise_Check',
      'Jsv_constructorName Jsv_to_bool destroy_proxies_js get_length_helper get_length_string is_comlink_proxy',
      'js2python_immutable_js js2python_js pyproxy_AsPyObject pyproxy_Check',
    ],
    'ee:': ['JsvArray_Extend __hiwire_deduplicate_delete _python2js_handle_postprocess_list'],
    'ee:e': [
      'JsObjMap_subscript_js JsProxy_subscript_js JsvFunction_Call_OneArg JsvFunction_Construct JsvObject_CallMethod_NoArgs',
      '_JsArray_PostProcess_helper syncifyHandler wrap_async_generator wrap_generator',
    ],
    'ee:i': [
      'JsArray_count_js JsObjMap_contains_js JsvArray_Push JsvSet_Add Jsv_equal Jsv_greater_than Jsv_greater_than_equal',
      'Jsv_less_than Jsv_less_than_equal Jsv_not_equal __hiwire_deduplicate_get',
    ],
    'eee:e': ['JsvFunction_CallBound JsvObject_CallMethod JsvObject_CallMethod_OneArg'],
    'eee:i': ['JsObjMap_ass_subscript_js JsvMap_Set JsvObject_SetAttr _JsArray_PushEntry_helper _JsObject_Set_js'],
    'eeee:e': ['JsvObject_CallMethod_TwoArgs'],
    'eeei:': ['_python2js_addto_postprocess_list'],
    'eei:': ['__hiwire_deduplicate_set'],
    'eeii:i': ['JsArray_index_js'],
    'ei:': ['destroy_proxies destroy_proxy'],
    'ei:e': [
      'JsArray_repeat_js JsBuffer_DecodeString_js JsProxy_GetAttr_js JsvArray_Delete JsvArray_Get _python2js_cache_lookup',
      'proxy_cache_get python2js__default_converter_js python2js__eager_converter_js',
    ],
    'ei:i': [
      'JsArray_inplace_repeat_js JsProxy_DelAttr_js JsProxy_compute_typeflags JsvBuffer_assignFromPtr JsvBuffer_assignToPtr',
      'JsvBuffer_intoFile JsvBuffer_readFromFile JsvBuffer_writeToFile',
    ],
    'eie:': ['proxy_cache_set'],
    'eie:i': ['JsProxy_SetAttr_js JsvArray_Insert JsvArray_Set _python2js_add_to_cache js2python_convert'],
    'eii:e': ['handle_next_result_js'],
    'eiiii:': ['JsBuffer_get_info'],
    'eiiii:e': ['JsvArray_slice'],
    'eiiii:i': ['_agen_handle_result_js'],
    'eiiiiii:i': ['JsvArray_slice_assign'],
    'i:': ['emscripten_log_impl_js emscripten_promise_destroy exit ffi_closure_free_js proc_exit'],
    'i:e': ['JsvBigInt_fromInt JsvNum_fromInt JsvUTF8ToString pyproxy_new'],
    'i:i': [
      '__syscall_chdir __syscall_dup __syscall_fchdir __syscall_fdatasync __syscall_pipe __syscall_rmdir __syscall_umask_js',
      '_dlopen_js _emscripten_lookup_name _emscripten_system emscripten_resize_heap fd_close fd_sync getprotobyname',
    ],
    'i:j': ['_mktime_js _timegm_js'],
    'id:i': ['_setitimer_js'],
    'ie:e': ['_pyproxyGen_make_result'],
    'ieeee:e': ['python2js_custom__create_jscontext'],
    'iei:e': ['new_error'],
    'ii:': ['__call_sighandler _emscripten_get_progname _emscripten_log_formatted hiwire_invalid_ref_js'],
    'ii:e': ['JsvBigInt_fromDigits _python2js_ascii _python2js_ucs1 _python2js_ucs2 _python2js_ucs4 array_to_js create_once_callable'],
    'ii:i': [
      '__syscall_chmod __syscall_fchmod __syscall_fstat64 __syscall_getcwd __syscall_lstat64 __syscall_stat64 clock_res_get',
      'environ_get environ_sizes_get fd_fdstat_get ffi_closure_alloc_js random_get',
    ],
    'iiei:e': ['create_promise_handles'],
    'iii:': ['emscripten_promise_resolve'],
    'iii:e': ['JsException_new_helper _maybe_connect_async _maybe_poll_async _maybe_recvfrom_async _maybe_sendto_async'],
    'iii:i': [
      '__syscall_dup3 __syscall_fchown32 __syscall_fcntl64 __syscall_fstatfs64 __syscall_getdents64 __syscall_ioctl',
      '__syscall_mkdirat __syscall_poll __syscall_statfs64 __syscall_symlinkat __syscall_unlinkat _dlsym_js _try_shutdown',
      'emscripten_asm_const_int',
    ],
    'iiii:': ['__assert_fail _emscripten_dlopen_js _tzset_js ffi_call_js'],
    'iiii:i': [
      '_PyEM_TrampolineCall_JS __syscall_faccessat __syscall_fchmodat2 __syscall_mknodat __syscall_newfstatat __syscall_openat',
      '__syscall_readlinkat __syscall_renameat __syscall_utimensat _try_fcntl64 fd_read fd_write getaddrinfo',
    ],
    'iiiii:e': ['pyproxy_new_ex'],
    'iiiii:i': ['__syscall_fchownat ffi_prep_closure_loc_js'],
    'iiiiii:i': [
      '__syscall_accept4 __syscall_bind __syscall_connect __syscall_getpeername __syscall_getsockname __syscall_getsockopt',
      '__syscall_listen __syscall_recvfrom __syscall_recvmsg __syscall_sendmsg __syscall_sendto __syscall_socket',
    ],
    'iiiiiieeiiii:e': ['_pyproxy_get_buffer_result'],
    'iiiiiii:e': ['_python2js_buffer_inner'],
    'iiiiiii:i': ['getnameinfo'],
    'iiiiij:i': ['_msync_js _munmap_js'],
    'iiiijii:i': ['_mmap_js'],
    'iiiji:i': ['fd_pread fd_pwrite'],
    'iijj:i': ['__syscall_fallocate'],
    'ij:i': ['__syscall_ftruncate64 __syscall_truncate64'],
    'iji:i': ['clock_time_get'],
    'ijii:i': ['fd_seek'],
    'ijji:i': ['__syscall_fadvise64'],
    'ji:': ['_gmtime_js _localtime_js'],
  }
}
