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
  for (const file of sourceFiles()) hash.update(`\n${file}\n`).update(readFileSync(join(import.meta.dirname, '..', file)))
  return hash.digest('hex')
}

/** Those that make the image, relative to `src`, the same on every system. What only looks for images or keeps them is not among them. */
function sourceFiles(): readonly string[] {
  const host = globSync('host/**/*.ts', { cwd: join(import.meta.dirname, '..') }).map((file) => file.replaceAll('\\', '/'))
  const build = ['build', 'container', 'heap-image', 'pyodide-package', 'standard-library', 'strip', 'warm-modules', 'wasm-sections']
  return [...host.filter((file) => !file.endsWith('.test.ts')), ...build.map((name) => `image/${name}.ts`)].toSorted()
}
