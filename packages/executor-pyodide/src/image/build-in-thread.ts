import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BuildMessage } from './build-thread.ts'
import type { ImageProgress } from './image.ts'
import { ImageError } from './image-error.ts'

type Listener = (progress: ImageProgress) => void

interface Building {
  readonly inputs: string
  readonly image: Promise<Uint8Array<ArrayBuffer>>
  readonly listeners: Set<Listener>
}

let building: Building | undefined

/**
 * Builds an image beside the event loop. Who asks while one is built waits for the same one. The thread keeps the host program alive.
 * Rejects with `ImageError` where the `pyodide` package is not there or not the right one.
 */
export async function buildInThread(inputs: string, onProgress?: Listener | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (building?.inputs !== inputs) {
    const listeners = new Set<Listener>()
    const started: Building = { inputs, image: build(inputs, listeners), listeners }
    building = started
    const over = () => {
      if (building === started) building = undefined
    }
    started.image.then(over, over)
  }
  if (onProgress) building.listeners.add(onProgress)
  return building.image
}

const BUNDLED =
  'this application is bundled, and has not the files that build one: put image/interloop.image of @interloop/executor-pyodide beside it, and name it by the option image'

function build(inputs: string, listeners: ReadonlySet<Listener>): Promise<Uint8Array<ArrayBuffer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const program = new URL(`./build-thread${extname(import.meta.url)}`, import.meta.url)
  if (!existsSync(program)) return Promise.reject(new ImageError(BUNDLED))
  const thread = new Worker(program, { workerData: inputs, execArgv: [] })
  thread.on('message', (message: BuildMessage) => {
    if (message.type === 'progress') for (const listener of listeners) listener(message.progress)
    else if (message.type === 'image') resolve(message.image)
    else reject(new ImageError(message.reason))
  })
  thread.on('error', reject)
  // After the others: a promise is settled once.
  thread.on('exit', (code) => reject(new ImageError(`the thread that builds it ended with code ${code}`)))
  return promise
}
