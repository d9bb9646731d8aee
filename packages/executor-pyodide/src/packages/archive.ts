import { inflateRawSync } from 'node:zlib'
import { PackageError } from './package-error.ts'

/** A file in a zip archive. */
export interface ArchivedFile {
  readonly path: string
  /** Bytes of its content. */
  readonly size: number
  /** Unpacks it. Throws `PackageError` where it is damaged. */
  read(): Uint8Array
}

/** The files of a zip archive, in its order; folders are left out. Throws `PackageError` where it is none, or is one that cannot be read. */
export function listArchive(archive: Uint8Array): readonly ArchivedFile[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = endOfDirectory(view)
  const files: ArchivedFile[] = []
  let position = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (position + ENTRY_BYTES > end || view.getUint32(position, true) !== ENTRY) throw new PackageError('its directory is damaged')
    const nameBytes = view.getUint16(position + 28, true)
    const name = archive.subarray(position + ENTRY_BYTES, position + ENTRY_BYTES + nameBytes)
    const file = archivedFile(archive, view, position, new TextDecoder().decode(name))
    if (!file.path.endsWith('/')) files.push(file)
    position += ENTRY_BYTES + nameBytes + view.getUint16(position + 30, true) + view.getUint16(position + 32, true)
  }
  return files
}

function archivedFile(archive: Uint8Array, view: DataView, entry: number, path: string): ArchivedFile {
  const method = view.getUint16(entry + 10, true)
  const packedSize = view.getUint32(entry + 20, true)
  const size = view.getUint32(entry + 24, true)
  const header = view.getUint32(entry + 42, true)
  if ((view.getUint16(entry + 8, true) & ENCRYPTED) !== 0 || (method !== STORED && method !== DEFLATED)) {
    throw new PackageError(`${path} in it is packed in a way that cannot be read`)
  }
  if (header + HEADER_BYTES > archive.length || view.getUint32(header, true) !== HEADER)
    throw new PackageError(`${path} in it is not there`)
  const start = header + HEADER_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true)
  if (start + packedSize > archive.length) throw new PackageError(`${path} in it is cut off`)
  const packed = archive.subarray(start, start + packedSize)
  return { path, size, read: () => (method === STORED ? stored(path, packed, size) : inflated(path, packed, size)) }
}

function stored(path: string, packed: Uint8Array, size: number): Uint8Array {
  if (packed.length !== size) throw new PackageError(`${path} in it is damaged`)
  return packed
}

function inflated(path: string, packed: Uint8Array, size: number): Uint8Array {
  try {
    const bytes = size === 0 ? new Uint8Array() : inflateRawSync(packed, { maxOutputLength: size })
    if (bytes.length === size) return bytes
  } catch (cause) {
    throw new PackageError(`${path} in it is damaged`, { cause })
  }
  throw new PackageError(`${path} in it is damaged`)
}

/** Where the record at the end begins: a comment of at most 64 KiB may follow it. */
function endOfDirectory(view: DataView): number {
  for (let position = view.byteLength - END_BYTES; position >= Math.max(0, view.byteLength - END_BYTES - 65_535); position -= 1) {
    if (view.getUint32(position, true) !== END) continue
    if (view.getUint32(position + 16, true) === 0xffff_ffff) throw new PackageError('it is an archive of the 64-bit kind')
    return position
  }
  throw new PackageError('it is no archive')
}

const END = 0x0605_4b50
const END_BYTES = 22
const ENTRY = 0x0201_4b50
const ENTRY_BYTES = 46
const HEADER = 0x0403_4b50
const HEADER_BYTES = 30
const ENCRYPTED = 1
const STORED = 0
const DEFLATED = 8
