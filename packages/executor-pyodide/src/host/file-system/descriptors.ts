import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import type { DeviceNode, FileNode, FolderNode, Node, PipeNode } from './nodes.ts'
import type { Volume } from './volume.ts'

/** What a descriptor leads to; more than one can lead to the same. */
export interface Description {
  readonly node: FileNode | FolderNode | DeviceNode | PipeNode
  readonly canRead: boolean
  readonly canWrite: boolean
  /** `O_APPEND` and `O_NONBLOCK`. */
  statusFlags: number
  /** In bytes; of a folder, the number of the next entry. */
  position: number
  /** The entries of a folder as they were when it was first read. */
  listing: readonly ListedEntry[] | undefined
  /** How many descriptors lead here. */
  references: number
}

/** An entry of a folder, `.` and `..` among them. */
export interface ListedEntry {
  readonly name: ByteText
  readonly node: Node
}

/** The table of descriptors. */
export class Descriptors {
  readonly #slots: (Slot | undefined)[] = []
  readonly #max: number
  readonly #volume: Volume

  constructor(volume: Volume, max: number) {
    this.#volume = volume
    this.#max = max
  }

  /** Throws `EBADF`. */
  get(descriptor: number): Description {
    return this.#slot(descriptor).description
  }

  has(descriptor: number): boolean {
    return this.#slots[descriptor] !== undefined
  }

  /** Lays a new description on the lowest free descriptor. Throws `EMFILE`. */
  open(description: Description, closesOnExec: boolean): number {
    const descriptor = this.lowestFree(0)
    this.#lay(descriptor, { description, closesOnExec, isFixed: false })
    return descriptor
  }

  /** Lays what the host wants there, which the program cannot take away where `isFixed`. */
  openAt(descriptor: number, description: Description, isFixed: boolean): void {
    if (this.#slots[descriptor] !== undefined) this.#clear(descriptor)
    this.#lay(descriptor, { description, closesOnExec: false, isFixed })
  }

  /** The lowest free descriptor from `least` on. Throws `EMFILE`. */
  lowestFree(least: number): number {
    let descriptor = least
    while (this.#slots[descriptor] !== undefined) descriptor += 1
    if (descriptor >= this.#max) throw new CallError('EMFILE')
    return descriptor
  }

  /** A second descriptor of the same description, the lowest free from `least` on. */
  duplicate(descriptor: number, least: number, closesOnExec: boolean): number {
    const { description } = this.#slot(descriptor)
    if (!(least >= 0 && least < this.#max)) throw new CallError('EINVAL')
    const copy = this.lowestFree(least)
    this.#lay(copy, { description, closesOnExec, isFixed: false })
    return copy
  }

  /**
   * A second descriptor of the same description, at a place that is closed before. Throws `EPERM` where the host holds it: not `EBUSY`, after
   * which this libc would try again without end.
   */
  duplicateTo(descriptor: number, target: number, closesOnExec: boolean): void {
    const { description } = this.#slot(descriptor)
    if (!(target >= 0 && target < this.#max)) throw new CallError('EBADF')
    if (this.#slots[target]?.isFixed) throw new CallError('EPERM')
    description.references += 1 // before the other is closed, which may be the last of the same description
    if (this.#slots[target] !== undefined) this.#clear(target)
    this.#slots[target] = { description, closesOnExec, isFixed: false }
  }

  /** Throws `EPERM` where the host holds it. */
  close(descriptor: number): void {
    if (this.#slot(descriptor).isFixed) throw new CallError('EPERM')
    this.#clear(descriptor)
  }

  closesOnExec(descriptor: number): boolean {
    return this.#slot(descriptor).closesOnExec
  }

  setClosesOnExec(descriptor: number, closesOnExec: boolean): void {
    this.#slot(descriptor).closesOnExec = closesOnExec
  }

  /** Those that are open, from the lowest. */
  all(): number[] {
    return this.#slots.flatMap((slot, descriptor) => (slot === undefined ? [] : [descriptor]))
  }

  #slot(descriptor: number): Slot {
    const slot = this.#slots[descriptor]
    if (slot === undefined) throw new CallError('EBADF')
    return slot
  }

  #lay(descriptor: number, slot: Slot): void {
    slot.description.references += 1
    this.#slots[descriptor] = slot
  }

  #clear(descriptor: number): void {
    const { description } = this.#slot(descriptor)
    this.#slots[descriptor] = undefined
    description.references -= 1
    if (description.references > 0) return
    const { node } = description
    if (node.kind === 'pipe') {
      if (description.canRead) node.readers -= 1
      else node.writers -= 1
    } else if (node.kind === 'file') {
      node.openings -= 1
      this.#volume.release(node)
    }
  }
}

/** A place of the table. */
interface Slot {
  readonly description: Description
  closesOnExec: boolean
  readonly isFixed: boolean
}
