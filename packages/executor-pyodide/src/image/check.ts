import { createHash } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { MOST_HEAD_BYTES, PARTS, readManifest } from './container.ts'
import type { CheckedExtent, Extent, ImageManifest, ImageParts } from './image.ts'
import { ImageError } from './image-error.ts'
import { partReader, readPart } from './part-reader.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'

/** What an image has to be. */
export interface ExpectedImage {
  /** SHA-256 of all that decides about its bytes. */
  readonly inputs: string
  /** SHA-256 of the file, where it is known beforehand: it came from elsewhere. What this machine built is measured by its own manifest. */
  readonly sha256?: string | undefined
}

/**
 * Reads what an image says of itself, and whether it is that, byte for byte: a piece at a time, so that neither memory nor the event loop
 * notice (30 MB take 20 ms). Throws `ImageError`, which completes a sentence: "the image cannot be used: …".
 */
export async function checkImage(source: ImageParts['source'], { inputs, sha256 }: ExpectedImage): Promise<ImageManifest> {
  const size = typeof source === 'number' ? fstatSync(source).size : source.length
  const manifest = readManifest(readPart(source, { offset: 0, size: Math.min(size, MOST_HEAD_BYTES) }), size)
  if (manifest.pyodide !== PYODIDE_VERSION) {
    throw new ImageError(`it was built from pyodide ${manifest.pyodide}, and this version needs ${PYODIDE_VERSION}`)
  }
  if (manifest.inputs !== inputs) throw new ImageError('it was built by another version of this package')
  if (sha256 !== undefined) await requireHash('it', source, { offset: 0, size, sha256 })
  else for (const name of PARTS) await requireHash(`its ${name}`, source, manifest[name])
  return manifest
}

async function requireHash(what: string, source: ImageParts['source'], extent: CheckedExtent): Promise<void> {
  const found = await sha256Of(source, extent)
  if (found !== extent.sha256) throw new ImageError(`${what} is damaged: its SHA-256 is ${found} instead of ${extent.sha256}`)
}

async function sha256Of(source: ImageParts['source'], { offset, size }: Extent): Promise<string> {
  const hash = createHash('sha256')
  const part = partReader(source, { offset, size })
  const piece = new Uint8Array(Math.min(size, PIECE_BYTES))
  for (let position = 0; position < size; position += piece.length) {
    const wanted = piece.subarray(0, Math.min(piece.length, size - position))
    part.read(wanted, position)
    hash.update(wanted)
    await setImmediate()
  }
  return hash.digest('hex')
}

const PIECE_BYTES = 2 ** 20
