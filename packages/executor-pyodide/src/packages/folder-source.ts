import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readLock } from './lock.ts'
import { PackageError } from './package-error.ts'
import type { PackageSource } from './package-source.ts'

/** Name of a lock in its folder: Pyodide's own. */
const LOCK_NAME = 'pyodide-lock.json'

/** A folder with a lock and the files that it names. Throws `PackageError` where there is no lock that can be used. */
export function folderSource(named: string): PackageSource {
  const folder = resolve(named)
  return {
    name: folder,
    lockName: LOCK_NAME,
    lock: readLock(lockText(folder)),
    has: (fileName) => !fileName.includes('/') && existsSync(join(folder, fileName)),
    async read(fileName) {
      try {
        return await readFile(join(folder, fileName))
      } catch (cause) {
        throw new PackageError(`${fileName} cannot be read from ${folder}`, { cause })
      }
    },
  }
}

function lockText(folder: string): string {
  try {
    return readFileSync(join(folder, LOCK_NAME), 'utf8')
  } catch (cause) {
    throw new PackageError(`there is no file ${LOCK_NAME} that can be read`, { cause })
  }
}
