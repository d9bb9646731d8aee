import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { encodeFrame, type Frame } from './frames.ts'
import type { GuestPort } from './guest-port.ts'
import type { Start } from './messages.ts'

/** What a thread is started with. */
export interface ThreadData {
  readonly start: Start
  readonly nonce: Uint8Array
  readonly control: Int32Array<SharedArrayBuffer>
}

/** Places in the memory that a thread shares with its parent. */
export const SLOT = { stop: 0, sent: 1 } as const

/** A port between threads. `control` is shared: the program that has to stop, and how many frames were sent, of which the guest is notified. */
export function openThreadPort(
  channel: MessagePort,
  control: Int32Array<SharedArrayBuffer>,
  nonce: Uint8Array,
): { readonly port: GuestPort; readonly wait: (ms: number) => void } {
  let received = 0

  /** What is there now. Not by the count alone: it rises a little later than the frame is there. */
  function take(): Frame | undefined {
    const taken: { readonly message: Frame } | undefined = receiveMessageOnPort(channel)
    if (taken === undefined) return undefined
    received = (received + 1) | 0
    return taken.message
  }
  function receiveBefore(end: number): Frame | undefined {
    for (;;) {
      const seen = Atomics.load(control, SLOT.sent)
      const frame = take()
      if (frame !== undefined) return frame
      const left = end - performance.now()
      if (left <= 0) return undefined
      Atomics.wait(control, SLOT.sent, seen, left)
    }
  }

  const port: GuestPort = {
    receive() {
      for (;;) {
        const frame = receiveBefore(Number.POSITIVE_INFINITY)
        if (frame !== undefined) return frame
      }
    },
    receiveWithin: (ms) => receiveBefore(performance.now() + ms),
    send(message, content = EMPTY) {
      const header = encodeFrame(nonce, message, content.length)
      const bytes = new Uint8Array(header.length + content.length)
      bytes.set(header)
      bytes.set(content, header.length)
      channel.postMessage(bytes, [bytes.buffer])
    },
    stopNumber: () => Atomics.load(control, SLOT.stop),
  }
  return {
    port,
    wait(ms) {
      Atomics.wait(control, SLOT.sent, received, ms) // a frame, or the word to stop that comes as one, ends it early
    },
  }
}

const EMPTY = new Uint8Array()
