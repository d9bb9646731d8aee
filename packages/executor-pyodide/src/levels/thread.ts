import { Worker } from 'node:worker_threads'
import { NONCE_BYTES } from '../guest/frames.ts'
import type { Request, StartWishes } from '../guest/messages.ts'
import { THREAD_GUEST } from '../guest/texts.ts'
import { SLOT, type ThreadData } from '../guest/thread-port.ts'
import type { LoadedImage } from '../image/image.ts'
import { startConversation } from './conversation.ts'
import type { GuestHandle, Level } from './guest-handle.ts'
import { keepAlive } from './keep-alive.ts'

/** Of the thread's own JavaScript, which holds files and frames on their way; the interpreter's memory is no part of it. */
const HEAP_MB = 256

/** Of address space: only what recursion reaches becomes memory. Without it, lists that are nested 20 000 deep could not be given back. */
const STACK_MB = 64

/** Guests that are threads of this process: the import boundary alone (design.md 12). */
export function threadLevel(image: LoadedImage): Level {
  return { start: async (wishes) => startThread(image, wishes) }
}

function startThread(image: LoadedImage, wishes: StartWishes): GuestHandle {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const control = new Int32Array(new SharedArrayBuffer(8))
  const start = { type: 'start', image: image.parts, ...wishes, stackBytes: STACK_MB * 2 ** 20, watch: 'none' } as const
  const worker = new Worker(THREAD_GUEST, {
    eval: true,
    workerData: { start, nonce, control } satisfies ThreadData,
    env: {},
    // What nobody reads is not written to the streams of the host.
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, stackSizeMb: STACK_MB },
  })
  let complaint = ''
  const conversation = startConversation(nonce, send, (detail) => {
    complaint = detail
    void kill()
  })
  worker.on('message', (chunk: Uint8Array) => conversation.feed(chunk))
  worker.on('error', (error) => {
    complaint ||= error instanceof Error ? error.message : String(error)
  })
  worker.once('exit', (code) => conversation.end([`it ended with code ${code}`, complaint].filter((part) => part !== '').join(': ')))
  worker.unref() // after the listeners: one for messages holds the process again

  function send(request: Request, content: Uint8Array = EMPTY): void {
    if (!conversation.isAlive) return
    worker.postMessage({ header: request, content })
    Atomics.add(control, SLOT.sent, 1)
    Atomics.notify(control, SLOT.sent)
  }
  async function kill(): Promise<void> {
    await keepAlive(worker.terminate())
    await conversation.ended
  }

  return {
    ready: conversation.ready,
    ended: conversation.ended,
    listen: conversation.listen,
    get isAlive() {
      return conversation.isAlive
    },
    send,
    stop(number) {
      Atomics.store(control, SLOT.stop, number)
      send({ type: 'stop', number })
      return true
    },
    kill,
    cpuMs: () => undefined,
  }
}

const EMPTY = new Uint8Array()
