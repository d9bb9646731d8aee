import type { SessionFiles } from '../executor.ts'

/** What became of a folder that was to be as another. */
export interface Equalized {
  /** They were equal before. */
  readonly wereEqual: boolean
  /** Files that could not be brought, each with why. */
  readonly failed: readonly string[]
}

/** Makes a folder equal to another, file by file: at most one is held in memory, in two copies. Stops between files where the signal aborts. */
export async function equalizeFiles(from: SessionFiles, to: SessionFiles, signal: AbortSignal): Promise<Equalized> {
  const [wanted, there] = await Promise.all([from.list(), to.list()])
  const sizes = new Map(there.map(({ path, size }) => [path, size]))
  const failed: string[] = []
  let wereEqual = true
  for (const { path, size } of wanted) {
    signal.throwIfAborted()
    try {
      const content = await from.read(path)
      if (sizes.get(path) === size && isEqual(content, await to.read(path))) continue
      wereEqual = false
      await to.put({ path, content })
    } catch (error) {
      wereEqual = false
      failed.push(`the file ${path} could not be moved: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const kept = new Set(wanted.map(({ path }) => path))
  for (const { path } of there) {
    if (kept.has(path)) continue
    wereEqual = false
    await to.remove(path)
  }
  return { wereEqual, failed }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
