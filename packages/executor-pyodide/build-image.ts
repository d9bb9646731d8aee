// Builds the image that the package carries, and writes down what it is: `node build-image.ts`, or `pnpm build:image` at the root.
// With `--packed`, before the package is packed: builds it only where it is not there yet, changes no source, and fails where they are stale.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildImage } from './src/image/build.ts'
import { readManifest } from './src/image/container.ts'
import { imageInputs } from './src/image/inputs.ts'
import { PACKED_IMAGE } from './src/image/load.ts'
import { PINNED } from './src/image/pinned.ts'
import { readPyodide } from './src/image/pyodide-package.ts'

const IMAGE = fileURLToPath(PACKED_IMAGE)
const PINNED_MODULE = new URL('./src/image/pinned.ts', import.meta.url)

if (!process.argv.includes('--packed')) writePinned(report(build()))
else if (imageInputs() !== PINNED.inputs || sha256Of(existing() ?? build()) !== PINNED.sha256) {
  console.error('the image of these sources is not the one of src/image/pinned.ts: run `pnpm build:image`, and commit what it writes')
  process.exitCode = 1
}

/** The one that was built before, if it is the one that is wanted. */
function existing(): Uint8Array | undefined {
  const image = existsSync(IMAGE) ? readFileSync(IMAGE) : undefined
  return image && sha256Of(image) === PINNED.sha256 ? image : undefined
}

function build(): Uint8Array {
  const image = buildImage(readPyodide(), imageInputs())
  mkdirSync(dirname(IMAGE), { recursive: true })
  // Who has the old one open keeps it.
  writeFileSync(`${IMAGE}.part`, image)
  renameSync(`${IMAGE}.part`, IMAGE)
  return image
}

function report(image: Uint8Array): Uint8Array {
  const { core, library, heap } = readManifest(image, image.length)
  for (const [name, { offset, size }] of Object.entries({ core, library, heap, image: { offset: 0, size: image.length } })) {
    const packed = gzipSync(image.subarray(offset, offset + size), { level: 6 }).length
    console.log(`${name.padEnd(8)} ${megabytes(size)}, gzipped ${megabytes(packed)}`)
  }
  const { user, system } = process.cpuUsage()
  console.log(`built in ${performance.now().toFixed(0)} ms, ${((user + system) / 1_000).toFixed(0)} ms of CPU with this report`)
  return image
}

function writePinned(image: Uint8Array): void {
  const text = readFileSync(PINNED_MODULE, 'utf8')
  const values = { inputs: imageInputs(), sha256: sha256Of(image) }
  writeFileSync(
    PINNED_MODULE,
    Object.entries(values).reduce((written, [name, value]) => written.replace(new RegExp(`${name}: '\\w*'`), `${name}: '${value}'`), text),
  )
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
