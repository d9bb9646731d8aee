// Entry of the thread that builds an image: told its inputs, tells how far it is, and at last the image.
import { parentPort, workerData } from 'node:worker_threads'
import { buildImage } from './build.ts'
import type { ImageProgress } from './image.ts'
import { ImageError } from './image-error.ts'
import { readPyodide } from './pyodide-package.ts'

/** What this thread tells. */
export type BuildMessage =
  | { readonly type: 'progress'; readonly progress: ImageProgress }
  | { readonly type: 'image'; readonly image: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly reason: string }

try {
  const image = buildImage(readPyodide(), String(workerData), (progress) => tell({ type: 'progress', progress }))
  tell({ type: 'image', image }, [image.buffer])
} catch (error) {
  // Of an error of another class only the text would arrive; this one is told as what it is.
  if (!(error instanceof ImageError)) throw error
  tell({ type: 'failed', reason: error.message })
}

function tell(message: BuildMessage, transferred: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transferred])
}
