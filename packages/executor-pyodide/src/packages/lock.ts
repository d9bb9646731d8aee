import { PYTHON_VERSION } from '../image/pyodide-version.ts'
import { PackageError } from './package-error.ts'

/** A package as a lock of Pyodide's format lists it. */
export interface LockedPackage {
  /** Its name as all that names it is compared by. */
  readonly key: string
  readonly name: string
  readonly version: string
  /** Its file: of a wheel, or an archive of shared libraries. Relative to the lock, or a URL. */
  readonly fileName: string
  /** Of the file, hexadecimal. */
  readonly sha256: string
  /** Modules that it brings, by the names that programs import. */
  readonly imports: readonly string[]
  /** Keys of packages that it needs. */
  readonly depends: readonly string[]
  /** Where its files go: `site`, `dynlib` (shared libraries), `stdlib`. */
  readonly folder: InstallFolder
}

/** Where the files of a package go. */
export type InstallFolder = 'site' | 'dynlib' | 'stdlib'

/** All packages of a lock, by their keys. */
export type PackageLock = ReadonlyMap<string, LockedPackage>

/** The ABI that extensions of the pinned interpreter are built for. */
const ABI_VERSION = '2026_0'

/** Reads a lock. Throws `PackageError` where it is none, or one for another interpreter: what it lists would not run. */
export function readLock(text: string): PackageLock {
  const lock = members(parsed(text))
  const info = members(lock['info'])
  if (info['abi_version'] !== ABI_VERSION) {
    throw new PackageError(`its packages are built for the ABI ${String(info['abi_version'])}, and this interpreter has ${ABI_VERSION}`)
  }
  const python = String(info['python'])
  if (minor(python) !== minor(PYTHON_VERSION)) {
    throw new PackageError(`its packages are for Python ${python}, and this interpreter is ${PYTHON_VERSION}`)
  }
  const packages = Object.entries(members(lock['packages'])).map(([key, entry]) => lockedPackage(packageKey(key), members(entry)))
  return new Map(packages.map((found) => [found.key, found]))
}

/** What names of packages are equal by (PyPA, name normalization). */
export function packageKey(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}

function lockedPackage(key: string, entry: Readonly<Record<string, unknown>>): LockedPackage {
  const { name, version, file_name: fileName, sha256, install_dir: folder = 'site' } = entry
  if (typeof name !== 'string' || typeof version !== 'string') throw new PackageError(`its entry ${key} has no name and version`)
  if (typeof fileName !== 'string' || !/^[^/\\]*[^/\\.][^/\\]*$/.test(lastName(fileName)))
    throw new PackageError(`its entry ${key} names no file`)
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new PackageError(`its entry ${key} has no sha256`)
  if (!isFolder(folder)) throw new PackageError(`its entry ${key} goes to ${JSON.stringify(folder)}, which is no place here`)
  const depends = texts(entry['depends']).map(packageKey)
  return { key, name, version, fileName, sha256, imports: texts(entry['imports']), depends, folder }
}

/** What stands behind the host and path of a URL; a plain name is what it is. */
function lastName(fileName: string): string {
  return fileName.replace(/^https?:\/\/[^?#]*\//, '')
}

function isFolder(folder: unknown): folder is InstallFolder {
  return folder === 'site' || folder === 'dynlib' || folder === 'stdlib'
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PackageError('it is no JSON', { cause })
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>> // just checked
  throw new PackageError('it is no lock of Pyodide’s format')
}
