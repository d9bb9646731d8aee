import { joined } from '../joined.ts'
import type { CheckedExtent, ImageManifest } from './image.ts'
import { ImageError } from './image-error.ts'

/** Of the file: what it begins with, the manifest and the parts. Rises with each change that makes an older file unreadable. */
const FORMAT = 1
const MAGIC = new TextEncoder().encode('Interloop image\n')
/** Parts begin at multiples of it, as pages of a file do. */
const ALIGNMENT = 4_096
/** The manifest, and what stands before it, are no longer: the first part begins there. */
export const MOST_HEAD_BYTES: number = ALIGNMENT
/** In the order in which they lie. */
export const PARTS = ['core', 'library', 'heap'] as const

/** A part's bytes, and their SHA-256. */
export interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sha256: string
}

/** One file: a magic line, `u32` length of the manifest (little-endian), the manifest as JSON, the parts where it says. */
export function encodeImage(
  named: Pick<ImageManifest, 'pyodide' | 'inputs'>,
  parts: Readonly<Record<(typeof PARTS)[number], Part>>,
): Uint8Array<ArrayBuffer> {
  let offset = ALIGNMENT
  const extents = PARTS.map((name): [string, CheckedExtent] => {
    const { bytes, sha256 } = parts[name]
    const extent = { offset, size: bytes.length, sha256 }
    offset = aligned(offset + bytes.length)
    return [name, extent]
  })
  const manifest = new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...named, ...Object.fromEntries(extents) }))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, manifest.length, true)
  const pieces = [MAGIC, length, manifest]
  for (const name of PARTS) {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
    pieces.push(new Uint8Array(aligned(size) - size), parts[name].bytes)
  }
  return joined(pieces)
}

/**
 * What an image of so many bytes says of itself at its beginning. Its parts lie inside of it, their hashes are not looked at.
 * Throws `ImageError`.
 */
export function readManifest(head: Uint8Array, size: number): ImageManifest {
  const start = MAGIC.length + 4
  if (head.length < start || !MAGIC.every((byte, index) => head[index] === byte)) throw new ImageError('it is no image of Interloop')
  const length = new DataView(head.buffer, head.byteOffset).getUint32(MAGIC.length, true)
  if (length > Math.min(head.length, MOST_HEAD_BYTES) - start) throw new ImageError('its manifest is cut off')
  return checkedManifest(parsed(head.slice(start, start + length)), size)
}

function parsed(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text))
  } catch (cause) {
    throw new ImageError('its manifest is no JSON', { cause })
  }
}

function checkedManifest(value: unknown, size: number): ImageManifest {
  // Every member is looked at below, before it is used.
  const manifest = Object(value) as Partial<Record<keyof ImageManifest, unknown>>
  if (manifest.format !== FORMAT) throw new ImageError(`its format is ${String(manifest.format)}, this version reads ${FORMAT}`)
  const { pyodide, inputs } = manifest
  if (typeof pyodide !== 'string' || typeof inputs !== 'string') throw new ImageError('its manifest does not say what it was built from')
  const [core, library, heap] = PARTS.map((name) => checkedExtent(name, manifest[name], size))
  if (!core || !library || !heap) throw new ImageError('its manifest does not name its parts')
  return { format: FORMAT, pyodide, inputs, core, library, heap }
}

function checkedExtent(name: string, value: unknown, size: number): CheckedExtent {
  const { offset, size: partSize, sha256 } = Object(value) as Partial<Record<keyof CheckedExtent, unknown>>
  if (!isCount(offset) || !isCount(partSize) || typeof sha256 !== 'string')
    throw new ImageError(`its manifest does not say where its ${name} is`)
  if (offset + partSize > size) throw new ImageError(`it has ${size} bytes, and its ${name} would end at ${offset + partSize}`)
  return { offset, size: partSize, sha256 }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}
