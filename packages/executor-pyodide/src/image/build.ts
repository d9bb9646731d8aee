import { createHash } from 'node:crypto'
import { hostedBoot } from '@interloop/python'
import { EXPORT_NAMES } from '../host/exports.ts'
import { limitMemory } from '../host/memory-limit.ts'
import { BUILDING_MEMORY_BYTES, startBuildingHost } from './building-host.ts'
import { encodeImage, type Part } from './container.ts'
import { encodeHeap } from './heap-image.ts'
import type { ImageProgress } from './image.ts'
import { ImageError } from './image-error.ts'
import type { PyodideFiles } from './pyodide-package.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'
import { COMPILE_LIBRARY, COMPILED_LIBRARY_PATH } from './standard-library.ts'
import { strip } from './strip.ts'
import { WARM_MODULES } from './warm-modules.ts'

/**
 * Builds an image, about five seconds without a pause. Equal files give equal bytes, on every system and every Node.
 * `inputs` is written into it. Throws `ImageError`.
 */
export function buildImage(
  { module, library }: PyodideFiles,
  inputs: string,
  onProgress: (progress: ImageProgress) => void = () => {},
): Uint8Array<ArrayBuffer> {
  onProgress({ phase: 'library', done: 0.05 })
  const interpreter = new WebAssembly.Module(limitMemory(module, BUILDING_MEMORY_BYTES))
  const compiled = compileLibrary(interpreter, library)
  onProgress({ phase: 'starting', done: 0.7 })
  const { host, run } = startBuildingHost(interpreter, compiled)
  run(hostedBoot())
  onProgress({ phase: 'warming', done: 0.8 })
  run(warm(WARM_MODULES))
  host.protectStack(ORDINARY_STACK_BYTES)
  const heap = encodeHeap(host.capture())
  return encodeImage(
    { pyodide: PYODIDE_VERSION, inputs },
    { core: part(strip(module, new Set(exportedNames(interpreter)))), library: part(compiled), heap: part(heap) },
  )
}

function compileLibrary(interpreter: WebAssembly.Module, library: Uint8Array): Uint8Array<ArrayBuffer> {
  const { host, run } = startBuildingHost(interpreter, library)
  run(COMPILE_LIBRARY)
  const size = host.fileSystem.fileSize(COMPILED_LIBRARY_PATH)
  if (size === undefined) throw new ImageError('the image cannot be built: there is no compiled library')
  const compiled = new Uint8Array(size)
  host.fileSystem.readFile(COMPILED_LIBRARY_PATH, 0, compiled)
  return compiled
}

/** Guests say what they have; this is for who opens an image without saying it. */
const ORDINARY_STACK_BYTES = 4_000_000

/** Imports them where no name is left behind; what is there then is left alone by the garbage collector of every session. */
function warm(modules: readonly string[]): string {
  return `
def warm(names):
    import gc
    import importlib
    for name in names:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
warm(${JSON.stringify(modules)})
del warm
`
}

/** All of them, those first that the host uses: libraries of packages ask for hundreds (numpy, pandas, matplotlib and pillow for 881 of the 8,560). */
function exportedNames(module: WebAssembly.Module): readonly string[] {
  return [...EXPORT_NAMES, ...WebAssembly.Module.exports(module).map(({ name }) => name)]
}

function part(bytes: Uint8Array<ArrayBuffer>): Part {
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}
