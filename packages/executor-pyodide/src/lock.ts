import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `pyodide-lock.json`, Pyodide's list of packages, says of one. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  readonly file_name: string
  readonly sha256: string
  readonly imports: readonly string[]
  readonly depends: readonly string[]
}

/** The wheels of a folder that its list names and that are there, by package. */
export function readLock(folder: string): Readonly<Record<string, LockedPackage>> {
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(readFileSync(join(folder, 'pyodide-lock.json'), 'utf8'))
  const isThere = ({ file_name }: LockedPackage) => file_name.endsWith('.whl') && existsSync(join(folder, file_name))
  return Object.fromEntries(Object.entries(packages).filter(([, found]) => isThere(found)))
}
