import { joined } from '../joined.ts'

/**
 * The frames that a guest and its parent exchange, in both directions:
 *
 *     u32 bytes of the header · u32 bytes of the content · 16 bytes of nonce · header (JSON) · content (raw)
 *
 * little-endian. Shared by both sides; a frame that breaks a bound is a `FrameError`, and ends the conversation.
 */
export interface Frame {
  /** A JSON object whose members nobody has checked yet. */
  readonly header: Readonly<Record<string, unknown>>
  readonly content: Uint8Array
}

/** Bytes of raw content in one frame, at most; what is longer travels in pieces (pyodide.md 12). */
export const MOST_CONTENT_BYTES: number = 2 ** 20

/** Bytes of a header, at most: a program of 8 MiB whose every byte JSON escapes still fits. */
export const MOST_HEADER_BYTES: number = 64 * 2 ** 20

/** How deep the JSON of a header may be nested: tool arguments and answers have 64 levels (remote.md 9), and these stand in a frame. */
const MOST_DEPTH = 80

/** Bytes of the random value that every frame of one guest carries. */
export const NONCE_BYTES = 16

/** Bytes before the header. */
export const PREFIX_BYTES: number = 8 + NONCE_BYTES

/** What is no frame of ours. Nothing more can be known of who sent it. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** The bytes of a frame, without its content, which follows them. Throws `FrameError` where it is larger than a frame may be. */
export function encodeFrame(nonce: Uint8Array, header: object, contentBytes: number): Uint8Array {
  const json = encoder.encode(JSON.stringify(header))
  checkSizes(json.length, contentBytes)
  const bytes = new Uint8Array(PREFIX_BYTES + json.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, json.length, true)
  view.setUint32(4, contentBytes, true)
  bytes.set(nonce, 8)
  bytes.set(json, PREFIX_BYTES)
  return bytes
}

/** What the first bytes of a frame say. Throws `FrameError` where no frame begins so. */
export function decodePrefix(bytes: Uint8Array): {
  readonly headerBytes: number
  readonly contentBytes: number
  readonly nonce: Uint8Array
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES)
  const headerBytes = view.getUint32(0, true)
  const contentBytes = view.getUint32(4, true)
  checkSizes(headerBytes, contentBytes)
  return { headerBytes, contentBytes, nonce: bytes.slice(8, PREFIX_BYTES) }
}

/** The header of a frame. Throws `FrameError` where it is no JSON object, or nested deeper than `MOST_DEPTH`. */
export function decodeHeader(bytes: Uint8Array): Frame['header'] {
  if (isDeeperThan(bytes, MOST_DEPTH)) throw new FrameError(`a header is nested deeper than ${MOST_DEPTH} levels`)
  try {
    const header: unknown = JSON.parse(decoder.decode(bytes))
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header as Frame['header'] // just checked
  } catch (error) {
    throw new FrameError('a header is no JSON', { cause: error })
  }
  throw new FrameError('a header is no JSON object')
}

/**
 * Takes bytes as they come, and calls back with each whole frame. Throws `FrameError` where they are no frames, or carry another nonce.
 * What it throws, or `onFrame` does, ends it: it must not be fed again.
 */
export function readFrames(nonce: Uint8Array, onFrame: (frame: Frame) => void): (chunk: Uint8Array) => void {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let wanted = PREFIX_BYTES
  let prefix: ReturnType<typeof decodePrefix> | undefined

  return (chunk) => {
    waiting.push(chunk)
    waitingBytes += chunk.length
    while (waitingBytes >= wanted) {
      const [only] = waiting
      const bytes = only !== undefined && waiting.length === 1 ? only : joined(waiting)
      const part = bytes.subarray(0, wanted)
      waiting = bytes.length > wanted ? [bytes.subarray(wanted)] : []
      waitingBytes -= wanted
      if (prefix === undefined) {
        prefix = decodePrefix(part)
        if (prefix.nonce.some((byte, index) => byte !== nonce[index])) throw new FrameError('a frame carries the nonce of another guest')
        wanted = prefix.headerBytes + prefix.contentBytes
      } else {
        const header = decodeHeader(part.subarray(0, prefix.headerBytes))
        const content = part.subarray(prefix.headerBytes)
        prefix = undefined
        wanted = PREFIX_BYTES
        onFrame({ header, content })
      }
    }
  }
}

function checkSizes(headerBytes: number, contentBytes: number): void {
  if (headerBytes > MOST_HEADER_BYTES) throw new FrameError(`a header of ${headerBytes} bytes, the limit is ${MOST_HEADER_BYTES}`)
  if (contentBytes > MOST_CONTENT_BYTES) throw new FrameError(`a content of ${contentBytes} bytes, the limit is ${MOST_CONTENT_BYTES}`)
}

/** Counts brackets outside of strings: cheaper than to find out after parsing, and nothing recursive ever sees what is deeper. */
function isDeeperThan(json: Uint8Array, levels: number): boolean {
  let depth = 0
  for (let position = 0; position < json.length; position += 1) {
    const byte = json[position]
    if (byte === QUOTE) position = endOfString(json, position)
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      depth += 1
      if (depth > levels) return true
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1
  }
  return false
}

function endOfString(json: Uint8Array, start: number): number {
  let end = json.indexOf(QUOTE, start + 1)
  while (end > 0 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1)
  return end < 0 ? json.length : end
}

function isEscaped(json: Uint8Array, position: number): boolean {
  let backslashes = 0
  while (json[position - 1 - backslashes] === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
