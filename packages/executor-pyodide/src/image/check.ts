import { readManifest } from './container.ts'
import type { CheckedExtent, ImageManifest } from './image.ts'
import { ImageError } from './image-error.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'

/** What an image has to be. */
export interface ExpectedImage {
  /** SHA-256 of all that decides about its bytes. */
  readonly inputs: string
  /** SHA-256 of the file, where it is known beforehand: it came from elsewhere. What this machine built is measured by its own manifest. */
  readonly sha256?: string | undefined
}

/** Reads what an image says of itself, and whether it is that, byte for byte. Throws `ImageError`, which completes a sentence: "the image cannot be used: …". */
export async function checkImage(bytes: Uint8Array<ArrayBuffer>, { inputs, sha256 }: ExpectedImage): Promise<ImageManifest> {
  const manifest = readManifest(bytes)
  if (manifest.pyodide !== PYODIDE_VERSION) {
    throw new ImageError(`it was built from pyodide ${manifest.pyodide}, and this version needs ${PYODIDE_VERSION}`)
  }
  if (manifest.inputs !== inputs) throw new ImageError('it was built by another version of this package')
  if (sha256 !== undefined) await requireHash('it', bytes, sha256)
  else await Promise.all((['core', 'library', 'heap'] as const).map((name) => requirePart(name, bytes, manifest[name])))
  return manifest
}

function requirePart(name: string, bytes: Uint8Array<ArrayBuffer>, { offset, size, sha256 }: CheckedExtent): Promise<void> {
  return requireHash(`its ${name}`, bytes.subarray(offset, offset + size), sha256)
}

async function requireHash(what: string, bytes: Uint8Array<ArrayBuffer>, expected: string): Promise<void> {
  const found = await sha256Of(bytes)
  if (found !== expected) throw new ImageError(`${what} is damaged: its SHA-256 is ${found} instead of ${expected}`)
}

/** Counted beside the event loop: 30 MB take 20 ms. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
}
