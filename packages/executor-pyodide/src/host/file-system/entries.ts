import { CallError } from '../errno.ts'
import type { ByteText } from './byte-text.ts'
import type { FolderNode, Node } from './nodes.ts'
import { checkPermission, MAY_WRITE, type Volume } from './volume.ts'
import { checkNewName, checkPath, missing, type Place, walk } from './walk.ts'

/** Makes a folder, as mkdir(2). */
export function makeFolder(volume: Volume, path: ByteText, start: FolderNode, permissions: number): void {
  const place = walk(volume, path, start, 'no')
  checkNew(place)
  volume.enter(place.folder, place.name, volume.newFolder(place.folder, place.name, permissions & 0o1777 & ~volume.mask, 'program'))
}

/** Makes a symbolic link, as symlink(2). */
export function makeLink(volume: Volume, target: ByteText, path: ByteText, start: FolderNode): void {
  checkPath(target)
  const place = walk(volume, path, start, 'no')
  if (place.node === undefined && place.isFolderWanted) throw new CallError('ENOENT')
  checkNew(place)
  volume.enter(place.folder, place.name, volume.newLink(target, 'program'))
}

/** Removes what is no folder, as unlink(2). */
export function removeFile(volume: Volume, path: ByteText, start: FolderNode): void {
  const { folder, name, node, isFolderWanted } = walk(volume, path, start, 'no')
  if (node === undefined) throw missing({ folder, name })
  if (isFolderWanted || !isName(name)) throw new CallError(node.kind === 'folder' ? 'EISDIR' : 'ENOTDIR')
  checkRemovable(folder, node)
  if (node.kind === 'folder') throw new CallError('EISDIR')
  volume.removeEntry(folder, name, node)
}

/** Removes an empty folder, as rmdir(2). */
export function removeFolder(volume: Volume, path: ByteText, start: FolderNode): void {
  const { folder, name, node } = walk(volume, path, start, 'no')
  if (node === undefined) throw missing({ folder, name })
  if (name === '.') throw new CallError('EINVAL')
  if (name === '..') throw new CallError('ENOTEMPTY')
  checkRemovable(folder, node)
  if (node.kind !== 'folder') throw new CallError('ENOTDIR')
  if (node.entries.size > 0) throw new CallError('ENOTEMPTY')
  volume.removeEntry(folder, name, node)
}

/** Moves what `from` stands for, over what `to` stands for, as rename(2). Where the latter begins is asked once the former is found. */
export function rename(volume: Volume, from: ByteText, fromStart: FolderNode, to: ByteText, toStart: () => FolderNode): void {
  const source = walk(volume, from, fromStart, 'no')
  const target = walk(volume, to, toStart(), 'no')
  if (!isName(source.name) || !isName(target.name)) throw new CallError('EBUSY')
  const { node } = source
  if (node === undefined) throw missing(source)
  if (target.node === undefined && missing(target).code !== 'ENOENT') throw missing(target)
  if ((source.isFolderWanted || target.isFolderWanted) && node.kind !== 'folder') throw new CallError('ENOTDIR')
  if (!target.folder.isLinked) throw new CallError('ENOENT')
  if (node.kind === 'folder' && isInside(target.folder, node)) throw new CallError('EINVAL')
  if (target.node === node) return
  if (target.node?.kind === 'folder' && isInside(source.folder, target.node)) throw new CallError('ENOTEMPTY')
  checkRemovable(source.folder, node)
  checkPermission(target.folder, MAY_WRITE)
  if (target.node !== undefined) checkReplaceable(target.folder, target.node, node)
  // A folder that moves gets another `..`, which is a change of the folder itself.
  if (node.kind === 'folder' && source.folder !== target.folder) checkPermission(node, MAY_WRITE)
  if (target.node?.kind === 'folder' && target.node.entries.size > 0) throw new CallError('ENOTEMPTY')

  source.folder.entries.delete(source.name)
  volume.touchFolder(source.folder)
  if (target.node !== undefined) volume.drop(target.node)
  volume.enter(target.folder, target.name, node)
  node.changedNs = volume.now()
}

function checkNew(place: Place): void {
  if (place.node !== undefined) throw new CallError('EEXIST')
  checkNewName(place)
}

function checkRemovable(folder: FolderNode, node: Node): void {
  checkPermission(folder, MAY_WRITE)
  if (node.isFixed) throw new CallError('EBUSY')
}

function checkReplaceable(folder: FolderNode, old: Node, node: Node): void {
  checkRemovable(folder, old)
  if (old.kind === 'folder' && node.kind !== 'folder') throw new CallError('EISDIR')
  if (old.kind !== 'folder' && node.kind === 'folder') throw new CallError('ENOTDIR')
}

/** Whether a folder is another or lies somewhere below it. */
function isInside(folder: FolderNode, outer: FolderNode): boolean {
  for (let inner = folder; ; inner = inner.parent) {
    if (inner === outer) return true
    if (inner === inner.parent) return false
  }
}

function isName(name: ByteText): boolean {
  return name !== '' && name !== '.' && name !== '..'
}
