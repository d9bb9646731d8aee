/**
 * The addresses of functions: slots of the table that all modules share. A function has one address, whoever asks for it, or pointers to it
 * that have to be equal are not; so each one that is in the table already is found by what it is.
 */
export class FunctionTable {
  readonly #table: WebAssembly.Table
  readonly #slots = new Map<unknown, number>()

  /** Notes what is in the table now: what the interpreter itself has put there. */
  constructor(table: WebAssembly.Table) {
    this.#table = table
    this.note(0, table.length)
  }

  /** Room for the functions of a library, beginning at a multiple of `alignment`; where. */
  reserve(size: number, alignment: number): number {
    if (size === 0) return 0
    const present = this.#table.length
    const start = Math.ceil(present / alignment) * alignment
    this.#table.grow(start - present + size)
    return start
  }

  /** Notes what a library put into its slots. The first slot of a function is its address. */
  note(start: number, size: number): void {
    for (let slot = start; slot < start + size; slot += 1) {
      const found: unknown = this.#table.get(slot)
      if (found !== null && slot !== 0 && !this.#slots.has(found)) this.#slots.set(found, slot)
    }
  }

  /** The address of a function, which gets a slot where it has none. */
  addressOf(target: WebAssembly.ExportValue): number {
    const known = this.#slots.get(target)
    if (known !== undefined) return known
    const slot = this.#table.grow(1)
    this.#table.set(slot, target)
    this.#slots.set(target, slot)
    return slot
  }
}
