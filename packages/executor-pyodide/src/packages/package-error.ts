/** Why a package cannot be had. Its text names the package, the file and what can be done; a program that imports it reads it. */
export class PackageError extends Error {
  override readonly name = 'PackageError'
}
