/** What was kept of a text, and how many bytes of UTF-8 of it were not. */
export interface Retained {
  readonly text: string
  readonly droppedBytes: number
}

/** Takes a text in pieces and keeps its head and its tail. */
export interface Retainer {
  /** Bytes of UTF-8 so far. */
  readonly bytes: number
  add(text: string): void
  retained(): Retained
}

/** Pieces of the tail are joined up to this many characters, so that a million short writes stay a short list. */
const PIECE_CHARACTERS = 4_096

/** The head may be this much shorter than its half, where a character did not fit; the tail has those bytes then. */
const LONGEST_CUT = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Keeps a text whole up to `limit` bytes of UTF-8, beyond that half of it each from head and tail, cut between characters. */
export function retain(limit: number): Retainer {
  const tailLimit = Math.floor(limit / 2) + LONGEST_CUT
  const head: string[] = []
  let tail: { text: string; bytes: number }[] = []
  let total = 0
  let headRoom = Math.ceil(limit / 2)
  let headIsFull = false
  let headBytes = 0
  let tailBytes = 0

  function addToTail(text: string, bytes: number): void {
    const last = tail.at(-1)
    if (last !== undefined && last.text.length < PIECE_CHARACTERS) {
      last.text += text
      last.bytes += bytes
    } else {
      tail.push({ text, bytes })
    }
    tailBytes += bytes
    while (tail.length > 1 && tailBytes - (tail[0]?.bytes ?? 0) >= tailLimit) tailBytes -= tail.shift()?.bytes ?? 0
    if (tailBytes > 2 * tailLimit + PIECE_CHARACTERS) {
      const kept = lastBytes(joined(tail), tailLimit)
      tailBytes = byteLength(kept)
      tail = [{ text: kept, bytes: tailBytes }]
    }
  }

  return {
    get bytes() {
      return total
    },
    add(text) {
      const bytes = byteLength(text)
      total += bytes
      if (headIsFull) {
        addToTail(text, bytes)
        return
      }
      const fits = bytes <= headRoom ? text : firstBytes(text, headRoom)
      const fitting = fits.length === text.length ? bytes : byteLength(fits)
      head.push(fits)
      headBytes += fitting
      headRoom -= fitting
      if (fits.length === text.length) return
      headIsFull = true
      addToTail(text.slice(fits.length), bytes - fitting)
    },
    retained() {
      const beginning = head.join('')
      if (total <= limit) return { text: beginning + joined(tail), droppedBytes: 0 }
      const end = lastBytes(joined(tail), Math.floor(limit) - headBytes)
      return { text: beginning + end, droppedBytes: total - headBytes - byteLength(end) }
    },
  }
}

function joined(pieces: readonly { readonly text: string }[]): string {
  return pieces.map((piece) => piece.text).join('')
}

/** As many whole characters from the beginning as fit. */
function firstBytes(text: string, limit: number): string {
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.min(limit, text.length * 3)))
  return text.slice(0, read)
}

/** As many whole characters from the end as fit. */
function lastBytes(text: string, limit: number): string {
  // A UTF-16 unit has at least one byte, so nothing before these can be part of the answer; the one more is for a pair that is cut.
  const bytes = encoder.encode(text.slice(Math.max(0, text.length - limit - 1)))
  let start = Math.max(0, bytes.length - limit)
  while (isContinuation(bytes[start])) start += 1
  return decoder.decode(bytes.subarray(start))
}

/** Whether a byte of UTF-8 stands inside a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function byteLength(text: string): number {
  return encoder.encode(text).length
}
