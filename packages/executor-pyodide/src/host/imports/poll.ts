import { CallError } from '../errno.ts'
import type { Description } from '../file-system/descriptors.ts'
import { hasRoom } from '../file-system/pipe.ts'
import { type ImportContext, type Imports, systemCalls } from './import-context.ts'

/** Waiting: for something to read, or for time to go by. */
export function pollImports(context: ImportContext): Imports {
  return systemCalls({
    /** poll(2): ended by a signal that is due (`EINTR`), which is looked for every 20 ms. This is how the interpreter sleeps. */
    __syscall_poll: (pointer: number, count: number, timeout: number) => {
      const places = pollPlaces(context, pointer, count)
      const { clock } = context.options
      const end = timeout < 0 ? Number.POSITIVE_INFINITY : clock.now() + timeout
      for (;;) {
        const ready = answer(context, places)
        const left = end - clock.now()
        if (ready > 0 || timeout === 0 || left <= 0) return ready
        const signal = context.options.dueSignal()
        if (signal !== 0) {
          context.state.pendingSignal = signal
          throw new CallError('EINTR')
        }
        waitFor(context, places, left)
      }
    },
  })
}

function pollPlaces({ memory }: ImportContext, pointer: number, count: number): Place[] {
  const wanted = count >>> 0
  if (wanted > MOST_PLACES) throw new CallError('EINVAL')
  if (wanted === 0) return []
  const start = memory.slice(pointer, wanted * PLACE_BYTES).byteOffset
  return Array.from({ length: wanted }, (_, index) => {
    const place = start + index * PLACE_BYTES
    return { place, descriptor: memory.int32(place), events: memory.int16(place + 4) }
  })
}

/** Writes what each place is ready for; how many are ready for something. */
function answer({ memory, fileSystem }: ImportContext, places: readonly Place[]): number {
  const { descriptors } = fileSystem.guest
  let ready = 0
  for (const { place, descriptor, events } of places) {
    let found = 0
    if (descriptor >= 0) {
      found = descriptors.has(descriptor) ? readiness(descriptors.get(descriptor)) & (events | ERROR | HUNG_UP) : NOT_OPEN
    }
    memory.setInt16(place + 6, found)
    if (found !== 0) ready += 1
  }
  return ready
}

function readiness({ node, canRead }: Description): number {
  if (node.kind === 'pipe') {
    if (!canRead) return node.readers === 0 ? WRITABLE | ERROR : hasRoom(node) ? WRITABLE : 0
    return (node.waitingBytes > 0 ? READABLE : 0) | (node.writers === 0 ? HUNG_UP : 0)
  }
  if (node.kind !== 'device' && node.kind !== 'stream') return READABLE | WRITABLE
  const isReadable = node.device.waitReadable?.(0) ?? true
  return (isReadable ? READABLE : 0) | WRITABLE
}

/** Waits where the host can tell when something comes; one device is enough, as no more than one is waited for. It comes back when a signal is due. */
function waitFor({ fileSystem, options }: ImportContext, places: readonly Place[], ms: number): void {
  const { descriptors } = fileSystem.guest
  for (const { descriptor, events } of places) {
    if ((events & READABLE) === 0 || !descriptors.has(descriptor)) continue
    const { node } = descriptors.get(descriptor)
    if (node.kind !== 'stream' || node.device.waitReadable === undefined) continue
    node.device.waitReadable(ms)
    return
  }
  options.wait(Math.min(ms, SLICE_MS))
}

/** A `struct pollfd`. */
interface Place {
  readonly place: number
  readonly descriptor: number
  readonly events: number
}

const PLACE_BYTES = 8
/** More than there are descriptors. */
const MOST_PLACES = 1_024
/** How long a signal may have to wait. */
const SLICE_MS = 20
const READABLE = 0x01
const WRITABLE = 0x04
const ERROR = 0x08
const HUNG_UP = 0x10
const NOT_OPEN = 0x20
