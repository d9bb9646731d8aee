import type { SessionFiles } from '../executor.ts'

/**
 * Makes a folder equal to another, file by file: at most one is held in memory, in two copies. Resolves with whether they were equal before.
 * Rejects where a file cannot be brought, and between files where the signal aborts.
 */
export async function equalizeFiles(from: SessionFiles, to: SessionFiles, signal: AbortSignal): Promise<boolean> {
  const [wanted, there] = await Promise.all([from.list(), to.list()])
  const sizes = new Map(there.map(({ path, size }) => [path, size]))
  let wereEqual = true
  for (const { path, size } of wanted) {
    signal.throwIfAborted()
    const content = await from.read(path)
    if (sizes.get(path) === size && isEqual(content, await to.read(path))) continue
    wereEqual = false
    await to.put({ path, content })
  }
  const kept = new Set(wanted.map(({ path }) => path))
  for (const { path } of there) {
    if (kept.has(path)) continue
    wereEqual = false
    await to.remove(path)
  }
  return wereEqual
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
