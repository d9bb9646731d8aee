import { fstatSync, readSync, writeSync } from 'node:fs'
import { decodeHeader, decodePrefix, encodeFrame, type Frame, PREFIX_BYTES } from './frames.ts'
import { type GuestPort, ParentGone } from './guest-port.ts'
import type { Request } from './messages.ts'

/** Where a process finds its pipes and files. */
export const DESCRIPTORS = { requests: 3, messages: 4, control: 5, image: 6, watch: 7 } as const

/** Bytes of the control file: two `u32`, little-endian: the program that has to stop, and how many frames were sent. */
export const CONTROL_BYTES = 8

/** A port over two pipes that block, and the control file of its parent where there is one (pyodide.md 12). Its first frame brings the nonce. */
export function openPipePort(): { readonly port: GuestPort; readonly wait: (ms: number) => void } {
  const hasControl = fstatSync(DESCRIPTORS.control).isFile()
  const control = new DataView(new ArrayBuffer(CONTROL_BYTES))
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const piece = new Uint8Array(PIECE_BYTES)
  let buffered = piece.subarray(0, 0)
  let nonce: Uint8Array | undefined
  let received = 0
  let lastWake = 0

  function wait(ms: number): void {
    Atomics.wait(sleeper, 0, 0, ms)
  }
  function look(): void {
    if (hasControl) readSync(DESCRIPTORS.control, control, 0, CONTROL_BYTES, 0)
  }
  function readSome(target: Uint8Array): number {
    for (;;) {
      try {
        const count = readSync(DESCRIPTORS.requests, target, 0, target.length, null)
        if (count > 0) return count
      } catch (error) {
        if (!isBusy(error)) throw new ParentGone('the pipe of requests broke', { cause: error })
        wait(1)
        continue
      }
      throw new ParentGone('the pipe of requests was closed')
    }
  }
  function read(size: number): Uint8Array {
    const whole = new Uint8Array(size)
    let filled = 0
    while (filled < size) {
      if (buffered.length === 0 && size - filled < PIECE_BYTES) buffered = piece.subarray(0, readSome(piece))
      if (buffered.length === 0) {
        filled += readSome(whole.subarray(filled))
        continue
      }
      const part = buffered.subarray(0, size - filled)
      whole.set(part, filled)
      filled += part.length
      buffered = buffered.subarray(part.length)
    }
    return whole
  }
  function receiveAny(): Frame {
    const prefix = decodePrefix(read(PREFIX_BYTES))
    nonce ??= prefix.nonce
    const header = decodeHeader(read(prefix.headerBytes))
    received = (received + 1) | 0
    return { header, content: read(prefix.contentBytes) }
  }
  function write(bytes: Uint8Array): void {
    for (let position = 0; position < bytes.length; ) {
      try {
        position += writeSync(DESCRIPTORS.messages, bytes, position, bytes.length - position)
      } catch (error) {
        if (!isBusy(error)) throw new ParentGone('the pipe of messages broke', { cause: error })
        wait(1)
      }
    }
  }
  function send(message: object, content: Uint8Array = EMPTY): void {
    write(encodeFrame(nonce ?? EMPTY, message, content.length))
    if (content.length > 0) write(content)
  }
  function hasFrame(): boolean {
    if (buffered.length > 0) return true
    look()
    return hasControl && ((control.getUint32(4, true) - received) | 0) > 0
  }

  /** The next frame that is there; the ends of waits that are over by now are passed over. */
  function take(): Frame | undefined {
    while (hasFrame()) {
      const frame = receiveAny()
      if (typeOf(frame) !== 'woken') return frame
    }
    return undefined
  }

  const port: GuestPort = {
    receive() {
      for (;;) {
        const frame = receiveAny()
        if (typeOf(frame) !== 'woken') return frame
      }
    },
    receiveWithin(ms) {
      const taken = take()
      if (taken !== undefined || ms <= 0) return taken
      // A read of a pipe has no time limit, so the parent is asked to end it.
      lastWake += 1
      send({ type: 'wake', id: lastWake, ms: Math.ceil(ms) })
      for (;;) {
        const frame = receiveAny()
        if (typeOf(frame) !== 'woken') return frame
        if (frame.header['id'] === lastWake) return undefined
      }
    },
    send,
    stopNumber() {
      look()
      return control.getUint32(0, true)
    },
  }
  return { port, wait }
}

function typeOf({ header }: Frame): Request['type'] {
  return header['type'] as Request['type'] // a parent is trusted
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}

const EMPTY = new Uint8Array()
const PIECE_BYTES = 2 ** 16
