import type { Library } from './library.ts'

/** What a name stands for: a function or address of the interpreter or of a library. */
export interface FoundSymbol {
  readonly value: WebAssembly.ExportValue
  /** What has to be added to an address: 0 for the interpreter, whose addresses are whole. */
  readonly base: number
}

/** Names that are looked up over all that is loaded. */
export class Symbols {
  readonly #interpreter: WebAssembly.Exports
  readonly #global = new Map<string, FoundSymbol>()

  constructor(interpreter: WebAssembly.Exports) {
    this.#interpreter = interpreter
  }

  /** In this order: the interpreter, libraries that were loaded for all (`RTLD_GLOBAL`), what the library depends on, the library itself. */
  find(name: string, library: Library): FoundSymbol | undefined {
    const own = this.#interpreter[name]
    if (own !== undefined) return { value: own, base: 0 }
    return this.#global.get(name) ?? inDependencies(name, library, new Set()) ?? exportedBy(name, library)
  }

  /** Lets all libraries that come later see what this one exports. The first of a name stays. */
  share(library: Library): void {
    for (const name of Object.keys(library.exports)) {
      const found = exportedBy(name, library)
      if (found !== undefined && !name.startsWith('__wasm_') && !this.#global.has(name)) this.#global.set(name, found)
    }
  }
}

/** What a library itself exports by a name. */
export function exportedBy(name: string, library: Library): FoundSymbol | undefined {
  const value = library.exports[name]
  return value === undefined ? undefined : { value, base: library.memoryBase }
}

function inDependencies(name: string, { dependencies }: Library, seen: Set<Library>): FoundSymbol | undefined {
  for (const library of dependencies) {
    if (seen.has(library)) continue
    seen.add(library)
    const found = exportedBy(name, library) ?? inDependencies(name, library, seen)
    if (found !== undefined) return found
  }
  return undefined
}
