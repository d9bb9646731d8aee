import type { LoopEvent } from './events.ts'
import { keptDeltas } from './kept-deltas.ts'

/** What one run has told so far, for readers who come at any time and go at their own pace (design.md 7). */
export interface EventLog {
  /** Never waits for a reader. `interaction.completed` closes the log; what is appended to a closed log is ignored. */
  append(event: LoopEvent): void
  /** Nothing will come any more: readers end where the log ends. Safe to call twice. */
  close(): void
  /** The run from its first event, or from the one after `after` (a `seq`). Each iteration of it is a reader of its own. */
  read(options?: { readonly after?: number | undefined }): LogReader
}

/** Events to be read, also more than once. */
export interface LogReader extends AsyncIterable<LoopEvent> {
  /** Whether nothing is there to be read, now or later: the run has ended, and its last event is not after `after`. */
  readonly over: boolean
  [Symbol.asyncIterator](): AsyncIterator<LoopEvent, void, void>
}

/**
 * Steps' starts and stops, and all else that is no delta, are kept whole. Of deltas at most `maxDeltaBytes` are kept: beyond that
 * those of stopped steps go first, oldest step first (the stop carries the whole), then those of open steps keep head and tail.
 *
 * @param maxDeltaBytes Estimated: the length of a delta's texts, and 256 for the event around it. Default 8 MiB (design.md 7).
 */
export function createEventLog(maxDeltaBytes: number = 8 * 1024 * 1024): EventLog {
  const entries = new Entries()
  const deltas = keptDeltas<Entry>(maxDeltaBytes, (entry) => entries.drop(entry))
  const waiting = new Set<() => void>()
  let closed = false

  const wake = (): void => {
    if (waiting.size > 0) for (const deliver of waiting) deliver()
  }
  const close = (): void => {
    closed = true
    wake()
  }
  return {
    append(event) {
      if (closed) return
      const entry = entries.push(event)
      if (event.event_type === 'step.delta') deltas.add(event.index, entry, event.delta)
      else if (event.event_type === 'step.stop') deltas.stop(event.index)
      if (event.event_type === 'interaction.completed') close()
      else wake()
    },
    close,
    read({ after = -1 } = {}) {
      return {
        get over() {
          return closed && after >= entries.lastSeq
        },
        [Symbol.asyncIterator]: () => readerOf(entries, after, waiting, () => closed),
      }
    },
  }
}

/** A generator would do, but its `return` waits for the `next` that is under way: a reader that leaves would stay until the next event. */
function readerOf(entries: Entries, after: number, waiting: Set<() => void>, closed: () => boolean): AsyncIterator<LoopEvent, void, void> {
  const cursor = { seq: after, position: 0, compactions: -1 }
  let asked: ((result: IteratorResult<LoopEvent, void>) => void)[] = []
  let left = false

  const deliver = (): void => {
    while (asked.length > 0) {
      const event = entries.next(cursor)
      if (!event && !closed()) return
      asked.shift()?.(event ? { value: event, done: false } : { value: undefined, done: true })
    }
    waiting.delete(deliver)
  }
  return {
    next() {
      const event = left || asked.length > 0 ? undefined : entries.next(cursor)
      if (event) return Promise.resolve({ value: event, done: false })
      if (left || closed()) return Promise.resolve({ value: undefined, done: true })
      waiting.add(deliver)
      return new Promise((resolve) => asked.push(resolve))
    },
    return() {
      left = true
      waiting.delete(deliver)
      for (const resolve of asked) resolve({ value: undefined, done: true })
      asked = []
      return Promise.resolve({ value: undefined, done: true })
    },
  }
}

/** One event's place in the log; `event` is undefined once it was dropped. */
interface Entry {
  readonly seq: number
  event: LoopEvent | undefined
}

/** Where a reader stands: the last `seq` it was given, and the position after it as long as nothing has moved. */
interface Cursor {
  seq: number
  position: number
  compactions: number
}

/** All entries in order. Dropped ones leave holes, which are closed when they are many, so that the log is bounded too. */
class Entries {
  #entries: Entry[] = []
  #holes = 0
  #compactions = 0
  lastSeq = -1

  push(event: LoopEvent): Entry {
    const entry: Entry = { seq: event.seq, event }
    this.#entries.push(entry)
    this.lastSeq = event.seq
    return entry
  }

  drop(entry: Entry): void {
    entry.event = undefined
    this.#holes++
    if (this.#holes < 1024 || this.#holes * 2 < this.#entries.length) return
    this.#entries = this.#entries.filter((kept) => kept.event)
    this.#holes = 0
    this.#compactions++
  }

  /** The first event that is still there after the cursor, which then stands on it. */
  next(cursor: Cursor): LoopEvent | undefined {
    if (cursor.compactions !== this.#compactions) {
      cursor.position = this.#firstAfter(cursor.seq)
      cursor.compactions = this.#compactions
    }
    for (; cursor.position < this.#entries.length; ) {
      const event = this.#entries[cursor.position++]?.event
      if (!event) continue
      cursor.seq = event.seq
      return event
    }
    return undefined
  }

  #firstAfter(seq: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.seq ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
