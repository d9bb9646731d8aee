import { CallError } from '../errno.ts'
import type { Description, ListedEntry } from './descriptors.ts'
import type { FolderNode } from './nodes.ts'

/**
 * The entries of an open folder from its position on. They stay as they were when the folder was first read: removing some meanwhile
 * moves none of the others. What is gone is left out by the caller's `isThere`.
 */
export function listing(description: Description): readonly ListedEntry[] {
  const { node } = description
  if (node.kind !== 'folder') throw new CallError('ENOTDIR')
  if (!node.isLinked) throw new CallError('ENOENT')
  description.listing ??= entriesOf(node)
  return description.listing
}

/** Whether an entry still is what it was. */
export function isThere(folder: FolderNode, { name, node }: ListedEntry): boolean {
  return name === '.' || name === '..' || folder.entries.get(name) === node
}

function entriesOf(folder: FolderNode): ListedEntry[] {
  const entries: ListedEntry[] = [
    { name: '.', node: folder },
    { name: '..', node: folder.parent },
  ]
  for (const [name, node] of folder.entries) entries.push({ name, node })
  return entries
}
