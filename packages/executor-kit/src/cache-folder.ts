import { access, constants, mkdir, mkdtemp } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where environments are kept: what the caller named, the user's cache, or, where that cannot be written, a temporary folder of this process. */
export async function cacheFolder(named?: string | undefined): Promise<string> {
  const folder = named === undefined ? userCacheFolder() : resolve(named)
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return folder
  } catch (error) {
    if (named !== undefined) throw error
    temporary ??= mkdtemp(join(tmpdir(), 'interloop-cache-'))
    return temporary
  }
}

let temporary: Promise<string> | undefined

/** Where this system keeps what a program of this user can make anew. It need not be there. */
export function userCacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32' && LOCALAPPDATA !== undefined) return join(LOCALAPPDATA, 'interloop', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'interloop')
  return join(XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'interloop')
}
