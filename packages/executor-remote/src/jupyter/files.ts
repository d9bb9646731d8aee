import { createHash } from 'node:crypto'
import { ExecutorError, type FileInput, type SessionFiles } from '@interloop/core/executor'
import { recordOf } from './frames.ts'
import type { Kernel } from './kernel.ts'

/** The largest file that is carried, bytes (remote.md 1.7). */
const FILE_BYTES = 60 * 2 ** 20

/** Of one request, bytes: 4 MiB in base64, well below the 10 MiB at which a server closes the line. */
const PART_BYTES = 3 * 2 ** 20

/** The files of a kernel's working folder, through its guest. Paths were checked. */
export function kernelFiles(kernel: Kernel): SessionFiles {
  return {
    async put({ path, content, aliases = [] }: FileInput) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      refuseLarge(path, bytes.length)
      const part = crypto.randomUUID()
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      let offset = 0
      do {
        const chunk = bytes.subarray(offset, offset + PART_BYTES)
        const isLast = offset + PART_BYTES >= bytes.length
        const args = { path, part, offset, content: Buffer.from(chunk).toString('base64'), ...(isLast ? { sha256, names: aliases } : {}) }
        await kernel.ask('put', args)
        offset += PART_BYTES
      } while (offset < bytes.length)
    },
    async read(path) {
      const parts: Buffer[] = []
      let offset = 0
      for (;;) {
        const answer = await kernel.ask('read', { path, offset, length: PART_BYTES })
        const size = Number(answer['size'])
        refuseLarge(path, size)
        const chunk = Buffer.from(String(answer['content']), 'base64')
        parts.push(chunk)
        offset += chunk.length
        if (offset >= size || chunk.length === 0) break
      }
      return new Uint8Array(Buffer.concat(parts))
    },
    async list() {
      const { files } = await kernel.ask('list')
      return (Array.isArray(files) ? files : []).map(recordOf).map(({ path, size }) => ({ path: String(path), size: Number(size) }))
    },
    async remove(path) {
      await kernel.ask('remove', { path })
    },
  }
}

/** Throws `too_large`. */
export function refuseLarge(path: string, bytes: number): void {
  if (bytes <= FILE_BYTES) return
  throw new ExecutorError('too_large', `the file ${JSON.stringify(path)} has ${bytes} bytes, at most ${FILE_BYTES} are carried`, {
    started: 'no',
  })
}
