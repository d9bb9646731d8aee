import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import type { FolderNode, Node } from './nodes.ts'
import { checkPermission, MAY_SEARCH, MAY_WRITE, type Volume } from './volume.ts'

/** Where a path leads: the folder that has, or would have, its last name. */
export interface Place {
  readonly folder: FolderNode
  /** `.`, `..` and nothing (the root) are no names that can be made or removed. */
  readonly name: ByteText
  readonly node: Node | undefined
  /** The path ended with a slash: only a folder will do. */
  readonly isFolderWanted: boolean
}

/**
 * Whether a link that the last name stands for is followed: `slash` where a slash comes after it; `file` always, but a slash after a last
 * name, of the path or of a link, is `EISDIR`.
 */
export type FollowLast = 'yes' | 'file' | 'slash' | 'no'

/** What a path stands for. Throws `ENOENT`, `ENOTDIR`, `ELOOP`, `EACCES`, `ENAMETOOLONG`. */
export function find(volume: Volume, path: ByteText, start: FolderNode, follow: FollowLast = 'yes'): Node {
  const place = walk(volume, path, start, follow)
  const { node, isFolderWanted } = place
  if (node === undefined) throw missing(place)
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
    checkPermission(folder, MAY_SEARCH)
    const node = lookUp(folder, name)
    if (isLast && isFolderWanted && follow === 'file') throw new CallError('EISDIR')
    if (node?.kind === 'link' && (!isLast || isFollowed(follow, isFolderWanted))) {
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
    if (node === undefined) throw missing(place)
    if (node.kind !== 'folder') throw new CallError('ENOTDIR')
    folder = node
  }
  return { ...place, isFolderWanted }
}

/** Why there is nothing: a name that is too long is none that could be there. In a removed folder nothing is looked for. */
export function missing({ folder, name }: Pick<Place, 'folder' | 'name'>): CallError {
  return new CallError(folder.isLinked && name.length > MOST_NAME_BYTES ? 'ENAMETOOLONG' : 'ENOENT')
}

/** Throws where a name cannot be made: `ENAMETOOLONG`, `ENOENT` in a folder that is removed, `EACCES`. */
export function checkNewName({ folder, name }: Pick<Place, 'folder' | 'name'>): void {
  if (!folder.isLinked) throw new CallError('ENOENT')
  if (name.length > MOST_NAME_BYTES) throw new CallError('ENAMETOOLONG')
  checkPermission(folder, MAY_WRITE)
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

function isFollowed(follow: FollowLast, isFolderWanted: boolean): boolean {
  return follow === 'yes' || follow === 'file' || (follow === 'slash' && isFolderWanted)
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
