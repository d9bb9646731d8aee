import type { Device } from '../host/host.ts'
import { joined } from '../joined.ts'

/**
 * Descriptor 3 of the interpreter: frames of `u32` length (little-endian) and JSON, both ways (packages/python/src/hosted).
 * A program can write there too, so nothing that comes is believed more than the program itself.
 */
export interface PythonChannel {
  readonly device: Device
  /** Lays a frame there for Python to read. */
  lay(message: object): void
  /** Whether Python has something to read. */
  readonly isReadable: boolean
  /** Forgets what was laid or half written: for a fresh interpreter. */
  clear(): void
}

/** Bytes of one frame of Python's, at most: the displays of a program, and a value beside them. */
const MOST_BYTES = 48 * 2 ** 20

/** What was written on descriptor 3 is no frame. It ends the interpreter: thrown through it, so that no line of it runs any more. */
export class ChannelBroken extends Error {
  override readonly name = 'ChannelBroken'
}

/** `wait` blocks until something was laid, at most that many milliseconds (negative: without end), and may come back early. */
export function createPythonChannel(
  onMessage: (message: Readonly<Record<string, unknown>>) => void,
  wait: (ms: number) => void,
): PythonChannel {
  let incoming: Uint8Array[] = []
  let written: Uint8Array[] = []
  let writtenBytes = 0

  function read(target: Uint8Array): number {
    let filled = 0
    while (filled < target.length) {
      const first = incoming[0]
      if (first === undefined) break
      const part = first.subarray(0, target.length - filled)
      target.set(part, filled)
      filled += part.length
      if (part.length === first.length) incoming.shift()
      else incoming[0] = first.subarray(part.length)
    }
    return filled
  }
  function write(bytes: Uint8Array): void {
    written.push(bytes.slice())
    writtenBytes += bytes.length
    while (writtenBytes >= LENGTH_BYTES) {
      const [only] = written
      const all = only !== undefined && written.length === 1 ? only : joined(written)
      const length = new DataView(all.buffer, all.byteOffset).getUint32(0, true)
      if (length > MOST_BYTES) throw new ChannelBroken(`a frame of ${length} bytes was written to descriptor 3`)
      const end = LENGTH_BYTES + length
      written = [all]
      if (all.length < end) return
      written = [all.subarray(end)]
      writtenBytes = all.length - end
      onMessage(parsed(all.subarray(LENGTH_BYTES, end)))
    }
  }

  return {
    device: {
      read,
      write,
      waitReadable(ms) {
        if (incoming.length === 0) wait(ms)
        return incoming.length > 0
      },
    },
    lay(message) {
      const json = encoder.encode(JSON.stringify(message))
      const frame = new Uint8Array(LENGTH_BYTES + json.length)
      new DataView(frame.buffer).setUint32(0, json.length, true)
      frame.set(json, LENGTH_BYTES)
      incoming.push(frame)
    },
    get isReadable() {
      return incoming.length > 0
    },
    clear() {
      incoming = []
      written = []
      writtenBytes = 0
    },
  }
}

function parsed(json: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(decoder.decode(json))
    if (typeof message === 'object' && message !== null) return message as Readonly<Record<string, unknown>> // just checked
  } catch (error) {
    throw new ChannelBroken('what was written to descriptor 3 is no JSON', { cause: error })
  }
  throw new ChannelBroken('what was written to descriptor 3 is no JSON object')
}

const LENGTH_BYTES = 4
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
