import { fileURLToPath } from 'node:url'
import { type Capabilities, OptionsError } from '@interloop/core/executor'
import type { PyodideOptions } from './options.ts'
import { folderSource } from './packages/folder-source.ts'
import { offerPackages } from './packages/offer.ts'
import { PackageError } from './packages/package-error.ts'
import { createPackageLoader, type PackageLoader } from './packages/package-loader.ts'

/** The packages of one executor. */
export interface PackageSupply {
  readonly packages: Capabilities['packages']
  /** For people. */
  readonly notes: readonly string[]
  /** Undefined where no package can come. */
  readonly loader: PackageLoader | undefined
}

const NONE: PackageSupply = { packages: [], notes: [], loader: undefined }

/** Opens the source that the options name, or the environment. Throws `OptionsError` where it cannot be used. */
export function packageSupply({ packageSource, packagePolicy = 'source' }: PyodideOptions): PackageSupply {
  const named = packageSource ?? process.env['INTERLOOP_PACKAGES'] ?? ''
  const place = named instanceof URL ? named.href : named
  if (place === '' || packagePolicy === 'image') return NONE
  try {
    const source = folderSource(folderOf(place))
    const offer = offerPackages(source, packagePolicy)
    return {
      packages: offer.packages
        .filter(({ imports }) => imports.length > 0)
        .map(({ name, version, imports }) => ({ name, version, imports })),
      notes: [`Packages come from ${source.name}.`],
      loader: createPackageLoader(source, offer),
    }
  } catch (cause) {
    if (!(cause instanceof PackageError)) throw cause
    const who = packageSource === undefined ? 'the environment variable INTERLOOP_PACKAGES' : 'packageSource'
    throw new OptionsError('packageSource', `${who} names ${JSON.stringify(place)}, which gives no packages: ${cause.message}`)
  }
}

function folderOf(place: string): string {
  if (place.startsWith('file:')) return fileURLToPath(place)
  if (/^[a-z][a-z\d+.-]+:/i.test(place)) throw new PackageError('only folders can be read')
  return place
}
