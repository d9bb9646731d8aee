import { CallError } from '../errno.ts'
import { type ByteText, fromByteText, toByteText } from './byte-text.ts'
import { type Content, ForeignContent, StoredContent } from './content.ts'
import type { MountedContent } from './device.ts'
import type { FileWriter, ListedFile } from './file-system.ts'
import type { FileNode, FolderNode, Node } from './nodes.ts'
import type { Owner, Volume } from './volume.ts'
import { find, MOST_NAME_BYTES, pathOf, walk } from './walk.ts'

/** Makes a folder and those above it, where they are not there. */
export function makeFolders(volume: Volume, path: string, owner: Owner): FolderNode {
  const names = toByteText(path)
    .split('/')
    .filter((name) => name !== '')
  let folder = volume.root
  for (const name of names) {
    const node = inside(volume, folder, name)
    if (node === undefined) {
      const inner = volume.newFolder(folder, name, 0o755, owner)
      volume.enter(folder, name, inner)
      folder = inner
    } else if (node.kind === 'folder') folder = node
    else throw new CallError('ENOTDIR')
  }
  return folder
}

/** Puts a node at a path, in place of what is there, and gives its path without links. A folder that is there stays, and is `EISDIR`. */
export function put(volume: Volume, path: string, node: Node, folderOwner: Owner): ByteText {
  const { folder, name } = parentOf(volume, path, folderOwner)
  const old = folder.entries.get(name)
  if (old?.kind === 'folder') throw new CallError('EISDIR')
  volume.enter(folder, name, node)
  if (old !== undefined) volume.drop(old)
  return prefixOf(volume, folder) + name
}

/** Puts a read-only file there whose bytes lie elsewhere. */
export function mountFile(volume: Volume, path: string, content: MountedContent): void {
  put(volume, path, volume.newFile(0o444, 'fixed', new ForeignContent(content)), 'fixed')
}

/** A file that is written first and then put somewhere; `onPlaced` hears of each. */
export function createFile(volume: Volume, onPlaced: (path: ByteText, file: FileNode) => void): FileWriter {
  const content = new StoredContent(volume.quota)
  let isPlaced = false
  return {
    write: (bytes) => content.write(bytes, content.size),
    place: (path) => {
      const file = volume.newFile(0o644, 'program', isPlaced ? copyOf(volume, content) : content)
      try {
        onPlaced(put(volume, path, file, 'program'), file)
      } catch (error) {
        volume.quota.giveFile()
        if (isPlaced) file.content.resize(0)
        throw error
      }
      isPlaced = true
    },
    discard: () => {
      if (!isPlaced) content.resize(0)
    },
  }
}

/** The regular file that has this path, undefined where none has: no link is followed to it (remote.md 9). */
export function regularFile(volume: Volume, path: string): FileNode | undefined {
  try {
    const text = toByteText(path)
    const { folder, name, node } = walk(volume, text, volume.root, 'no')
    return node?.kind === 'file' && prefixOf(volume, folder) + name === text ? node : undefined
  } catch (error) {
    if (error instanceof CallError) return undefined
    throw error
  }
}

/** Removes a regular file, and nothing else; its path without links, where it did. */
export function removeRegularFile(volume: Volume, path: string): ByteText | undefined {
  if (regularFile(volume, path) === undefined) return undefined
  const { folder, name, node } = walk(volume, toByteText(path), volume.root, 'no')
  if (node?.kind !== 'file' || node.isFixed) return undefined
  volume.removeEntry(folder, name, node)
  return prefixOf(volume, folder) + name
}

/** The regular files below a folder that have a name which people can read. */
export function listFiles(volume: Volume, folderPath: string): ListedFile[] {
  const files: ListedFile[] = []
  for (const { path, file } of filesBelow(folderAt(volume, folderPath).folder)) {
    const readable = fromByteText(path)
    if (readable !== undefined) files.push({ path: readable, size: file.content.size })
  }
  return files.sort(byPath)
}

/** The folder at a path, and what stands before the names in it: its path without links, and a slash. */
export function folderAt(volume: Volume, path: string): { readonly folder: FolderNode; readonly prefix: ByteText } {
  const folder = find(volume, toByteText(path), volume.root)
  if (folder.kind !== 'folder') throw new CallError('ENOTDIR')
  return { folder, prefix: prefixOf(volume, folder) }
}

/** The regular files below a folder, and their paths from there. No recursion: a program makes folders as deep as it likes. */
export function* filesBelow(top: FolderNode): Generator<{ path: ByteText; file: FileNode }> {
  const waiting = [{ folder: top, prefix: '', depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, node] of next.folder.entries) {
      const path = next.prefix + name
      if (node.kind === 'folder' && next.depth < MOST_DEPTH) waiting.push({ folder: node, prefix: `${path}/`, depth: next.depth + 1 })
      if (node.kind === 'file') yield { path, file: node }
    }
  }
}

/** The files of a folder before those of the folders in it, each by the code units of their names: the order of every executor. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  if (one.path === other.path) return 0
  let start = 0
  while (start < one.path.length && one.path[start] === other.path[start]) start += 1
  const isInFolder = one.path.includes('/', start)
  if (isInFolder !== other.path.includes('/', start)) return isInFolder ? 1 : -1
  if (one.path[start] === '/' || other.path[start] === '/') return one.path[start] === '/' ? -1 : 1 // a name that goes on is the later one
  return one.path < other.path ? -1 : 1
}

function inside(volume: Volume, folder: FolderNode, name: ByteText): Node | undefined {
  try {
    return find(volume, name, folder)
  } catch (error) {
    if (error instanceof CallError && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parentOf(volume: Volume, path: string, owner: Owner): { folder: FolderNode; name: ByteText } {
  const slash = path.lastIndexOf('/')
  const name = toByteText(path.slice(slash + 1))
  if (!path.startsWith('/') || name === '' || name === '.' || name === '..') throw new CallError('EINVAL')
  if (name.length > MOST_NAME_BYTES) throw new CallError('ENAMETOOLONG')
  return { folder: makeFolders(volume, path.slice(0, slash), owner), name }
}

function copyOf(volume: Volume, content: Content): Content {
  const copy = new StoredContent(volume.quota)
  copy.resize(content.size)
  const piece = new Uint8Array(COPIED_BYTES)
  for (let position = 0; position < content.size; ) {
    const length = content.read(piece, position)
    copy.write(piece.subarray(0, length), position)
    position += length
  }
  return copy
}

function prefixOf(volume: Volume, folder: FolderNode): ByteText {
  const path = pathOf(volume, folder)
  if (path === undefined) throw new CallError('ENAMETOOLONG')
  return path === '/' ? path : `${path}/`
}

/** As the folder of a local interpreter. */
const MOST_DEPTH = 64
const COPIED_BYTES = 65_536
