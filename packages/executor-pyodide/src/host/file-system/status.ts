import { type Node, type NodeBase, TYPE_BITS } from './nodes.ts'

/** What stat(2) tells. */
export interface Status extends Pick<NodeBase, 'number' | 'accessedNs' | 'modifiedNs' | 'changedNs'> {
  /** Type and permissions. */
  readonly mode: number
  /** How many names lead to it; of a folder, those inside that lead back as well. */
  readonly links: number
  readonly size: number
}

/** What is known of a node. */
export function statusOf(node: Node): Status {
  const { number, accessedNs, modifiedNs, changedNs } = node
  const mode = TYPE_BITS[node.kind] | node.permissions
  return { number, mode, links: linksOf(node), size: sizeOf(node), accessedNs, modifiedNs, changedNs }
}

function linksOf(node: Node): number {
  if (!node.isLinked) return 0
  if (node.kind !== 'folder') return 1
  let links = 2
  for (const inner of node.entries.values()) if (inner.kind === 'folder') links += 1
  return links
}

function sizeOf(node: Node): number {
  if (node.kind === 'file') return node.content.size
  if (node.kind === 'link') return node.target.length
  return node.kind === 'folder' ? FOLDER_BYTES : 0
}

const FOLDER_BYTES = 4_096
