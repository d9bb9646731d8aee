import type { FileWriter } from '../host/file-system/file-system.ts'
import type { GuestPort } from './guest-port.ts'
import type { FileRequest, ListedFile, Request } from './messages.ts'
import { FileFailure, type WorkingFolder } from './working-folder.ts'

/** Serves the file operations of a parent, one after the other, also while a program runs. */
export interface FileRequests {
  serve(request: FileRequest | Extract<Request, { readonly type: 'piece' }>, content: Uint8Array): void
  /** Forgets what was half put: for a fresh interpreter. */
  clear(): void
}

/** Files of a listing that are told in one frame: 1,000 paths of the greatest length are 4 MiB. */
const PAGE_FILES = 1_000

interface Putting {
  /** Undefined once it failed: what still comes of it is passed over. */
  writer: FileWriter | undefined
  readonly paths: readonly string[]
  left: number
}

/** `folder` is asked for each time: a fresh interpreter has another one. */
export function serveFiles(port: GuestPort, folder: () => WorkingFolder): FileRequests {
  const puttings = new Map<number, Putting>()

  /** Does a part of an operation; false where it failed, which was told then. */
  function attempt(ask: number, work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      const { code, message } = FileFailure.of(error)
      port.send({ type: 'failed', ask, code, message })
      return false
    }
  }
  function take(ask: number, putting: Putting, content: Uint8Array): void {
    putting.left -= content.length
    const { writer, paths, left } = putting
    if (left <= 0) puttings.delete(ask)
    if (writer === undefined) return
    const isTaken = attempt(ask, () => {
      writer.write(content)
      if (left > 0) return
      folder().place(writer, paths)
      port.send({ type: 'done', ask })
    })
    if (isTaken) return
    writer.discard()
    putting.writer = undefined
  }
  function page(ask: number, files: readonly ListedFile[]): void {
    for (let start = 0; start < files.length; start += PAGE_FILES) {
      port.send({ type: 'listed', ask, files: files.slice(start, start + PAGE_FILES) })
    }
  }

  return {
    serve(request, content) {
      const { ask } = request
      switch (request.type) {
        case 'put': {
          const putting: Putting = { writer: folder().begin(), paths: request.paths, left: request.size }
          puttings.set(ask, putting)
          if (request.size === 0) take(ask, putting, content)
          return
        }
        case 'piece': {
          const putting = puttings.get(ask)
          if (putting !== undefined) take(ask, putting, content)
          return
        }
        case 'read':
          attempt(ask, () => {
            for (const piece of folder().read(request.path)) port.send({ type: 'piece', ask }, piece)
            port.send({ type: 'done', ask })
          })
          return
        case 'remove':
          attempt(ask, () => {
            folder().remove(request.path)
            port.send({ type: 'done', ask })
          })
          return
        case 'list':
          attempt(ask, () => {
            page(ask, folder().list())
            port.send({ type: 'done', ask })
          })
      }
    },
    clear: () => puttings.clear(),
  }
}
