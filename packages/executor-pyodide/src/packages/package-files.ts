import { type ArchivedFile, listArchive } from './archive.ts'
import type { InstallFolder } from './lock.ts'
import { PackageError } from './package-error.ts'

/** A file of a package, and where it lies for a program: an absolute path. */
export interface PackageFile extends Pick<ArchivedFile, 'size' | 'read'> {
  readonly path: string
}

/** The files that a package brings: of a wheel, or of an archive of shared libraries. Throws `PackageError` where one would lie elsewhere, or all are too large. */
export function packageFiles(archive: Uint8Array, folder: InstallFolder): readonly PackageFile[] {
  const files = listArchive(archive)
  const size = files.reduce((sum, file) => sum + file.size, 0)
  if (size > MOST_BYTES || files.length > MOST_FILES)
    throw new PackageError(`it has ${files.length} files of ${size} bytes, which is too much`)
  return files.flatMap((file) => {
    const parts = file.path.split('/')
    if (file.path.includes('\\') || file.path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
      throw new PackageError(`${JSON.stringify(file.path)} in it would lie outside of its folder`)
    }
    const path = folder === 'dynlib' ? libraryPath(parts) : wheelPath(parts)
    return path === undefined ? [] : [{ path: `${FOLDERS[folder]}/${path}`, size: file.size, read: file.read }]
  })
}

/** Whether a file is code for the interpreter's processor. */
export function isLibrary(path: string): boolean {
  return /\.so(\.[\d.]+)?$/.test(path)
}

/** Shared libraries lie in one folder, whatever the archive has. */
function libraryPath(parts: readonly string[]): string | undefined {
  const name = parts.at(-1) ?? ''
  return isLibrary(name) ? name : undefined
}

/** Files in `name.data` belong elsewhere; those for other places than that of modules have no use here. */
function wheelPath(parts: readonly string[]): string | undefined {
  if (parts[0]?.endsWith('.data') !== true) return parts.join('/')
  return parts[1] === 'purelib' || parts[1] === 'platlib' ? parts.slice(2).join('/') : undefined
}

/** Where programs find modules of packages. */
export const SITE_FOLDER = '/lib/python3.14/site-packages'

const FOLDERS: Readonly<Record<InstallFolder, string>> = { site: SITE_FOLDER, dynlib: '/usr/lib', stdlib: '/lib/python3.14' }

/** Of one package. OpenCV and SciPy, the largest, have less than 100 MB. */
const MOST_BYTES = 512 * 2 ** 20
const MOST_FILES = 20_000
