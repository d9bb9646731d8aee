import { closeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExecutorError } from '@interloop/core/executor'
import { buildInThread } from './build-in-thread.ts'
import { type CachePlace, cachePlaces, openCached, openFile, store } from './cache.ts'
import { checkImage, type ExpectedImage } from './check.ts'
import type { ImageManifest, LoadedImage, LoadImageOptions } from './image.ts'
import { imageInputs } from './inputs.ts'
import { PINNED } from './pinned.ts'

/** Where the package carries its image; from sources it is there after `pnpm build:image`. */
export const PACKED_IMAGE: URL = new URL('../../image/interloop.image', import.meta.url)

/** What an image is looked for against, and how one is built. */
export interface ImageOrigin {
  readonly inputs: string
  /** SHA-256 of the image that the package was made with, while its sources are still those. */
  readonly sha256: string | undefined
  readonly packed: URL
  build(onProgress: LoadImageOptions['onProgress']): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Finds an image, checked byte for byte: the one that was named, the one that the package carries, or one in the cache; where there is
 * none that can be used, one is built and kept in the first folder that can be written, at last in memory.
 * Rejects with `ExecutorError` `unavailable` where the named one cannot be used, or where none can be built.
 */
export async function loadImage(options: LoadImageOptions = {}, origin: ImageOrigin = ownOrigin()): Promise<LoadedImage> {
  if (options.image !== undefined) return named(options.image, origin)
  const notes: string[] = []
  const places = cachePlaces(options.cacheFolder)
  const found = (await packed(origin, notes)) ?? (await cached(places, origin, notes))
  return found ?? built(places, origin, notes, options.onProgress)
}

function ownOrigin(): ImageOrigin {
  const inputs = imageInputs()
  return {
    inputs,
    sha256: inputs === PINNED.inputs ? PINNED.sha256 : undefined,
    packed: PACKED_IMAGE,
    build: (onProgress) => buildInThread(inputs, onProgress),
  }
}

async function named(image: string | URL, origin: ImageOrigin): Promise<LoadedImage> {
  const path = image instanceof URL || image.startsWith('file:') ? fileURLToPath(image) : image
  try {
    return await opened(openFile(path), origin, [])
  } catch (cause) {
    const hint = 'It is the file image/interloop.image of the same version of @interloop/executor-pyodide'
    throw new ExecutorError('unavailable', `The image ${path}, named by the option image, cannot be used: ${told(cause)}. ${hint}`, {
      started: 'no',
      cause,
    })
  }
}

async function packed(origin: ImageOrigin, notes: string[]): Promise<LoadedImage | undefined> {
  try {
    return await opened(openFile(fileURLToPath(origin.packed)), origin, notes)
  } catch (error) {
    // Where sources are worked on there is none, or one of yesterday's sources.
    if (origin.sha256 !== undefined && !isMissing(error)) notes.push(`the image of the package is not used: ${told(error)}`)
    return undefined
  }
}

async function cached(places: readonly CachePlace[], { inputs }: ImageOrigin, notes: string[]): Promise<LoadedImage | undefined> {
  for (const place of places) {
    try {
      const descriptor = openCached(place, inputs)
      if (descriptor !== undefined) return await opened(descriptor, { inputs }, notes)
    } catch (error) {
      notes.push(`an image in ${place.folder} is not used: ${told(error)}`)
    }
  }
  return undefined
}

async function built(
  places: readonly CachePlace[],
  { inputs, build }: ImageOrigin,
  notes: string[],
  onProgress: LoadImageOptions['onProgress'],
): Promise<LoadedImage> {
  const image = await build(onProgress).catch((cause: unknown) => {
    throw new ExecutorError('unavailable', `There is no image of the interpreter, and none can be built: ${told(cause)}`, {
      started: 'no',
      cause,
    })
  })
  onProgress?.({ phase: 'saving', done: 0.95 })
  for (const place of places) {
    try {
      return await opened(await store(place, inputs, image), { inputs }, notes)
    } catch (error) {
      notes.push(`no image can be kept in ${place.folder}: ${told(error)}`)
    }
  }
  notes.push('the image of the interpreter is kept in memory, and each process builds its own')
  return inMemory(image, await checkImage(image, { inputs }), notes)
}

async function opened(descriptor: number, expectation: ExpectedImage, notes: readonly string[]): Promise<LoadedImage> {
  try {
    const manifest = await checkImage(descriptor, expectation)
    return { ...described(descriptor, manifest, notes), close: once(() => closeSync(descriptor)) }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function inMemory(image: Uint8Array, manifest: ImageManifest, notes: readonly string[]): LoadedImage {
  const shared = new Uint8Array(new SharedArrayBuffer(image.length))
  shared.set(image)
  return { ...described(shared, manifest, notes), close: () => {} }
}

function described(source: number | Uint8Array, manifest: ImageManifest, notes: readonly string[]): Omit<LoadedImage, 'close'> {
  const { core, library, heap } = manifest
  return { parts: { source, core, library, heap }, manifest, notes }
}

/** Its number may be another file's by now. */
function once(close: () => void): () => void {
  let isClosed = false
  return () => {
    if (!isClosed) close()
    isClosed = true
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
