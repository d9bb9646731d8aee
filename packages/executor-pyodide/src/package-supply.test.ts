import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OptionsError } from '@interloop/core/executor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkOptions } from './options.ts'
import { packageSupply } from './package-supply.ts'

const INFO = { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten_5_0_3', python: '3.14.2' }
let folder: string

function entry(name: string, depends: readonly string[] = []): object {
  return { name, version: '1.0', file_name: `${name}.whl`, sha256: '0'.repeat(64), imports: [`${name}_module`], depends }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interloop-'))
  const packages = { here: entry('here'), other: entry('other', ['here']), away: entry('away') }
  await writeFile(join(folder, 'pyodide-lock.json'), JSON.stringify({ info: INFO, packages }))
  for (const name of ['here.whl', 'other.whl']) await writeFile(join(folder, name), '')
})
afterAll(() => rm(folder, { recursive: true }))

const HERE = { name: 'here', version: '1.0', imports: ['here_module'] }
const OTHER = { name: 'other', version: '1.0', imports: ['other_module'] }

test('offers the packages of a folder that are in its lock and there, however it is named, and says where they come from', () => {
  for (const packageSource of [folder, pathToFileURL(folder), pathToFileURL(folder).href]) {
    const { packages, notes } = packageSupply({ packageSource })
    expect([packages, notes]).toEqual([[HERE, OTHER], [`Packages come from ${folder}.`]])
  }
})

test('offers those alone that a list allows, and what they need', () => {
  const offered = (packagePolicy: 'image' | readonly string[]) => packageSupply({ packageSource: folder, packagePolicy }).packages
  expect([offered(['Here']), offered(['other']), offered([]), offered('image')]).toEqual([[HERE], [HERE, OTHER], [], []])
})

test('offers nothing where no source is named', () => {
  expect(packageSupply({ packageSource: '' })).toEqual({ packages: [], notes: [], loader: undefined })
})

test.each([
  [
    { packageSource: '/no/such/folder' },
    'packageSource names "/no/such/folder", which gives no packages: there is no file pyodide-lock.json',
  ],
  [{ packageSource: new URL('https://packages.example/') }, 'packageSource names "https://packages.example/"'],
])('refuses %o', (options, message) => {
  expect(() => packageSupply(options)).toThrow(
    expect.objectContaining({ option: 'packageSource', message: expect.stringContaining(message) }),
  )
})

test('refuses a policy that names what the lock does not have', () => {
  const make = () => packageSupply({ packageSource: folder, packagePolicy: ['gone'] })
  expect(make).toThrow(OptionsError)
  expect(make).toThrow(`the lock of ${folder} has no package gone`)
})

test.each(['everything', [1], {}])('a policy that is %j is an option that cannot be right', (packagePolicy) => {
  // As JavaScript could call it.
  const make = () => checkOptions({ packagePolicy: packagePolicy as unknown as 'image' })
  expect(make).toThrow(`packagePolicy must be image, source or names of packages, got ${JSON.stringify(packagePolicy)}`)
})

test('refuses a lock of another interpreter', async () => {
  const old = await mkdtemp(join(tmpdir(), 'interloop-'))
  try {
    await copyFile(join(folder, 'here.whl'), join(old, 'here.whl'))
    await writeFile(join(old, 'pyodide-lock.json'), JSON.stringify({ info: { ...INFO, abi_version: '2025_0' }, packages: {} }))
    expect(() => packageSupply({ packageSource: old })).toThrow('built for the ABI 2025_0')
  } finally {
    await rm(old, { recursive: true })
  }
})
