import { CallError } from './errno.ts'

/**
 * The interpreter's memory as the imports see it: every pointer and length comes from the program, and none is believed. What does not
 * lie inside is `EFAULT`. Pointers and lengths arrive as signed numbers of 32 bits.
 */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined
  #bytes = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)

  /** Whose memory it is. Before, nothing lies inside: the imports exist before the instance does. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory
  }

  /** The bytes of a stretch, in place: valid until the interpreter runs on. */
  slice(pointer: number, length: number): Uint8Array {
    const start = this.#checked(pointer, length >>> 0)
    return this.#bytes.subarray(start, start + (length >>> 0))
  }

  /** The bytes before the first zero, in place. Throws `ENAMETOOLONG` where there is none in `most` bytes. */
  zeroTerminated(pointer: number, most: number): Uint8Array {
    const start = this.#checked(pointer, 1)
    const end = this.#bytes.subarray(start, start + most).indexOf(0)
    if (end >= 0) return this.#bytes.subarray(start, start + end)
    throw new CallError(start + most > this.#bytes.length ? 'EFAULT' : 'ENAMETOOLONG')
  }

  uint8(pointer: number): number {
    return this.#current().getUint8(this.#checked(pointer, 1))
  }

  int16(pointer: number): number {
    return this.#current().getInt16(this.#checked(pointer, 2), true)
  }

  int32(pointer: number): number {
    return this.#current().getInt32(this.#checked(pointer, 4), true)
  }

  uint32(pointer: number): number {
    return this.#current().getUint32(this.#checked(pointer, 4), true)
  }

  int64(pointer: number): bigint {
    return this.#current().getBigInt64(this.#checked(pointer, 8), true)
  }

  setUint8(pointer: number, value: number): void {
    this.#current().setUint8(this.#checked(pointer, 1), value)
  }

  setInt16(pointer: number, value: number): void {
    this.#current().setInt16(this.#checked(pointer, 2), value, true)
  }

  setInt32(pointer: number, value: number): void {
    this.#current().setInt32(this.#checked(pointer, 4), value, true)
  }

  setInt64(pointer: number, value: bigint): void {
    this.#current().setBigInt64(this.#checked(pointer, 8), value, true)
  }

  /** All of it, as it is now. */
  all(): Uint8Array {
    this.#refresh()
    return this.#bytes
  }

  /** The place of a pointer, if so many bytes from there on are inside. */
  #checked(pointer: number, length: number): number {
    this.#refresh()
    const start = pointer >>> 0
    if (start === 0 || start + length > this.#bytes.length) throw new CallError('EFAULT')
    return start
  }

  /** JavaScript evaluates what a method is called on before the arguments: it must not be a view that these replace. */
  #current(): DataView {
    this.#refresh()
    return this.#view
  }

  /** Memory that has grown is another buffer. */
  #refresh(): void {
    if (this.#memory === undefined || this.#bytes.buffer === this.#memory.buffer) return
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#view = new DataView(this.#memory.buffer)
  }
}
