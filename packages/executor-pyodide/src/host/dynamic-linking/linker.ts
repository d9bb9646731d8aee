import { readDylinkSection } from './dylink-section.ts'
import { FunctionTable } from './function-table.ts'
import type { Library } from './library.ts'
import { LibraryError } from './library-error.ts'
import { importsOfLibrary, type LibraryImports } from './library-imports.ts'
import { exportedBy, Symbols } from './symbols.ts'

/** Loads libraries beside the interpreter (packages.md 2). One for each life of an interpreter: after a restore nothing is loaded. */
export interface Linker {
  /**
   * Loads a library and what it needs; one that is loaded already is given again. `isGlobal`: those that come later see its names.
   * Throws `LibraryError`. What was loaded before the error stays, and nothing finds a library that was not loaded whole.
   */
  load(path: string, isGlobal: boolean): Library
  /** The address of what a library exports, undefined where it exports nothing of that name. */
  addressOf(name: string, library: Library): number | undefined
}

/** What a linker works with. */
export interface LinkerOptions {
  readonly exports: WebAssembly.Exports
  readonly memory: WebAssembly.Memory
  readonly table: WebAssembly.Table
  /** Memory at a multiple of `alignment`, all of it zero; 0 where there is none. */
  allocate(alignment: number, bytes: number): number
  /** Functions of the host that a library may call. */
  readonly hostFunctions: ReadonlyMap<string, WebAssembly.ImportValue>
  /** The bytes of a file, undefined where there is none. */
  readFile(path: string): Uint8Array<ArrayBuffer> | undefined
  /** Whether these bytes may be run: they are those of a package that was checked. */
  isAllowed(library: Uint8Array): boolean
}

export function createLinker(options: LinkerOptions): Linker {
  const { table } = options
  const symbols = new Symbols(options.exports)
  const loaded = new Map<string, Library>()
  const loading = new Set<string>()
  let known: FunctionTable | undefined

  function load(path: string, isGlobal: boolean): Library {
    const present = loaded.get(path)
    if (present !== undefined) {
      if (isGlobal) symbols.share(present)
      return present
    }
    if (loading.has(path)) throw new LibraryError(`${path} needs itself`)
    loading.add(path)
    try {
      const library = loadNew(path, isGlobal)
      loaded.set(path, library)
      return library
    } finally {
      loading.delete(path)
    }
  }
  function loadNew(path: string, isGlobal: boolean): Library {
    const bytes = options.readFile(path)
    if (bytes === undefined) throw new LibraryError(`there is no file ${path}`)
    if (!options.isAllowed(bytes)) throw new LibraryError(`${path} belongs to no package that was checked: only those are loaded`)
    const section = named(path, () => readDylinkSection(bytes))
    const dependencies = section.needed.map((name) => load(needed(name, path, section.runtimePaths), isGlobal))
    const module = named(path, () => compiled(bytes))
    const functions = functionTable()
    const memoryBase =
      section.memorySize === 0 ? 0 : options.allocate(Math.max(section.memoryAlignment, LEAST_ALIGNMENT), section.memorySize)
    if (section.memorySize > 0 && memoryBase === 0) throw new LibraryError(`there is no memory for ${path}`)
    const place = { memoryBase, memorySize: section.memorySize, tableSize: section.tableSize }
    const empty = { path, dependencies, ...place, tableBase: functions.reserve(section.tableSize, section.tableAlignment) }
    let library: Library = { ...empty, exports: {} }
    const imports = named(path, () => importsFor(module, () => library))
    library = { ...empty, exports: named(path, () => instantiated(module, imports.table)) }
    functions.note(library.tableBase, library.tableSize)
    resolve(imports, library, section.weak)
    if (isGlobal) symbols.share(library)
    start(library)
    return library
  }
  /** Made before anything is added, so that what the interpreter has is known by its own slots. */
  function functionTable(): FunctionTable {
    known ??= new FunctionTable(table)
    return known
  }
  function importsFor(module: WebAssembly.Module, library: () => Library): LibraryImports {
    return importsOfLibrary(module, { ...options, library, find: (name) => symbols.find(name, library()) })
  }
  /** Fills in the addresses that the library has asked for. */
  function resolve({ addresses }: LibraryImports, library: Library, weak: ReadonlySet<string>): void {
    for (const { name, global } of addresses) {
      const found = symbols.find(name, library)
      if (found !== undefined) global.value = addressIn(found.value, found.base)
      else if (!weak.has(name)) throw new LibraryError(`${library.path} needs ${name}, which is nowhere`)
    }
  }
  function addressIn(value: WebAssembly.ExportValue, base: number): number {
    if (typeof value === 'function') return functionTable().addressOf(value)
    if (value instanceof WebAssembly.Global) return Number(value.value) + base
    throw new LibraryError('what has no address was asked for one')
  }
  /** The file of a library that another one needs: in its runtime paths, beside it, or where shared ones lie. */
  function needed(name: string, path: string, runtimePaths: readonly string[]): string {
    const origin = path.slice(0, path.lastIndexOf('/'))
    const folders = [...runtimePaths.map((each) => each.replaceAll('$ORIGIN', origin)), origin, SHARED_FOLDER]
    const found = folders.map((folder) => `${folder}/${name}`).find((file) => loaded.has(file) || options.readFile(file) !== undefined)
    if (found === undefined) throw new LibraryError(`${path} needs the library ${name}, which is in none of ${folders.join(', ')}`)
    return found
  }

  return {
    load,
    addressOf(name, library) {
      const found = exportedBy(name, library)
      return found && addressIn(found.value, found.base)
    },
  }

  function start({ exports }: Library): void {
    for (const name of ['__wasm_apply_data_relocs', '__wasm_call_ctors']) {
      const called = exports[name]
      if (typeof called === 'function') called()
    }
  }
  function compiled(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
    try {
      return new WebAssembly.Module(bytes)
    } catch (cause) {
      throw new LibraryError('it is no WebAssembly that can be run', { cause })
    }
  }
  function instantiated(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Exports {
    try {
      return new WebAssembly.Instance(module, imports).exports
    } catch (cause) {
      if (!(cause instanceof WebAssembly.LinkError)) throw cause
      throw new LibraryError(`it was built for another interpreter (${cause.message})`, { cause })
    }
  }
  /** Lets an error say which library it is about. */
  function named<Value>(path: string, work: () => Value): Value {
    try {
      return work()
    } catch (error) {
      if (error instanceof LibraryError) throw new LibraryError(`${path} cannot be loaded: ${error.message}`, { cause: error })
      throw error
    }
  }
}

/** Of data in memory, where a library asks for less (packages.md 2). */
const LEAST_ALIGNMENT = 16

/** Where packages put libraries that others need. */
const SHARED_FOLDER = '/usr/lib'
