import { createHash } from 'node:crypto'
import { ExecutorError, type FileInput, type SessionFiles } from '@interloop/core/executor'
import { kernelFiles, refuseLarge } from './files.ts'
import { recordOf } from './frames.ts'
import type { Kernel } from './kernel.ts'
import type { Server } from './server.ts'

/**
 * The files of a session by the server's contents API, which carries large ones faster. It follows links that a program made, so it is for
 * deployers who say that kernel and server have the same rights (remote.md 9). What it carried is compared by sha256 with what the kernel sees.
 */
export function contentsFiles({ rest, settings }: Server, kernel: Kernel): SessionFiles {
  const folder = [settings.folder, kernel.booted.folder.split('/').at(-1) ?? ''].filter((part) => part !== '')
  const placeOf = (path: string) => `/api/contents/${[...folder, ...path.split('/')].map(encodeURIComponent).join('/')}`
  const through = kernelFiles(kernel)

  return {
    ...through,
    async put({ path, content, aliases = [] }: FileInput) {
      const bytes = Buffer.from(content)
      refuseLarge(path, bytes.length)
      await kernel.ask('make_way', { path })
      const body = { type: 'file', format: 'base64', content: bytes.toString('base64') }
      await rest.ask('PUT', placeOf(path), { what: `put the file ${JSON.stringify(path)}`, body, isRepeatable: true })
      await kernel.ask('placed', { path, sha256: sha256(bytes), names: aliases }).catch(notShared)
    },
    async read(path) {
      const { size, sha256: expected } = await kernel.ask('fingerprint', { path })
      refuseLarge(path, Number(size))
      const what = `read the file ${JSON.stringify(path)}`
      const answer = recordOf(await rest.ask('GET', `${placeOf(path)}?type=file&format=base64&content=1`, { what }).catch(notShared))
      const bytes = Buffer.from(String(answer['content']), 'base64')
      if (sha256(bytes) !== expected)
        throw new ExecutorError('protocol', `the file ${JSON.stringify(path)} changed while it was read`, { started: 'no' })
      return new Uint8Array(bytes)
    },
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function notShared(error: unknown): never {
  if (!ExecutorError.is(error) || error.code !== 'not_found') throw error
  const told = 'the kernel and the contents API of its server do not share a folder: leave out the option files'
  throw new ExecutorError('unsupported', told, { started: 'no', cause: error })
}
