import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CachePlace, cachePlaces, imagePath, openCached, openFile, store } from './cache.ts'
import { ImageError } from './image-error.ts'

const INPUTS = 'ab'.repeat(32)
const IMAGE = new TextEncoder().encode('an image')
/** What root may do is no measure of what others may. */
const isRoot = process.getuid?.() === 0
const hasModes = process.platform !== 'win32'

let folder: string
let place: CachePlace

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-image-cache-'))
  place = { folder: join(folder, 'a', 'b'), isAmongOthers: false }
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function content(descriptor: number | undefined): string | undefined {
  if (descriptor === undefined) return undefined
  try {
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

describe('the places of the cache', () => {
  it("are the named folder, the user's cache, and one of the user's own in the temporary folder", () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    vi.stubEnv('TMPDIR', folder)
    const places = cachePlaces(join(folder, 'named'))
    expect(places.map(({ isAmongOthers }) => isAmongOthers)).toEqual([false, false, true])
    expect(places[0]?.folder).toBe(join(folder, 'named'))
    if (process.platform === 'linux') {
      expect(places[1]?.folder).toBe(join(folder, 'cache', 'interloop'))
      expect(places[2]?.folder).toMatch(/interloop-\w+$/)
    }
    expect(cachePlaces().map(({ folder }) => folder)).toEqual(places.slice(1).map(({ folder }) => folder))
  })
})

describe('an image that is kept', () => {
  it('is found again, by its sources alone', async () => {
    expect(content(openCached(place, INPUTS))).toBe(undefined)
    expect(content(await store(place, INPUTS, IMAGE))).toBe('an image')
    expect(content(openCached(place, INPUTS))).toBe('an image')
    expect(content(openCached(place, 'cd'.repeat(32)))).toBe(undefined)
  })

  it('takes its place whole, beside nothing else', async () => {
    closeSync(await store(place, INPUTS, new TextEncoder().encode('the one before')))
    const before = openCached(place, INPUTS)
    closeSync(await store(place, INPUTS, IMAGE))
    expect(content(before)).toBe('the one before')
    expect(content(openCached(place, INPUTS))).toBe('an image')
    expect(readdirSync(place.folder)).toEqual([`pyodide-${INPUTS.slice(0, 16)}.image`])
  })

  it('is written by several at once', async () => {
    const descriptors = await Promise.all(Array.from({ length: 8 }, () => store(place, INPUTS, IMAGE)))
    expect(descriptors.map(content)).toEqual(Array(8).fill('an image'))
    expect(readdirSync(place.folder)).toHaveLength(1)
  })

  it.runIf(hasModes)('can be read and changed by this user alone', async () => {
    closeSync(await store(place, INPUTS, IMAGE))
    expect(lstatSync(place.folder).mode & 0o777).toBe(0o700)
    expect(lstatSync(imagePath(place.folder, INPUTS)).mode & 0o777).toBe(0o600)
  })

  it('makes room: the three that were used last stay, and parts that were left a day ago go', async () => {
    mkdirSync(place.folder, { recursive: true })
    const aged = (name: string, hours: number) => {
      const time = new Date(Date.now() - hours * 3_600_000)
      writeFileSync(join(place.folder, name), '')
      utimesSync(join(place.folder, name), time, time)
    }
    for (const hours of [1, 2, 3, 4]) aged(`pyodide-${hours}.image`, hours)
    aged('left.part', 25)
    aged('being-written.part', 1)
    aged('something-else.zip', 1_000)
    closeSync(await store(place, INPUTS, IMAGE))
    const kept = ['being-written.part', 'pyodide-1.image', 'pyodide-2.image', `pyodide-${INPUTS.slice(0, 16)}.image`, 'something-else.zip']
    expect(readdirSync(place.folder).toSorted()).toEqual(kept.toSorted())
  })

  it('stays where it was used last, however old it is', async () => {
    closeSync(await store(place, INPUTS, IMAGE))
    utimesSync(imagePath(place.folder, INPUTS), 0, 0)
    content(openCached(place, INPUTS))
    for (const other of ['1', '2']) closeSync(await store(place, other.repeat(64), IMAGE))
    expect(content(openCached(place, INPUTS))).toBe('an image')
  })

  it('is not kept where a file is in the way of the folder', async () => {
    writeFileSync(join(folder, 'a'), '')
    expect(openCached(place, INPUTS)).toBe(undefined)
    await expect(store(place, INPUTS, IMAGE)).rejects.toThrow(/ENOTDIR|EEXIST/)
  })

  it.runIf(hasModes && !isRoot)('is found in a folder that can only be read, and nothing is kept there', async () => {
    closeSync(await store(place, INPUTS, IMAGE))
    chmodSync(place.folder, 0o500)
    expect(content(openCached(place, INPUTS))).toBe('an image')
    await expect(store(place, INPUTS, IMAGE)).rejects.toThrow('EACCES')
    chmodSync(place.folder, 0o700)
  })
})

describe.runIf(hasModes)('an image that somebody else could have put there', () => {
  const kept = async () => closeSync(await store(place, INPUTS, IMAGE))

  it.each([0o602, 0o620])('is refused where others may write the file: mode %o', async (mode) => {
    await kept()
    chmodSync(imagePath(place.folder, INPUTS), mode)
    expect(() => openCached(place, INPUTS)).toThrow(new ImageError('it belongs to another user, or others may change it'))
  })

  it('is refused where it is no regular file', async () => {
    mkdirSync(imagePath(place.folder, INPUTS), { recursive: true })
    expect(() => openCached(place, INPUTS)).toThrow('it is no regular file')
    expect(() => openFile('/dev/null')).toThrow('it is no regular file')
  })

  it.each([0o701, 0o710, 0o722])('is refused among others where they may use the folder: mode %o', async (mode) => {
    await kept()
    const shared = { ...place, isAmongOthers: true }
    expect(content(openCached(shared, INPUTS))).toBe('an image')
    chmodSync(place.folder, mode)
    expect(() => openCached(shared, INPUTS)).toThrow(new ImageError('others may use it'))
    await expect(store(shared, INPUTS, IMAGE)).rejects.toThrow('others may use it')
  })

  it('is refused among others where the folder is a link, also to one of this user', async () => {
    await kept()
    symlinkSync(place.folder, join(folder, 'link'))
    const linked = { folder: join(folder, 'link'), isAmongOthers: true }
    expect(() => openCached(linked, INPUTS)).toThrow(new ImageError('it is no folder of its own'))
    await expect(store(linked, INPUTS, IMAGE)).rejects.toThrow('it is no folder of its own')
  })
})
