import { createHash } from 'node:crypto'
import { fstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { imagePath } from './cache.ts'
import { encodeImage } from './container.ts'
import type { LoadedImage, LoadImageOptions } from './image.ts'
import { ImageError } from './image-error.ts'
import { type ImageOrigin, loadImage } from './load.ts'
import { readPart } from './part-reader.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'

const INPUTS = 'ab'.repeat(32)
/** What this user may do with files is no measure where the user is root; a file in the way of a folder stops root too. */
const inTheWay = (path: string) => writeFileSync(path, '')

let folder: string
let image: Uint8Array<ArrayBuffer>
let builds: number
let loaded: LoadedImage[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-load-image-'))
  image = small()
  builds = 0
  loaded = []
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'user'))
  vi.stubEnv('HOME', join(folder, 'home'))
  vi.stubEnv('LOCALAPPDATA', join(folder, 'user'))
  vi.stubEnv('TMPDIR', join(folder, 'temporary'))
  vi.stubEnv('TEMP', join(folder, 'temporary'))
  mkdirSync(join(folder, 'temporary'))
})
afterEach(() => {
  for (const { close } of loaded) close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function small(named: { pyodide?: string; inputs?: string } = {}): Uint8Array<ArrayBuffer> {
  const part = (byte: number) => ({ bytes: Uint8Array.of(byte), sha256: sha256Of(Uint8Array.of(byte)) })
  return encodeImage({ pyodide: PYODIDE_VERSION, inputs: INPUTS, ...named }, { core: part(1), library: part(2), heap: part(3) })
}

async function load(options: LoadImageOptions = {}, origin: Partial<ImageOrigin> = {}): Promise<LoadedImage> {
  const build = async () => {
    builds += 1
    return image.slice()
  }
  const found = await loadImage(options, { inputs: INPUTS, sha256: undefined, packed: inFolder('package.image'), build, ...origin })
  loaded.push(found)
  return found
}

const inFolder = (name: string) => pathToFileURL(join(folder, name))
/** The parts as a guest reads them. */
const content = ({ parts: { source, core, library, heap } }: LoadedImage) =>
  [core, library, heap].map((extent) => [...readPart(source, extent)])
const CONTENT = [[1], [2], [3]]
const damaged = () => image.with(image.length - 1, 9)

describe('an image', () => {
  it('is the one of the package where there is one', async () => {
    writeFileSync(join(folder, 'package.image'), image)
    const found = await load({}, { sha256: sha256Of(image) })
    expect([content(found), found.notes, builds, readdirSync(folder)]).toEqual([CONTENT, [], 0, ['package.image', 'temporary']])
  })

  it('is built once, and found in the cache from then on', async () => {
    const first = await load({ cacheFolder: join(folder, 'cache') })
    const second = await load({ cacheFolder: join(folder, 'cache') })
    expect([content(first), first.notes, content(second), second.notes, builds]).toEqual([CONTENT, [], CONTENT, [], 1])
    expect(readdirSync(join(folder, 'cache'))).toEqual([`pyodide-${INPUTS.slice(0, 16)}.image`])
  })

  it("is kept in the user's cache folder where none was named", async () => {
    await load()
    await load()
    expect(builds).toBe(1)
    expect(readdirSync(join(folder, 'temporary'))).toEqual([])
  })

  it('tells how far it is while it is built', async () => {
    const told: unknown[] = []
    const build: ImageOrigin['build'] = async (onProgress) => {
      onProgress?.({ phase: 'library', done: 0.1 })
      return image
    }
    await load({ onProgress: (progress) => told.push(progress) }, { build })
    expect(told).toEqual([
      { phase: 'library', done: 0.1 },
      { phase: 'saving', done: 0.95 },
    ])
  })

  it('is read from the file that was opened, whatever becomes of its name', async () => {
    const found = await load({ cacheFolder: folder })
    rmSync(imagePath(folder, INPUTS))
    expect(content(found)).toEqual(CONTENT)
  })

  it('closes its file once: its number may be another file’s by then', async () => {
    const found = await load()
    found.close()
    expect(() => fstatSync(Number(found.parts.source))).toThrow('EBADF')
    expect(found.close).not.toThrow()
  })
})

describe('an image that is not as it should be', () => {
  it('is not used where it is the one of the package: another is built, and a note says why', async () => {
    writeFileSync(join(folder, 'package.image'), damaged())
    const found = await load({}, { sha256: sha256Of(image) })
    expect([content(found), builds]).toEqual([CONTENT, 1])
    expect(found.notes).toEqual([
      expect.stringMatching(/^the image of the package is not used: it is damaged: its SHA-256 is \w{64} instead of \w{64}$/),
    ])
  })

  it('is left alone where sources are being worked on', async () => {
    writeFileSync(join(folder, 'package.image'), small({ inputs: 'those of yesterday' }))
    const found = await load()
    expect([content(found), found.notes, builds]).toEqual([CONTENT, [], 1])
  })

  it.each<[string, () => Uint8Array, RegExp]>([
    ['damaged', damaged, /its heap is damaged/],
    ['cut off', () => image.slice(0, image.length - 1), /would end at/],
    ['empty', () => new Uint8Array(0), /it is no image of Interloop/],
    [
      'of another release of Pyodide',
      () => small({ pyodide: '315.0.0' }),
      /it was built from pyodide 315\.0\.0, and this version needs 314\.0\.7/,
    ],
    ['of other sources', () => small({ inputs: 'others' }), /it was built by another version of this package/],
  ])('is built anew where the one in the cache is %s', async (_, bytes, reason) => {
    await load({ cacheFolder: folder })
    writeFileSync(imagePath(folder, INPUTS), bytes())
    const found = await load({ cacheFolder: folder })
    expect([content(found), builds]).toEqual([CONTENT, 2])
    expect(found.notes).toEqual([expect.stringMatching(reason)])
    expect((await load({ cacheFolder: folder })).notes).toEqual([])
    expect(readFileSync(imagePath(folder, INPUTS))).toEqual(Buffer.from(image))
  })

  it('is an error where it was named: nothing else is taken for it', async () => {
    writeFileSync(join(folder, 'mine.image'), damaged())
    const refused = {
      code: 'unavailable',
      message: expect.stringMatching(/^The image .*mine\.image, named by the option image, cannot be used: its heap is damaged/),
    }
    await expect(load({ image: join(folder, 'mine.image') })).rejects.toMatchObject(refused)
    await expect(load({ image: join(folder, 'none.image') })).rejects.toMatchObject({ message: expect.stringContaining('ENOENT') })
    expect(builds).toBe(0)
  })

  it('is an error where it is named and whole, and not the one that belongs to this version', async () => {
    writeFileSync(join(folder, 'mine.image'), image)
    await expect(load({ image: join(folder, 'mine.image') }, { sha256: 'cd'.repeat(32) })).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is taken by its path, its address, or the text of its address where it is right', async () => {
    writeFileSync(join(folder, 'mine.image'), image)
    const sha256 = sha256Of(image)
    for (const named of [join(folder, 'mine.image'), inFolder('mine.image'), inFolder('mine.image').href]) {
      expect(content(await load({ image: named }, { sha256 }))).toEqual(CONTENT)
    }
    expect(builds).toBe(0)
  })

  it('is an error where none is there and none can be built, with the reason', async () => {
    const build = () => Promise.reject(new ImageError('the npm package pyodide is needed in version 314.0.7, and 315.0.0 is installed'))
    await expect(load({}, { build })).rejects.toMatchObject({
      code: 'unavailable',
      started: 'no',
      message:
        'There is no image of the interpreter, and none can be built: the npm package pyodide is needed in version 314.0.7, and 315.0.0 is installed',
    })
  })
})

describe('a folder that cannot be written', () => {
  it('is passed over, and a note names it', async () => {
    inTheWay(join(folder, 'cache'))
    const found = await load({ cacheFolder: join(folder, 'cache') })
    expect([content(found), found.notes]).toEqual([CONTENT, [expect.stringMatching(/^no image can be kept in .*cache: E/)]])
    await load({ cacheFolder: join(folder, 'cache') })
    expect(builds).toBe(1)
  })

  it.skipIf(process.platform === 'win32')("is passed over to a folder of this user's own in the temporary one", async () => {
    inTheWay(join(folder, 'user'))
    inTheWay(join(folder, 'home'))
    const found = await load()
    expect([content(found), found.notes.length, readdirSync(join(folder, 'temporary'))]).toEqual([
      CONTENT,
      1,
      [expect.stringMatching(/^interloop-/)],
    ])
    await load()
    expect(builds).toBe(1)
  })

  it.skipIf(process.platform === 'win32')(
    'leaves the image in memory where none can be written, with a note, in memory that threads share',
    async () => {
      inTheWay(join(folder, 'user'))
      inTheWay(join(folder, 'home'))
      rmSync(join(folder, 'temporary'), { recursive: true })
      inTheWay(join(folder, 'temporary'))
      const found = await load()
      expect(content(found)).toEqual(CONTENT)
      expect(found.notes.at(-1)).toBe('the image of the interpreter is kept in memory, and each process builds its own')
      expect(found.notes).toHaveLength(3)
      expect(found.parts.source).toMatchObject({ buffer: expect.any(SharedArrayBuffer) })
    },
  )
})

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
