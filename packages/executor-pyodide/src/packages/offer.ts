import { type LockedPackage, packageKey } from './lock.ts'
import { PackageError } from './package-error.ts'
import type { PackageSource } from './package-source.ts'
import { resolvePackage } from './resolve.ts'

/** What programs may bring in by importing it: nothing, all that the lock of the source lists, or these packages and what they need. */
export type PackagePolicy = 'image' | 'source' | readonly string[]

/** The packages of a source, as far as they may be had. */
export interface PackageOffer {
  /** Those that can be had without a download. */
  readonly packages: readonly LockedPackage[]
  /** The package that brings a module; undefined where none does. Throws `PackageError` where there is one that may not be had. */
  packageOf(module: string): LockedPackage | undefined
}

/** Throws `PackageError` where the policy names a package that the lock does not have. */
export function offerPackages(source: PackageSource, policy: PackagePolicy): PackageOffer {
  const { lock } = source
  const allowed = allowedPackages(source, policy)
  const byModule = new Map([...lock.values()].flatMap((found) => found.imports.map((module) => [module, found] as const)))

  return {
    packages: [...allowed].filter((found) => source.has(found.fileName)),
    packageOf(module) {
      const found = prefixes(module)
        .map((name) => byModule.get(name))
        .find((each) => each !== undefined)
      if (found === undefined || policy === 'image') return undefined
      if (!allowed.has(found)) throw new PackageError(`${found.name} ${found.version} is none of the packages that may be loaded here`)
      return found
    },
  }
}

function allowedPackages({ lock, name }: PackageSource, policy: PackagePolicy): ReadonlySet<LockedPackage> {
  if (policy === 'image') return new Set()
  if (policy === 'source') return new Set(lock.values())
  return new Set(
    policy.flatMap((wanted) => {
      const key = packageKey(wanted)
      if (!lock.has(key)) throw new PackageError(`the lock of ${name} has no package ${wanted}`)
      return resolvePackage(key, lock)
    }),
  )
}

/** A dotted name, and all that it lies in, the longest first. */
function prefixes(module: string): readonly string[] {
  const parts = module.split('.')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
}
