import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import type { FolderNode, Node } from './nodes.ts'
import { checkPermission, MAY_SEARCH, type Volume } from './volume.ts'

/** Where a path leads: the folder that has, or would have, its last name. */
export interface Place {
  readonly folder: FolderNode
  /** `.`, `..` and nothing (the root) are no names that can be made or removed. */
  readonly name: ByteText
  readonly node: Node | undefined
  /** The path ended with a slash: only a folder will do. */
  readonly isFolderWanted: boolean
}

/** Whether a link that the last name stands for is followed: `slash` where a slash comes after it. */
export type FollowLast = 'yes' | 'slash' | 'no'

/** What a path stands for. Throws `ENOENT`, `ENOTDIR`, `ELOOP`, `EACCES`, `ENAMETOOLONG`. */
export function find(volume: Volume, path: ByteText, start: FolderNode, follow: FollowLast = 'yes'): Node {
  const { node, isFolderWanted } = walk(volume, path, start, follow)
  if (node === undefined) throw new CallError('ENOENT')
  if (isFolderWanted && node.kind !== 'folder') throw new CallError('ENOTDIR')
  return node
}

/** Where a path leads, whether or not its last name is there. Throws as `find` does, for all that stands before. */
export function walk(volume: Volume, path: ByteText, start: FolderNode, follow: FollowLast): Place {
  checkPath(path)
  let folder = path.startsWith('/') ? volume.root : start
  let isFolderWanted = path.endsWith('/')
  const names = namesOf(path).reverse()
  let links = 0
  let place: Omit<Place, 'isFolderWanted'> = { folder: folder.parent, name: '', node: folder }

  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const isLast = names.length === 0
    if (name.length > MOST_NAME_BYTES) throw new CallError('ENAMETOOLONG')
    checkPermission(folder, MAY_SEARCH)
    const node = lookUp(folder, name)
    if (node?.kind === 'link' && (!isLast || follow === 'yes' || (follow === 'slash' && isFolderWanted))) {
      links += 1
      if (links > MOST_LINKS) throw new CallError('ELOOP')
      if (isLast && node.target.endsWith('/')) isFolderWanted = true
      if (node.target.startsWith('/')) folder = volume.root
      place = { folder: folder.parent, name: '', node: folder }
      names.push(...namesOf(node.target).reverse())
      continue
    }
    place = { folder, name, node }
    if (isLast) break
    if (node === undefined) throw new CallError('ENOENT')
    if (node.kind !== 'folder') throw new CallError('ENOTDIR')
    folder = node
  }
  return { ...place, isFolderWanted }
}

/** Throws `ENOENT` for an empty path, `ENAMETOOLONG` for one that is too long. */
export function checkPath(path: ByteText): void {
  if (path === '') throw new CallError('ENOENT')
  if (path.length >= MOST_PATH_BYTES) throw new CallError('ENAMETOOLONG')
}

/** The path of a folder from the root; undefined where it is removed, or where it lies too deep for a path. */
export function pathOf(volume: Volume, folder: FolderNode): ByteText | undefined {
  if (folder === volume.root) return '/'
  let path = ''
  for (let inner = folder; inner !== volume.root; inner = inner.parent) {
    path = `/${inner.name}${path}`
    if (!inner.isLinked || path.length >= MOST_PATH_BYTES) return undefined
  }
  return path
}

function lookUp(folder: FolderNode, name: ByteText): Node | undefined {
  if (name === '.') return folder
  if (name === '..') return folder.parent
  return folder.entries.get(name)
}

function namesOf(path: ByteText): ByteText[] {
  return path.split('/').filter((name) => name !== '')
}

/** PATH_MAX and NAME_MAX of Linux; the former counts the zero at the end. */
export const MOST_PATH_BYTES = 4_096
export const MOST_NAME_BYTES = 255
/** In one path (pyodide.md 4). */
const MOST_LINKS = 16
