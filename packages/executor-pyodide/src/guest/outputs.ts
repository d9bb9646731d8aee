// What a program writes, as text: its head is told soon, its tail is kept and told at the end, what lies between is counted.
// The same meaning as outputs.py of the local executor.
import { joined } from '../joined.ts'

/** The streams of text, by their names in events and results. */
export type Stream = 'stdout' | 'stderr'

/** Both streams of one program. */
export interface Outputs {
  /** Bytes of both so far. */
  readonly bytes: number
  add(stream: Stream, bytes: Uint8Array): void
  /** Tells what waits, unless much was told in the last `FLUSH_MS`. To be called often. */
  flushOld(): void
  /** Tells what waits: before anything that has to come after it. */
  flush(): void
  /** Tells the tails. Returns what was dropped, by the names of a result. */
  finish(): { readonly stdoutBytes?: number; readonly stderrBytes?: number }
}

/** Bytes that are told together, at most so many and so many milliseconds late (pyodide.md 4). */
export const FLUSH_BYTES: number = 16 * 2 ** 10
export const FLUSH_MS = 50

/** What is told at once in so many milliseconds: after its last line a program may call C code for long, which lets nobody tell anything. */
const TOLD_AT_ONCE = 16

/** A character that is cut at the head may be this much longer than what fits. */
const LONGEST_CHARACTER = 4

/** `limit` bytes of each stream are told at once, as many as half of it are kept of the end. Neighbours of one stream are told as one text. */
export function createOutputs(limit: number, now: () => number, tell: (stream: Stream, text: string) => void): Outputs {
  const streams = { stdout: createOutput(limit), stderr: createOutput(limit) }
  let waiting: { readonly stream: Stream; texts: string[] } | undefined
  let waitingBytes = 0
  let periodStart = now()
  let toldInPeriod = 0

  function join(stream: Stream, text: string): void {
    if (text === '') return
    if (waiting?.stream !== stream) {
      flush()
      waiting = { stream, texts: [] }
    }
    waiting.texts.push(text)
    waitingBytes += text.length
  }
  function flush(): void {
    const told = waiting
    waiting = undefined
    waitingBytes = 0
    if (told !== undefined) tell(told.stream, told.texts.join(''))
  }
  /** Tells what waits, unless much was told a moment ago. */
  function flushOld(): void {
    if (waiting === undefined) return
    if (now() - periodStart >= FLUSH_MS) {
      periodStart = now()
      toldInPeriod = 0
    }
    toldInPeriod += 1
    if (toldInPeriod <= TOLD_AT_ONCE) flush()
  }

  return {
    get bytes() {
      return streams.stdout.bytes + streams.stderr.bytes
    },
    add(stream, bytes) {
      join(stream, streams[stream].add(bytes))
      if (waitingBytes >= FLUSH_BYTES) flush()
      else flushOld()
    },
    flushOld,
    flush,
    finish() {
      const { stdout, stderr } = streams
      join('stdout', stdout.end())
      join('stderr', stderr.end())
      flush()
      return {
        ...(stdout.dropped > 0 ? { stdoutBytes: stdout.dropped } : {}),
        ...(stderr.dropped > 0 ? { stderrBytes: stderr.dropped } : {}),
      }
    },
  }
}

/** One stream. */
interface Output {
  readonly bytes: number
  readonly dropped: number
  /** What of it is told now. */
  add(bytes: Uint8Array): string
  /** What is told at the end. */
  end(): string
}

function createOutput(limit: number): Output {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const tailBytes = Math.floor(limit / 2) + LONGEST_CHARACTER
  let tail: Uint8Array[] = []
  let tailLength = 0
  let room = limit
  let total = 0
  let dropped = 0

  function shortenTail(): void {
    const whole = joined(tail)
    let start = Math.max(0, tailLength - tailBytes)
    while (isContinuation(whole[start])) start += 1
    dropped += start
    tail = [whole.slice(start)]
    tailLength -= start
  }
  function take(text: string): string {
    const bytes = encoder.encode(text)
    total += bytes.length
    if (bytes.length <= room) {
      room -= bytes.length
      return text
    }
    const end = characterStart(bytes, room)
    room = 0
    tail.push(bytes.subarray(end))
    tailLength += bytes.length - end
    if (tailLength > 2 * tailBytes + 2 ** 16) shortenTail()
    return text === '' ? '' : lastDecoder.decode(bytes.subarray(0, end))
  }

  return {
    get bytes() {
      return total
    },
    get dropped() {
      return dropped
    },
    add: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      const rest = take(decoder.decode())
      shortenTail()
      return rest + lastDecoder.decode(joined(tail))
    },
  }
}

/** The last place up to `position` where a character begins. */
function characterStart(bytes: Uint8Array, position: number): number {
  let start = position
  while (start > 0 && isContinuation(bytes[start])) start -= 1
  return start
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

const encoder = new TextEncoder()
const lastDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
