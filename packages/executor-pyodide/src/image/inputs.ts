import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostedBoot } from '@interloop/python'
import { PINNED } from './pinned.ts'

/**
 * SHA-256 of all that decides about the bytes of an image: this package's own sources of the host and of the build, which name the
 * release of Pyodide, and the Python that goes into the heap. Run from sources it is counted, so that a changed line makes a new image;
 * built or bundled it is the one that was written down when the package was made.
 */
export function imageInputs(): string {
  return import.meta.url.endsWith('.ts') ? countedInputs() : PINNED.inputs
}

function countedInputs(): string {
  const hash = createHash('sha256').update(hostedBoot())
  for (const file of sourceFiles()) {
    // Where a checkout has changed how lines end, they are the same sources.
    const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8').replaceAll('\r\n', '\n')
    hash.update(`\n${file}\n${text}`)
  }
  return hash.digest('hex')
}

/** Those that make the image, relative to `src`, the same on every system. What only looks for images or keeps them is not among them. */
export function sourceFiles(): readonly string[] {
  const host = globSync('host/**/*.ts', { cwd: join(import.meta.dirname, '..') }).map((file) => file.replaceAll('\\', '/'))
  return [...host.filter((file) => !file.endsWith('.test.ts')), 'joined.ts', ...BUILD.map((name) => `image/${name}.ts`)].toSorted()
}

const BUILD = [
  'build',
  'building-host',
  'container',
  'heap-image',
  'image-error',
  'interpreter-files',
  'pyodide-package',
  'pyodide-version',
  'standard-library',
  'strip',
  'warm-modules',
  'wasm-sections',
]
