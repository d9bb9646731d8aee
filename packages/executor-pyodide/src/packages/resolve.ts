import type { LockedPackage, PackageLock } from './lock.ts'
import { PackageError } from './package-error.ts'

/** A package and all that it needs, each after what it needs itself. Throws `PackageError` where the lock lacks one, or where one needs itself. */
export function resolvePackage(key: string, lock: PackageLock): readonly LockedPackage[] {
  const resolved = new Map<string, LockedPackage>()

  function visit(each: string, path: readonly string[]): void {
    if (resolved.has(each)) return
    if (path.includes(each)) throw new PackageError(`${[...path.slice(path.indexOf(each)), each].join(' needs ')}: that is a circle`)
    const found = lock.get(each)
    const before = path.at(-1)
    if (found === undefined) {
      throw new PackageError(
        before === undefined ? `the lock has no package ${each}` : `${before} needs ${each}, which the lock does not have`,
      )
    }
    for (const needed of found.depends) visit(needed, [...path, each])
    resolved.set(each, found)
  }

  visit(key, [])
  return [...resolved.values()]
}
