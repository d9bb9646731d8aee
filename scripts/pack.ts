import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm } from './npm.mjs'

/** A package as it would be published. */
export interface Packed {
  readonly name: string
  readonly tarball: string
}

const root = join(import.meta.dirname, '..')

/** Builds and packs every package of the workspace that is published, into the folder `into`. By pnpm: npm would not apply `publishConfig.exports`. */
export async function pack(into: string): Promise<readonly Packed[]> {
  mkdirSync(into, { recursive: true })
  const packed: Packed[] = []
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = join(root, 'packages', folder, 'package.json')
    if (!existsSync(manifest)) continue
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string; version: string }
    await pnpm(['pack', '--pack-destination', into], join(root, 'packages', folder))
    packed.push({ name, tarball: join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`) })
  }
  return packed
}
