import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ImageError } from './image-error.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'

/** SHA-256 of the files that an image is built from. Another file of the same name is not the one that was tested. */
const HASHES = {
  'pyodide.asm.wasm': 'cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6',
  'python_stdlib.zip': 'fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a',
} as const

/** What an image is built from. */
export interface PyodideFiles {
  /** CPython in WebAssembly, as it was published. */
  readonly module: Uint8Array<ArrayBuffer>
  /** Its standard library as a zip file of sources. */
  readonly library: Uint8Array<ArrayBuffer>
}

/** Reads them from the package as it is installed, or from its folder. Throws `ImageError` where it is missing, of another version, or damaged. */
export function readPyodide(folder: string = installedFolder()): PyodideFiles {
  const version = versionIn(folder)
  if (version !== PYODIDE_VERSION) {
    throw new ImageError(`the npm package pyodide is needed in version ${PYODIDE_VERSION}, and ${version} is installed`)
  }
  return { module: readChecked(folder, 'pyodide.asm.wasm'), library: readChecked(folder, 'python_stdlib.zip') }
}

function installedFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
  } catch (cause) {
    throw new ImageError(`the npm package pyodide ${PYODIDE_VERSION} is needed to build an image, and cannot be found`, { cause })
  }
}

function versionIn(folder: string): unknown {
  try {
    const manifest: { readonly version?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return manifest.version
  } catch (cause) {
    throw new ImageError(`the npm package pyodide ${PYODIDE_VERSION} is needed to build an image, and cannot be read`, { cause })
  }
}

function readChecked(folder: string, name: keyof typeof HASHES): Uint8Array<ArrayBuffer> {
  const bytes = readFileSync(join(folder, name))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === HASHES[name]) return bytes
  throw new ImageError(
    `${name} of the npm package pyodide ${PYODIDE_VERSION} has the SHA-256 ${sha256} instead of ${HASHES[name]}: install it anew`,
  )
}
