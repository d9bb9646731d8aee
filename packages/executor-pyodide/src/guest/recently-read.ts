/** Reads things whole, and keeps those that were read last: at most so many bytes of them, but always the last one. */
export function recentlyRead<Key>(mostBytes: number, read: (key: Key) => Uint8Array): (key: Key) => Uint8Array {
  const kept = new Map<Key, Uint8Array>()
  let keptBytes = 0

  return (key) => {
    const present = kept.get(key)
    const bytes = present ?? read(key)
    kept.delete(key)
    kept.set(key, bytes)
    if (present !== undefined) return bytes
    keptBytes += bytes.length
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= mostBytes || oldest === key) break
      kept.delete(oldest)
      keptBytes -= length
    }
    return bytes
  }
}
