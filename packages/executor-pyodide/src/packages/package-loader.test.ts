import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { zipOf } from '../../test/packages/zip.ts'
import { readLock } from './lock.ts'
import { offerPackages, type PackagePolicy } from './offer.ts'
import { PackageError } from './package-error.ts'
import { createPackageLoader } from './package-loader.ts'

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** A receiver that notes what came, and a source with `top` (needs `middle`, needs `bottom`), `damaged`, `needy` (needs `damaged`), `tzdata` and `pandas`. */
function bench(policy: PackagePolicy = 'source') {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const depends = { bottom: [], middle: ['bottom'], top: ['middle'], damaged: [], needy: ['damaged'], outside: [], tzdata: [], pandas: [] }
  const packages = Object.entries(depends).map(([name, needed]) => {
    const archive = zipOf(name === 'outside' ? { '../outside.py': '' } : { [`${name}/core.so`]: name, [`${name}/__init__.py`]: '' })
    files.set(`${name}.whl`, archive)
    return [
      name,
      {
        name,
        version: '1.0',
        file_name: `${name}.whl`,
        sha256: name === 'damaged' ? '0'.repeat(64) : sha256(archive),
        imports: [name],
        depends: needed,
      },
    ] as const
  })
  const lock = readLock(JSON.stringify({ info: { abi_version: '2026_0', python: '3.14.2' }, packages: Object.fromEntries(packages) }))
  const source = {
    name: 'a test',
    lockName: 'its lock',
    lock,
    has: () => true,
    async read(fileName: string) {
      const file = files.get(fileName)
      if (file === undefined) throw new PackageError(`${fileName} cannot be read`)
      return file
    },
  }
  const loader = createPackageLoader(source, offerPackages(source, policy))
  const receiver = () => {
    const told: unknown[] = []
    return {
      told,
      async install({ libraries }: { readonly libraries: readonly string[] }) {
        told.push(libraries)
      },
      async refuseImports(reasons: Readonly<Record<string, string>>) {
        told.push(reasons)
      },
    }
  }
  const prepare = async (to: ReturnType<typeof receiver>, program: string) => {
    const loading: string[] = []
    await loader.prepare(to, program, (each) => loading.push(...each.map(({ name }) => name)))
    return loading
  }
  return { files, receiver, prepare }
}

test('a package that is imported comes with what it needs, told before, and with the hashes of its libraries', async () => {
  const { receiver, prepare } = bench()
  const to = receiver()
  expect(await prepare(to, 'def f():\n    from top.part import name')).toEqual(['bottom', 'middle', 'top'])
  expect(to.told).toEqual([[sha256('bottom')], [sha256('middle')], [sha256('top')]])
})

test('what an interpreter has is not brought again; another interpreter has nothing yet', async () => {
  const { receiver, prepare } = bench()
  const to = receiver()
  await prepare(to, 'import middle')
  expect(await prepare(to, 'import middle, top, json')).toEqual(['top'])
  expect(await prepare(receiver(), 'import middle')).toEqual(['bottom', 'middle'])
})

test('time zones come along where they will be looked for', async () => {
  const { receiver, prepare } = bench()
  expect(await prepare(receiver(), 'import zoneinfo')).toEqual(['tzdata'])
  expect(await prepare(receiver(), 'import pandas.io')).toEqual(['pandas', 'tzdata'])
})

test('what is not that of the lock is refused, and so is what needs it', async () => {
  const { receiver, prepare } = bench()
  const to = receiver()
  await prepare(to, 'import damaged')
  await prepare(to, 'import needy.part')
  const reason = 'damaged.whl has not the sha256 that its lock lists'
  expect(to.told).toEqual([{ damaged: reason }, { needy: `needy needs damaged, and ${reason}` }])
})

test('what would lie outside of its folder is refused, and so is a file that cannot be read', async () => {
  const { receiver, prepare, files } = bench()
  files.delete('bottom.whl')
  const to = receiver()
  await prepare(to, 'import outside, bottom')
  expect(to.told).toEqual([
    {
      outside: 'outside.whl cannot be installed: "../outside.py" in it would lie outside of its folder',
      bottom: 'bottom.whl cannot be read',
    },
  ])
})

test('what may not be had is refused by its name, and nothing of it is read', async () => {
  const { receiver, prepare, files } = bench(['middle'])
  files.delete('top.whl')
  const to = receiver()
  expect(await prepare(to, 'import top, middle')).toEqual(['bottom', 'middle'])
  expect(to.told.at(-1)).toEqual({ top: 'top 1.0 is none of the packages that may be loaded here' })
})

test('a package that failed is tried again by the next program', async () => {
  const { receiver, prepare, files } = bench()
  const kept = files.get('bottom.whl')
  files.delete('bottom.whl')
  const to = receiver()
  await prepare(to, 'import bottom')
  if (kept !== undefined) files.set('bottom.whl', kept)
  expect(await prepare(to, 'import bottom')).toEqual(['bottom'])
  expect(to.told).toEqual([{ bottom: 'bottom.whl cannot be read' }, [sha256('bottom')]])
})
