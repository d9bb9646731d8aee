import type { FileSystem } from '../host/host.ts'
import { type PackageFile, packageFiles, SITE_FOLDER } from '../packages/package-files.ts'
import type { GuestPort, GuestSystem } from './guest-port.ts'
import type { PackageRequest } from './messages.ts'
import { recentlyRead } from './recently-read.ts'
import { FileFailure } from './working-folder.ts'

/** Serves what a parent does with packages: their files lie in the memory of the guest, packed, and are unpacked when they are read. */
export interface PackageRequests {
  serve(request: PackageRequest): void
  /** Takes a piece of a package; false where it belongs to something else. */
  take(ask: number, content: Uint8Array): boolean
  /** Whether a library is one of a package that was installed. */
  isAllowed(library: Uint8Array): boolean
  /** Forgets all: for a fresh interpreter. */
  clear(): void
}

interface Receiving {
  readonly request: Extract<PackageRequest, { readonly type: 'install' }>
  readonly archive: Uint8Array<ArrayBuffer>
  filled: number
}

/** Bytes of unpacked files that are kept: a file is read in several pieces. */
const UNPACKED_BYTES = 16 * 2 ** 20

/** `fileSystem` is asked for each time: a fresh interpreter has another one. */
export function servePackages(port: GuestPort, { sha256 }: Pick<GuestSystem, 'sha256'>, fileSystem: () => FileSystem): PackageRequests {
  const receiving = new Map<number, Receiving>()
  const libraries = new Set<string>()
  const unpack = recentlyRead<PackageFile>(UNPACKED_BYTES, (file) => file.read())

  /** What is wrong is told: the interpreter goes on without. */
  function attempt(ask: number, work: () => void): void {
    try {
      work()
      port.send({ type: 'done', ask })
    } catch (error) {
      port.send({ type: 'failed', ask, code: 'internal', message: FileFailure.of(error).message })
    }
  }
  function install({ folder, libraries: hashes }: Receiving['request'], archive: Uint8Array): void {
    for (const hash of hashes) libraries.add(hash)
    for (const file of packageFiles(archive, folder)) {
      const { path, size } = file
      fileSystem().mountFile(path, {
        size,
        read: (target, position) => target.set(unpack(file).subarray(position, position + target.length)),
      })
    }
  }
  function refuse(reasons: Readonly<Record<string, string>>): void {
    for (const [module, reason] of Object.entries(reasons)) {
      const text = new TextEncoder().encode(`raise ImportError(${JSON.stringify(reason)}, name=__name__)\n`)
      const read = (target: Uint8Array, position: number): void => target.set(text.subarray(position, position + target.length))
      fileSystem().mountFile(`${SITE_FOLDER}/${module}.py`, { size: text.length, read })
    }
  }

  return {
    serve(request) {
      if (request.type === 'install') receiving.set(request.ask, { request, archive: new Uint8Array(request.size), filled: 0 })
      else attempt(request.ask, () => refuse(request.reasons))
    },
    take(ask, content) {
      const found = receiving.get(ask)
      if (found === undefined) return false
      found.archive.set(content, found.filled)
      found.filled += content.length
      if (found.filled === found.archive.length) {
        receiving.delete(ask)
        attempt(ask, () => install(found.request, found.archive))
      }
      return true
    },
    isAllowed(library) {
      const hash = sha256()
      hash.update(library)
      return libraries.has(hash.hex())
    },
    clear() {
      receiving.clear()
      libraries.clear()
    },
  }
}
