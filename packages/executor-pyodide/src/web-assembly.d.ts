/** What the language's own declarations leave to those of a browser: as much of it as is used here. */
declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'global' | 'memory' | 'table' | 'tag'
  // biome-ignore lint/complexity/noBannedTypes: any function of JavaScript can be imported
  type ImportValue = Function | Global | Memory | Table
  type ExportValue = ImportValue
  type Exports = Readonly<Record<string, ExportValue>>
  type Imports = Record<string, Record<string, ImportValue>>

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
    static imports(module: Module): { module: string; name: string; kind: ImportExportKind }[]
    static exports(module: Module): { name: string; kind: ImportExportKind }[]
  }

  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Exports
  }

  class Memory {
    constructor(descriptor: { initial: number; maximum?: number })
    readonly buffer: ArrayBuffer
    /** Pages of 64 KiB; how many there were before. */
    grow(pages: number): number
  }

  class Table {
    constructor(descriptor: { element: 'anyfunc'; initial: number; maximum?: number })
    readonly length: number
    get(slot: number): unknown
    set(slot: number, value: unknown): void
    grow(slots: number): number
  }

  class Global {
    constructor(descriptor: { value: 'i32' | 'i64' | 'f32' | 'f64'; mutable?: boolean }, value: number | bigint)
    value: number | bigint
  }

  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}

  function validate(bytes: Uint8Array<ArrayBuffer>): boolean
}
