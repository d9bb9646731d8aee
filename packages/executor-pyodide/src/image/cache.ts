import { randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats, utimesSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { userCacheFolder } from '@interloop/executor-kit'
import { ImageError } from './image-error.ts'

/** A folder in which images may lie. */
export interface CachePlace {
  readonly folder: string
  /** Others can make files beside it, so that it has to be looked at before it is believed: this user's alone, and no link. */
  readonly isAmongOthers: boolean
}

/** Images of other sources are kept for those who go back and forth between them; older ones are removed. */
const KEPT = 3
const EXTENSION = '.image'
/** A part that was left behind when its writer was killed. */
const PART = '.part'
const PART_HOURS = 24

/** Where images are looked for and put, in this order (pyodide.md 12): what was named, the user's cache folder, a folder in the temporary one. */
export function cachePlaces(named?: string | undefined): readonly CachePlace[] {
  const owner = userInfo().username.replace(/\W/g, '_')
  return [
    ...(named === undefined ? [] : [{ folder: resolve(named), isAmongOthers: false }]),
    { folder: userCacheFolder(), isAmongOthers: false },
    { folder: join(tmpdir(), `interloop-${owner}`), isAmongOthers: true },
  ]
}

/** Opens the image of these sources in a place; a descriptor, undefined where there is none. Throws where it is there and cannot be used. */
export function openCached({ folder, isAmongOthers }: CachePlace, inputs: string): number | undefined {
  const path = imagePath(folder, inputs)
  try {
    if (isAmongOthers) requireOwnFolder(folder)
    const descriptor = openFile(path)
    noteUse(path)
    return descriptor
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Opens a file to read it; a descriptor. Throws `ImageError` where it is no regular file, or where another user could change it. */
export function openFile(path: string): number {
  // A FIFO would keep this process waiting for its other end.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new ImageError('it is no regular file')
    if (!isOwn(found)) throw new ImageError('it belongs to another user, or others may change it')
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/**
 * Puts an image into a place, and opens it; a descriptor. It is written beside its place and takes it whole: who reads meanwhile sees the
 * old one or the new one, and two who build the same at the same time do no harm. Throws where the place cannot be written, or is full.
 */
export async function store({ folder, isAmongOthers }: CachePlace, inputs: string, image: Uint8Array): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (isAmongOthers) requireOwnFolder(folder)
  const part = join(folder, `${randomUUID()}${PART}`)
  try {
    await writeFile(part, image, { flag: 'wx', mode: 0o600 })
    await rename(part, imagePath(folder, inputs))
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  await forgetOld(folder).catch(() => {})
  return openFile(imagePath(folder, inputs))
}

/** Where the image of these sources lies in a folder. */
export function imagePath(folder: string, inputs: string): string {
  return join(folder, `pyodide-${inputs.slice(0, 16)}${EXTENSION}`)
}

/** Whoever made the folder first could put anything into it; a link would lead to where this user may write and others may read. */
function requireOwnFolder(folder: string): void {
  const found = lstatSync(folder)
  if (!found.isDirectory()) throw new ImageError('it is no folder of its own')
  if (!isOwn(found) || (process.platform !== 'win32' && (found.mode & 0o077) !== 0)) throw new ImageError('others may use it')
}

/** Of this user, or of the system's; and changed by nobody else. Windows knows neither owners nor modes here: its user folders are private. */
function isOwn({ uid, mode }: Stats): boolean {
  const user = process.getuid?.()
  return user === undefined || ((uid === user || uid === 0) && (mode & 0o022) === 0)
}

/** When it was last used decides which of them are kept; where that cannot be noted, none is removed either. */
function noteUse(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // A folder that can only be read is as good.
  }
}

async function forgetOld(folder: string): Promise<void> {
  const names = await readdir(folder)
  const images = await dated(
    folder,
    names.filter((name) => name.startsWith('pyodide-') && name.endsWith(EXTENSION)),
  )
  const parts = await dated(
    folder,
    names.filter((name) => name.endsWith(PART)),
  )
  const oldest = Date.now() - PART_HOURS * 3_600_000
  const old = [...images.toSorted((one, other) => other.used - one.used).slice(KEPT), ...parts.filter(({ used }) => used < oldest)]
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}

async function dated(folder: string, names: readonly string[]): Promise<readonly { path: string; used: number }[]> {
  const paths = names.map((name) => join(folder, name))
  return Promise.all(paths.map(async (path) => ({ path, used: (await stat(path)).mtimeMs })))
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
