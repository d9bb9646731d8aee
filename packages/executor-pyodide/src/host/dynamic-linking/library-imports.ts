import { GuestAbort } from '../faults.ts'
import { IMPORTED } from '../import-lock.ts'
import type { Library } from './library.ts'
import { LibraryError } from './library-error.ts'
import type { FoundSymbol } from './symbols.ts'

/** All that a library imports. */
export interface LibraryImports {
  readonly table: WebAssembly.Imports
  /** Addresses that it reads from here; they are known when it is instantiated, for some are its own. */
  readonly addresses: readonly { readonly name: string; readonly global: WebAssembly.Global }[]
}

/** Where imports are found. */
export interface ImportSources {
  readonly exports: WebAssembly.Exports
  readonly memory: WebAssembly.Memory
  readonly table: WebAssembly.Table
  readonly hostFunctions: ReadonlyMap<string, WebAssembly.ImportValue>
  /** The library itself: what it exports is known once it is instantiated. */
  library(): Library
  find(name: string): FoundSymbol | undefined
}

/** Gives a library what it imports. Throws `LibraryError` where it wants what no library may have; JavaScript that it brings is never run. */
export function importsOfLibrary(module: WebAssembly.Module, sources: ImportSources): LibraryImports {
  refuseJavaScript(module)
  const table: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  const addresses: { name: string; global: WebAssembly.Global }[] = []
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const names = table[from] ?? {}
    table[from] = names
    if (ADDRESS_MODULES.has(from) && kind === 'global') {
      const global = new WebAssembly.Global({ value: 'i32', mutable: true }, 0)
      names[name] = global
      addresses.push({ name, global })
    } else if (FUNCTION_MODULES.has(from)) names[name] = importNamed(name, kind, sources)
    else throw new LibraryError(`it imports from ${from}, where no library finds anything`)
  }
  return { table, addresses }
}

/** EM_JS brings functions as texts, EM_ASM statements. */
function refuseJavaScript(module: WebAssembly.Module): void {
  const brought = WebAssembly.Module.exports(module).find(({ name }) => /^__em_js__|^__start_em_asm$/.test(name))
  if (brought !== undefined) throw new LibraryError(`it brings JavaScript (${brought.name}), which is never run here`)
}

function importNamed(name: string, kind: WebAssembly.ImportExportKind, sources: ImportSources): WebAssembly.ImportValue {
  const own = OWN[name]?.(sources)
  if (own !== undefined) return own
  const found = kind === 'function' ? sources.find(name)?.value : sources.exports[name]
  if (found !== undefined && (kind === 'function') === (typeof found === 'function')) return found
  if (kind !== 'function') throw new LibraryError(`it imports ${name} (${kind}), which the interpreter does not have`)
  const given = sources.hostFunctions.get(name)
  if (given !== undefined) return given
  if (IMPORTED.has(name)) throw new LibraryError(`it calls ${name}, a function of JavaScript that programs may not have`)
  return foundWhenCalled(name, sources)
}

/** What is different for each library, or has another name in the interpreter. */
const OWN: Readonly<Record<string, (sources: ImportSources) => WebAssembly.ImportValue | undefined>> = {
  memory: ({ memory }) => memory,
  __indirect_function_table: ({ table }) => table,
  __memory_base: ({ library }) => new WebAssembly.Global({ value: 'i32' }, library().memoryBase),
  __table_base: ({ library }) => new WebAssembly.Global({ value: 'i32' }, library().tableBase),
}

/** A function that is nowhere yet: its own, or one of a library that is loaded later. */
function foundWhenCalled(name: string, { find, library }: ImportSources): WebAssembly.ImportValue {
  let target: WebAssembly.ExportValue | undefined
  return (...values: unknown[]): unknown => {
    target ??= find(name)?.value
    if (typeof target !== 'function') throw new GuestAbort(`${library().path} calls ${name}, which is nowhere`)
    return target(...values)
  }
}

const ADDRESS_MODULES: ReadonlySet<string> = new Set(['GOT.mem', 'GOT.func'])
const FUNCTION_MODULES: ReadonlySet<string> = new Set(['env', 'wasi_snapshot_preview1'])
