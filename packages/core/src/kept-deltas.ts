import type { Delta } from './steps.ts'

/** Which deltas of a run are kept. */
export interface KeptDeltas<Entry> {
  /** Takes in a delta of the step with this index, and drops others, or this one, as far as that goes beyond the bound. */
  add(index: number, entry: Entry, delta: Delta): void
  /** The step has stopped: its deltas go first. */
  stop(index: number): void
}

/**
 * A bound over all steps of a run (design.md 7): beyond it all deltas of the step that stopped first go, and so on; then those of open
 * steps, where head and tail stay longest. Each delta is dropped at most once, so that adding one stays cheap.
 *
 * @param drop Is told of each entry that is not kept any more.
 */
export function keptDeltas<Entry>(maxBytes: number, drop: (entry: Entry) => void): KeptDeltas<Entry> {
  const open = new Map<number, StepDeltas<Entry>>()
  /** In the order in which they stopped. */
  const stopped = new Set<StepDeltas<Entry>>()
  let bytes = 0

  function dropStep(step: StepDeltas<Entry>): void {
    stopped.delete(step)
    bytes -= bytesOf(step)
    for (let position = 0; position < step.deltas.length; position++) {
      if (position === step.head) position = step.tail // what lies between was dropped
      const delta = step.deltas[position]
      if (delta) drop(delta.entry)
    }
  }
  function dropOne(): void {
    let largest: StepDeltas<Entry> | undefined
    for (const step of open.values()) if (!largest || bytesOf(step) > bytesOf(largest)) largest = step
    const delta = largest && takeFromMiddle(largest)
    if (!delta) return
    bytes -= delta.bytes
    drop(delta.entry)
  }
  return {
    add(index, entry, delta) {
      let step = open.get(index)
      if (!step) {
        step = { deltas: [], head: 0, headBytes: 0, tail: 0, tailBytes: 0 }
        open.set(index, step)
      }
      const weight = EVENT_BYTES + sizeOf(delta)
      grow(step, { entry, bytes: weight }, maxBytes / 2)
      bytes += weight
      while (bytes > maxBytes) {
        const [oldest] = stopped
        if (oldest) dropStep(oldest)
        else dropOne()
      }
    },
    stop(index) {
      const step = open.get(index)
      if (!step) return
      open.delete(index)
      stopped.add(step)
    },
  }
}

/** What an event weighs beside its texts, measured roughly: its object, its stamps, its place in the log. */
const EVENT_BYTES = 256

/** The length of a delta's texts; what is small in every delta counts as part of the event. */
function sizeOf(delta: Delta): number {
  switch (delta.type) {
    case 'text':
    case 'thought_summary':
    case 'code_delta':
    case 'stdout':
    case 'stderr':
      return delta.text.length
    case 'thought_signature':
      return delta.signature.length
    case 'code_execution_call':
      return delta.arguments.code.length
    case 'display': {
      let size = 0
      for (const text of Object.values(delta.display.data)) size += text.length
      return size
    }
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      return delta.data?.length ?? 0
    case 'file':
    case 'execution_status':
      return 0
  }
}

/** A delta and its weight. */
interface Weighed<Entry> {
  readonly entry: Entry
  readonly bytes: number
}

/** The deltas of one step: a head, a gap of those that were dropped, and a tail. Before anything was dropped the gap is empty. */
interface StepDeltas<Entry> {
  readonly deltas: Weighed<Entry>[]
  /** Number of deltas in the head. */
  head: number
  headBytes: number
  /** Position of the first delta of the tail. */
  tail: number
  tailBytes: number
}

function bytesOf(step: StepDeltas<unknown>): number {
  return step.headBytes + step.tailBytes
}

/** The head is as large as it may be; what follows is the tail. */
function grow<Entry>(step: StepDeltas<Entry>, delta: Weighed<Entry>, maxHeadBytes: number): void {
  const inHead = step.head === step.deltas.length && step.headBytes + delta.bytes <= maxHeadBytes
  step.deltas.push(delta)
  if (inHead) {
    step.headBytes += delta.bytes
    step.head = step.tail = step.deltas.length
  } else step.tailBytes += delta.bytes
}

/** Widens the gap by one, on the side that is larger. */
function takeFromMiddle<Entry>(step: StepDeltas<Entry>): Weighed<Entry> | undefined {
  const fromHead = step.headBytes > step.tailBytes
  const dropped = step.deltas[fromHead ? --step.head : step.tail++]
  if (fromHead) step.headBytes -= dropped?.bytes ?? 0
  else step.tailBytes -= dropped?.bytes ?? 0
  if (step.tail - step.head >= 1024 && (step.tail - step.head) * 2 >= step.deltas.length) {
    step.deltas.splice(step.head, step.tail - step.head)
    step.tail = step.head
  }
  return dropped
}
