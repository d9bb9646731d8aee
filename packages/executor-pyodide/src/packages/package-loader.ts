import { type CheckedPackage, checkPackage } from './checked-package.ts'
import { importsOf } from './imports-of.ts'
import type { LockedPackage } from './lock.ts'
import type { PackageOffer } from './offer.ts'
import { PackageError } from './package-error.ts'
import type { PackageSource } from './package-source.ts'
import { resolvePackage } from './resolve.ts'

/** An interpreter that packages are put into. */
export interface PackageReceiver {
  /** Lays the files of a package where programs find them, until it ends. */
  install(checked: CheckedPackage): Promise<void>
  /** Lets the import of each of these modules fail with its reason. */
  refuseImports(reasons: Readonly<Record<string, string>>): Promise<void>
}

/** Brings what programs import into the interpreters of one executor, which can reach no source themselves. */
export interface PackageLoader {
  /**
   * Installs what a program imports and the interpreter lacks; `onLoading` hears of it first. What cannot be had is told to the program by
   * its import. Rejects as the receiver does.
   */
  prepare(receiver: PackageReceiver, program: string, onLoading: (packages: readonly LockedPackage[]) => void): Promise<void>
  /** The receiver was made fresh: nothing is installed there any more. */
  forget(receiver: PackageReceiver): void
}

export function createPackageLoader(source: PackageSource, offer: PackageOffer): PackageLoader {
  const present = new WeakMap<PackageReceiver, Set<string>>()
  const libraries = new Map<string, readonly string[]>()

  return {
    forget: (receiver) => {
      present.delete(receiver)
    },
    async prepare(receiver, program, onLoading) {
      const there = present.get(receiver) ?? new Set<string>()
      present.set(receiver, there)
      const wanted = wantedBy(program, offer, source)
      const loading = new Set(wanted.packages.flatMap((each) => each.needed).filter(({ key }) => !there.has(key)))
      if (loading.size > 0) onLoading([...loading])
      const failures = new Map<string, string>()
      for (const each of loading) {
        const missing = each.depends.find((key) => failures.has(key))
        try {
          // Without what it needs it is of no use, and not there at all: its import is to say what that is.
          if (missing !== undefined) throw new PackageError(`${each.name} needs ${missing}, and ${failures.get(missing)}`)
          await receiver.install(await checkPackage(each, source, libraries))
          there.add(each.key)
        } catch (error) {
          if (!(error instanceof PackageError)) throw error
          failures.set(each.key, error.message)
        }
      }
      const reasons = { ...wanted.refused, ...Object.fromEntries(wanted.packages.flatMap((each) => refusals(each, failures))) }
      if (Object.keys(reasons).length > 0) await receiver.refuseImports(reasons)
    },
  }
}

/** A package that a program imports, and all that it needs, itself at last. */
interface WantedPackage {
  readonly wanted: LockedPackage
  readonly needed: readonly LockedPackage[]
}

interface Wanted {
  readonly packages: readonly WantedPackage[]
  /** Why modules cannot be imported, by their names. */
  readonly refused: Readonly<Record<string, string>>
}

function wantedBy(program: string, offer: PackageOffer, { lock }: PackageSource): Wanted {
  const packages = new Map<string, WantedPackage>()
  const refused: Record<string, string> = {}
  const modules = importsOf(program)
  for (const module of [...modules].flatMap((each) => [each, ...(COMPANIONS.get(topOf(each)) ?? [])])) {
    try {
      const wanted = offer.packageOf(module)
      if (wanted !== undefined) packages.set(wanted.key, { wanted, needed: resolvePackage(wanted.key, lock) })
    } catch (error) {
      if (!(error instanceof PackageError)) throw error
      refused[topOf(module)] = error.message
    }
  }
  return { packages: [...packages.values()], refused }
}

/** Modules that others look for when they need them, and whose packages these do not name: the time zones, which an operating system would have. */
const COMPANIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['zoneinfo', ['tzdata']],
  ['pandas', ['tzdata']],
])

function refusals({ wanted }: WantedPackage, failures: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const reason = failures.get(wanted.key)
  return reason === undefined ? [] : wanted.imports.map((module) => [topOf(module), reason])
}

function topOf(module: string): string {
  return module.split('.')[0] ?? module
}
