import { createHash } from 'node:crypto'
import type { InstallFolder, LockedPackage } from './lock.ts'
import { PackageError } from './package-error.ts'
import { isLibrary, packageFiles } from './package-files.ts'
import type { PackageSource } from './package-source.ts'

/** A package whose file is the one of the lock, and can be installed. */
export interface CheckedPackage {
  readonly archive: Uint8Array<ArrayBuffer>
  readonly folder: InstallFolder
  /** SHA-256 of each library in it, hexadecimal: these may be loaded. */
  readonly libraries: readonly string[]
}

/** Reads a package and looks at all that can be wrong with it; `libraries` remembers those of each file. Rejects with `PackageError`. */
export async function checkPackage(
  { fileName, sha256, folder }: LockedPackage,
  source: PackageSource,
  libraries: Map<string, readonly string[]>,
): Promise<CheckedPackage> {
  const archive = await source.read(fileName)
  if (sha256Of(archive) !== sha256) throw new PackageError(`${fileName} has not the sha256 that ${source.lockName} lists`)
  const known = libraries.get(sha256) ?? librariesIn(fileName, archive, folder)
  libraries.set(sha256, known)
  return { archive, folder, libraries: known }
}

function librariesIn(fileName: string, archive: Uint8Array, folder: InstallFolder): readonly string[] {
  try {
    const files = packageFiles(archive, folder)
    return files.filter(({ path }) => isLibrary(path)).map((file) => sha256Of(file.read()))
  } catch (error) {
    if (error instanceof PackageError) throw new PackageError(`${fileName} cannot be installed: ${error.message}`, { cause: error })
    throw error
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
