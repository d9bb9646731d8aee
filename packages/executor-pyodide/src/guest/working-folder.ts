import type { FileChange } from '@interloop/core/executor'
import { CallError } from '../host/errno.ts'
import type { FileSystem, FileWriter } from '../host/file-system/file-system.ts'
import { MOST_CONTENT_BYTES } from './frames.ts'
import type { GuestSystem } from './guest-port.ts'
import type { ListedFile } from './messages.ts'
import { mimeTypeOf } from './mime-types.ts'

/** Where programs stand, and whose files are told: models write to it by habit. */
export const WORKING_FOLDER = '/mnt/data'

/** Files that are listed or told of as changed, at most; what is beyond is counted. */
const MOST_FILES = 20_000

/** What cannot be done with a file, as its parent is told. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure'
  readonly code: 'not_found' | 'too_large' | 'internal'

  constructor(code: FileFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** Any error of a file operation as one. */
  static of(error: unknown): FileFailure {
    if (error instanceof FileFailure) return error
    const message = error instanceof Error ? error.message : String(error)
    return new FileFailure(error instanceof CallError && FULL.has(error.code) ? 'too_large' : 'internal', message, { cause: error })
  }
}

/** What a file system answers whose quota is used up. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EFBIG'])

/** The regular files of the working folder, by paths that are relative to it. */
export interface WorkingFolder {
  /** Begins a file that takes its places when all of it was written. */
  begin(): FileWriter
  place(writer: FileWriter, paths: readonly string[]): void
  /** The content in pieces of at most `MOST_CONTENT_BYTES`. Throws `FileFailure` `not_found` where there is no regular file. */
  read(path: string): Generator<Uint8Array>
  /** What is not there, or no regular file, is left. */
  remove(path: string): void
  list(): readonly ListedFile[]
  /** What the program did since this was last asked, without what the host did; and how many files were left out. */
  changes(): { readonly files: readonly FileChange[]; readonly dropped: number }
}

/** Serves the working folder of a file system. */
export function openWorkingFolder(fileSystem: FileSystem, { sha256 }: Pick<GuestSystem, 'sha256'>): WorkingFolder {
  function* read(path: string): Generator<Uint8Array> {
    const place = placeOf(path)
    const size = fileSystem.fileSize(place)
    if (size === undefined) throw new FileFailure('not_found', `there is no file ${JSON.stringify(path)}`)
    for (let position = 0; position < size; ) {
      const piece = new Uint8Array(Math.min(MOST_CONTENT_BYTES, size - position))
      const count = fileSystem.readFile(place, position, piece)
      if (count === 0) return
      position += count
      yield piece.subarray(0, count)
    }
  }
  function hashOf(path: string): string {
    const hash = sha256()
    for (const piece of read(path)) hash.update(piece)
    return hash.hex()
  }

  return {
    begin: () => fileSystem.createFile(),
    place(writer, paths) {
      for (const path of paths) writer.place(placeOf(path))
    },
    read,
    remove: (path) => fileSystem.removeFile(placeOf(path)),
    list: () => fileSystem.listFiles(WORKING_FOLDER).slice(0, MOST_FILES),
    changes() {
      const changed = fileSystem.takeChanges(WORKING_FOLDER)
      const files = changed.slice(0, MOST_FILES).map(({ path, change, size }): FileChange => {
        if (change === 'deleted') return { path, change, size: 0 }
        const mimeType = mimeTypeOf(path)
        return { path, change, size, sha256: hashOf(path), ...(mimeType === undefined ? {} : { mimeType }) }
      })
      return { files, dropped: changed.length - files.length }
    },
  }
}

function placeOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const isInside = parts.length > 0 && !parts.includes('..') && !path.startsWith('/') && !path.includes('\0')
  if (isInside) return `${WORKING_FOLDER}/${parts.join('/')}`
  throw new FileFailure('internal', `${JSON.stringify(path)} is no path in the working folder`)
}
