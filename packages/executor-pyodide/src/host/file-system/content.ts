import { CallError } from '../errno.ts'
import type { MountedContent } from './device.ts'
import type { Quota } from './quota.ts'

/** The bytes of a regular file. */
export interface Content {
  readonly size: number
  readonly isReadOnly: boolean
  /** Fills `target` from `position` on; how many bytes there were. */
  read(target: Uint8Array, position: number): number
  /** Throws `EFBIG` or `ENOSPC` before anything is written. */
  write(bytes: Uint8Array, position: number): void
  /** What is new is zero. Throws `EFBIG` or `ENOSPC`. */
  resize(size: number): void
}

/** Bytes in memory, in pieces: what was never written takes none. */
export class StoredContent implements Content {
  readonly isReadOnly = false
  #size = 0
  readonly #pieces: (Uint8Array | undefined)[] = []
  readonly #quota: Quota

  constructor(quota: Quota) {
    this.#quota = quota
  }

  get size(): number {
    return this.#size
  }

  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#size - position))
    for (const part of partsOf(position, length)) {
      const piece = this.#pieces[part.piece]
      const stored = piece?.subarray(part.start, part.end)
      if (stored !== undefined) target.set(stored, part.done)
      target.fill(0, part.done + (stored?.length ?? 0), part.done + part.end - part.start)
    }
    return length
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    if (end > this.#size) this.#grow(end)
    for (const part of partsOf(position, bytes.length)) {
      this.#pieceFor(part.piece, part.end).set(bytes.subarray(part.done, part.done + part.end - part.start), part.start)
    }
  }

  resize(size: number): void {
    if (size > this.#size) this.#grow(size)
    else this.#shrink(size)
  }

  #grow(size: number): void {
    if (size > this.#quota.maxBytes) throw new CallError('EFBIG')
    this.#quota.takeBytes(size - this.#size)
    this.#size = size
  }

  #shrink(size: number): void {
    this.#quota.takeBytes(size - this.#size)
    this.#size = size
    this.#pieces.length = Math.min(this.#pieces.length, Math.ceil(size / PIECE_BYTES))
    this.#pieces[Math.floor(size / PIECE_BYTES)]?.fill(0, size % PIECE_BYTES) // else it would be there again when the file grows
  }

  #pieceFor(index: number, bytes: number): Uint8Array {
    const piece = this.#pieces[index]
    if (piece !== undefined && piece.length >= bytes) return piece
    const larger = new Uint8Array(roomFor(bytes))
    if (piece !== undefined) larger.set(piece)
    this.#pieces[index] = larger
    return larger
  }
}

/** Bytes that lie elsewhere and are only read. */
export class ForeignContent implements Content {
  readonly isReadOnly = true
  readonly #source: MountedContent

  constructor(source: MountedContent) {
    this.#source = source
  }

  get size(): number {
    return this.#source.size
  }

  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.size - position))
    if (length > 0) this.#source.read(target.subarray(0, length), position)
    return length
  }

  write(): void {
    throw new CallError('EROFS')
  }

  resize(): void {
    throw new CallError('EROFS')
  }
}

/** Which bytes of which pieces a stretch covers; `done` bytes of it lie before each. */
function* partsOf(position: number, length: number): Generator<{ piece: number; start: number; end: number; done: number }> {
  let done = 0
  while (done < length) {
    const piece = Math.floor((position + done) / PIECE_BYTES)
    const start = (position + done) % PIECE_BYTES
    const end = Math.min(PIECE_BYTES, start + length - done)
    yield { piece, start, end, done }
    done += end - start
  }
}

/** The next power of two, so that a file that grows is not copied each time. */
function roomFor(bytes: number): number {
  let room = LEAST_BYTES
  while (room < bytes) room *= 2
  return room
}

const PIECE_BYTES = 65_536
const LEAST_BYTES = 256
