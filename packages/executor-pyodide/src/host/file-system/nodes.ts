import type { ByteText } from './byte-text.ts'
import type { Content } from './content.ts'
import type { Device } from './device.ts'

/** What a name can stand for. */
export type Node = FolderNode | FileNode | LinkNode | DeviceNode | PipeNode

/** A folder. */
export interface FolderNode extends NodeBase {
  readonly kind: 'folder'
  readonly entries: Map<ByteText, Node>
  /** The folder above it; itself, of the root. Stays when it is removed. */
  parent: FolderNode
  /** Its name there. */
  name: ByteText
}

/** A regular file. */
export interface FileNode extends NodeBase {
  readonly kind: 'file'
  readonly content: Content
  /** How many descriptions are open: it is there until none is. */
  openings: number
  /** Rises with each change of its bytes by the program. */
  revision: number
}

/** A symbolic link. */
export interface LinkNode extends NodeBase {
  readonly kind: 'link'
  readonly target: ByteText
}

/** A character device in `/dev`, or a stream that the host laid on a descriptor and which looks like a pipe. */
export interface DeviceNode extends NodeBase {
  readonly kind: 'device' | 'stream'
  readonly device: Device
}

/** A pipe; it has no name. */
export interface PipeNode extends NodeBase {
  readonly kind: 'pipe'
  readonly waiting: Uint8Array[]
  waitingBytes: number
  readers: number
  writers: number
}

/** What all of them have. */
export interface NodeBase {
  /** The inode's number. */
  readonly number: number
  /** Permission bits. */
  permissions: number
  /** Whether a name still leads to it. */
  isLinked: boolean
  /** The host's: the program can neither remove nor rename it, and it counts against no quota. */
  readonly isFixed: boolean
  /** Nanoseconds since 1970. */
  accessedNs: bigint
  modifiedNs: bigint
  changedNs: bigint
}

/** The bits of a mode that say what it is. */
export const TYPE_BITS: Readonly<Record<Node['kind'], number>> = {
  pipe: 0o010000,
  stream: 0o010000,
  device: 0o020000,
  folder: 0o040000,
  file: 0o100000,
  link: 0o120000,
}
