import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import { type Content, StoredContent } from './content.ts'
import type { Device } from './device.ts'
import type { DeviceNode, FileNode, FolderNode, LinkNode, Node, NodeBase, PipeNode } from './nodes.ts'
import type { Quota } from './quota.ts'

/** The tree of files, and what a process has of it: a working folder and a mask. */
export class Volume {
  readonly root: FolderNode
  workingFolder: FolderNode
  /** Permission bits that new files do not get. */
  mask = 0o022
  readonly quota: Quota
  readonly #date: () => number
  #lastNumber = 0

  /** `date` gives milliseconds since 1970. */
  constructor(quota: Quota, date: () => number) {
    this.quota = quota
    this.#date = date
    this.root = this.newFolder(undefined, '', 0o755, 'fixed')
    this.workingFolder = this.root
  }

  /** Nanoseconds since 1970. */
  now(): bigint {
    return BigInt(Math.round(this.#date() * 1_000)) * 1_000n
  }

  newFolder(parent: FolderNode | undefined, name: ByteText, permissions: number, owner: Owner): FolderNode {
    const base = this.#newBase(permissions, owner)
    // The root, which has no parent yet, becomes its own.
    const folder: FolderNode = { ...base, kind: 'folder', entries: new Map(), parent: parent as FolderNode, name }
    if (parent === undefined) folder.parent = folder
    return folder
  }

  newFile(permissions: number, owner: Owner, content: Content = new StoredContent(this.quota)): FileNode {
    return { ...this.#newBase(permissions, owner), kind: 'file', content, openings: 0, revision: 0 }
  }

  newLink(target: ByteText, owner: Owner): LinkNode {
    return { ...this.#newBase(0o777, owner), kind: 'link', target }
  }

  newDevice(device: Device, kind: DeviceNode['kind']): DeviceNode {
    return { ...this.#newBase(0o666, 'fixed'), kind, device }
  }

  newPipe(): PipeNode {
    return { ...this.#newBase(0o600, 'fixed'), kind: 'pipe', waiting: [], waitingBytes: 0, readers: 1, writers: 1 }
  }

  /** Gives a node a name in a folder, in place of what had it. */
  enter(folder: FolderNode, name: ByteText, node: Node): void {
    folder.entries.set(name, node)
    if (node.kind === 'folder') {
      node.parent = folder
      node.name = name
    }
    this.touchFolder(folder)
  }

  /** Takes the name away, and what it stood for where nothing else holds it. */
  removeEntry(folder: FolderNode, name: ByteText, node: Node): void {
    folder.entries.delete(name)
    this.touchFolder(folder)
    this.drop(node)
  }

  /** No name leads to it any more. */
  drop(node: Node): void {
    node.isLinked = false
    node.changedNs = this.now()
    this.release(node)
  }

  /** Gives back what a node took from the quotas, once it has no name and is not open. */
  release(node: Node): void {
    if (node.isLinked || (node.kind === 'file' && node.openings > 0)) return
    if (node.kind === 'file' && !node.content.isReadOnly) node.content.resize(0)
    if (!node.isFixed) this.quota.giveFile()
  }

  touchFolder(folder: FolderNode): void {
    folder.modifiedNs = folder.changedNs = this.now()
  }

  /** The bytes of a file were changed by the program. */
  touchFile(file: FileNode): void {
    file.revision += 1
    file.modifiedNs = file.changedNs = this.now()
  }

  #newBase(permissions: number, owner: Owner): NodeBase {
    const isFixed = owner === 'fixed'
    if (!isFixed) this.quota.takeFile()
    this.#lastNumber += 1
    const now = this.now()
    return { number: this.#lastNumber, permissions, isLinked: true, isFixed, accessedNs: now, modifiedNs: now, changedNs: now }
  }
}

/** Whose a node is: the program's own, or fixed, as the host wants it. */
export type Owner = 'program' | 'fixed'

/** Throws `EACCES` where the owner of a node may not do that with it. The program owns all there is. */
export function checkPermission(node: NodeBase, wanted: number): void {
  if ((node.permissions & wanted) !== wanted) throw new CallError('EACCES')
}

/** Bits of an owner's permissions. */
export const MAY_READ = 0o400
export const MAY_WRITE = 0o200
export const MAY_SEARCH = 0o100
