/** A library that is loaded, or is being loaded. */
export interface Library {
  readonly path: string
  /** What names have to be found in before its own. */
  readonly dependencies: readonly Library[]
  /** Where its data begins in memory, and how many bytes it has; 0 where it has none. */
  readonly memoryBase: number
  readonly memorySize: number
  /** Where its slots begin in the table, and how many there are. */
  readonly tableBase: number
  readonly tableSize: number
  /** Empty until it is instantiated. */
  readonly exports: WebAssembly.Exports
}
