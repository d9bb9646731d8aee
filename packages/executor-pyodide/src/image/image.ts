/** Where a part of an image lies in it, bytes. */
export interface Extent {
  readonly offset: number
  readonly size: number
}

/**
 * An image as a guest gets it: one file with three parts (pyodide.md 2.1). Plain data, so it goes to a thread as it is; a process
 * gets the file as a descriptor of its own, whose number then stands here.
 */
export interface ImageParts {
  /** An open descriptor of the file, or the file itself where no folder could be written: then in shared memory, which threads need not copy. */
  readonly source: number | Uint8Array<ArrayBufferLike>
  /** The WebAssembly module, without the data that the heap holds and with the exports that the host uses. */
  readonly core: Extent
  /** Python's standard library, a zip file with precompiled modules. It is read while Python runs. */
  readonly library: Extent
  /** The memory of an interpreter that has its common modules imported: a header, and all that is not zero. */
  readonly heap: Extent
}

/** What an image says of itself at its beginning. */
export interface ImageManifest {
  /** Of this format; another one is never read. */
  readonly format: number
  /** Of the npm package `pyodide` that it was built from. */
  readonly pyodide: string
  /** SHA-256 of all that decides about its bytes: equal inputs give equal bytes. Hexadecimal, as the others. */
  readonly inputs: string
  readonly core: CheckedExtent
  readonly library: CheckedExtent
  readonly heap: CheckedExtent
}

/** A part, and the SHA-256 of its bytes. */
export interface CheckedExtent extends Extent {
  readonly sha256: string
}

/** An image that was checked, for one executor: every guest of it starts from this. */
export interface LoadedImage {
  readonly parts: ImageParts
  readonly manifest: ImageManifest
  /** What people should know of how it was had, for `capabilities.notes`: a damaged file that was left out, no folder that can be written. */
  readonly notes: readonly string[]
  /** Closes the file. Guests that run keep what they were given. */
  close(): void
}

/** How an executor looks for its image. */
export interface LoadImageOptions {
  /** Where the file is, for bundled applications. It is used or refused; nothing is built in its place. @default the file that the package carries */
  readonly image?: string | URL | undefined
  /** A folder for what is built on first use, made where it is not there. @default the first of the user's cache folder and the temporary folder that can be written */
  readonly cacheFolder?: string | undefined
  /** Told what is done while an image is built, about five seconds. Must not throw. */
  readonly onProgress?: ((progress: ImageProgress) => void) | undefined
}

/** What is done, for people, and how much of it all is behind: 0 to 1. */
export interface ImageProgress {
  readonly phase: 'library' | 'starting' | 'warming' | 'saving'
  readonly done: number
}
