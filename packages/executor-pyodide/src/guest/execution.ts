import type { Display, Ran } from '@interloop/core/executor'
import type { GuestPort, GuestSystem } from './guest-port.ts'
import type { Message, ProgramLimits } from './messages.ts'
import { createOutputs, type Stream } from './outputs.ts'
import { type ProgramClock, startClock } from './program-clock.ts'
import { ChannelBroken } from './python-channel.ts'

/** One program as its guest sees it: what it told, its limits, and the interrupts that stop it. */
export interface Execution {
  readonly number: number
  write(stream: Stream, bytes: Uint8Array): void
  /** A message of the interpreter's. Throws `ChannelBroken` where it is none that its runtime would send. */
  hear(message: Readonly<Record<string, unknown>>): void
  /** Whether this call is open; it no longer is then. */
  closeCall(id: string): boolean
  /** How long a wait may last, milliseconds: without end while calls are open, for the time stands still then. */
  patience(): number
  /** Tells that the interpreter is blocked, where it waits for a tool. To be called when it goes on. */
  pause(): () => void
  /** What was written becomes visible before the interpreter sleeps. */
  flush(): void
  /** The signal that the interpreter has to get now; 0 where none is due. */
  dueSignal(): number
  /** Whether a signal is due, without giving it. */
  isDue(): boolean
  /** What became of it, without its file changes; with `lost`, what ended its interpreter. */
  finish(end: { readonly lost: Lost | undefined; readonly droppedFiles: number }): Ran
}

/** What ended an interpreter. */
export interface Lost {
  readonly reason: 'violation' | 'crashed' | 'memory'
  readonly detail: string
}

/** What a program that has to stop gets a KeyboardInterrupt again after, milliseconds: it may have caught the one before (pyodide.md 3). */
const REPEAT_MS = 250

/** How often the parent's word is looked for while a program runs, milliseconds (pyodide.md 3). */
const LOOK_MS = 5

/** More at a time would not be sent by the runtime (remote.md 9). */
const OPEN_CALLS = 16

const SIGINT = 2

/** Begins a program. `serve` handles the frames that wait; called while the program runs, a few times a second at most. */
export function beginExecution(
  number: number,
  limits: ProgramLimits,
  { port, system, memoryBytes, serve }: { port: GuestPort; system: GuestSystem; memoryBytes: () => number; serve: () => void },
): Execution {
  const { now } = system
  const openCalls = new Set<string>()
  const outputs = createOutputs(limits.outputBytes, now, (type, text) => tell({ type, number, text }))
  let clock: ProgramClock = startClock(system)
  let ended: Ran | undefined
  let hasBegun = false
  let stop: 'deadline' | 'output_limit' | 'aborted' | undefined
  let nextSignal = 0
  let nextLook = 0
  let displayRoom = 2 * limits.displayBytes // Python counts characters, of which some have two units here
  let droppedDisplays = 0

  function tell(message: Message): void {
    port.send(message)
  }
  function stopFor(reason: NonNullable<typeof stop>): void {
    stop = reason
    nextSignal = now()
    outputs.flush()
    if (reason !== 'aborted') tell({ type: 'status', number, status: 'interrupting', detail: reason })
  }
  function lookAround(): void {
    const time = now()
    if (time < nextLook) return
    nextLook = time + LOOK_MS
    outputs.flushOld()
    serve()
    if (stop !== undefined || !hasBegun) return
    if (port.stopNumber() === number) stopFor('aborted')
    else if (clock.own() >= limits.wallMs) stopFor('deadline')
    else if (outputs.bytes > limits.outputHardBytes) stopFor('output_limit')
  }
  function isDue(): boolean {
    return stop !== undefined && hasBegun && now() >= nextSignal
  }
  function showDisplay(display: unknown): void {
    if (!isDisplay(display)) throw new ChannelBroken('a display is none')
    const size = Object.values(display.data).reduce((sum, content) => sum + content.length, 0)
    if (size > displayRoom) {
      droppedDisplays += 1
      return
    }
    displayRoom -= size
    outputs.flush()
    tell({ type: 'display', number, display: { data: display.data } })
  }
  function openCall({ id, name, arguments: given }: Readonly<Record<string, unknown>>): void {
    if (typeof id !== 'string' || typeof name !== 'string' || typeof given !== 'string') throw new ChannelBroken('a tool call is none')
    if (openCalls.size >= OPEN_CALLS || openCalls.has(id)) throw new ChannelBroken('more tool calls than a program may open')
    openCalls.add(id)
    outputs.flush()
    tell({ type: 'call', number, id, name, arguments: given })
  }

  return {
    number,
    write(stream, bytes) {
      outputs.add(stream, bytes)
      if (stop === undefined && outputs.bytes > limits.outputHardBytes) stopFor('output_limit')
    },
    hear(message) {
      switch (message['type']) {
        case 'begun':
          if (hasBegun) return
          hasBegun = true
          clock = startClock(system)
          return
        case 'display':
          showDisplay(message['display'])
          return
        case 'call':
          openCall(message)
          return
        case 'waiting':
          return // here it is known when it waits
        case 'ended':
          if (message['number'] === number) ended ??= asRan(message['ran'])
          return
        default:
          throw new ChannelBroken('a message is none of the runtime')
      }
    },
    closeCall: (id) => openCalls.delete(id),
    patience() {
      if (stop !== undefined) return Math.max(1, nextSignal - now())
      return openCalls.size > 0 ? Number.POSITIVE_INFINITY : Math.max(1, limits.wallMs - clock.own())
    },
    pause() {
      outputs.flush()
      if (openCalls.size === 0) return () => {}
      clock.setWaiting(true)
      tell({ type: 'waiting', number, isWaiting: true })
      return () => {
        clock.setWaiting(false)
        tell({ type: 'waiting', number, isWaiting: false })
      }
    },
    flush: () => outputs.flush(),
    dueSignal() {
      lookAround()
      if (!isDue()) return 0
      nextSignal = now() + REPEAT_MS
      return SIGINT
    },
    isDue() {
      nextLook = 0
      lookAround()
      return isDue()
    },
    finish({ lost, droppedFiles }) {
      const droppedText = outputs.finish()
      const ran: Ran = ended ?? {}
      const displays = droppedDisplays + (ran.dropped?.displays ?? 0)
      const dropped = { ...droppedText, ...(displays > 0 ? { displays } : {}), ...(droppedFiles > 0 ? { files: droppedFiles } : {}) }
      const usage = { wallMs: clock.own(), cpuMs: clock.cpu(), toolMs: clock.waited(), peakMemoryBytes: memoryBytes() }
      const { reason, value, dropped: _, ...rest } = ran
      return {
        ...rest,
        // What was told to stop is not what it says that it is: it may have caught its interrupt and gone on a while.
        ...(stop === undefined ? { reason: lost?.reason ?? reason, value } : stop === 'aborted' ? {} : { reason: stop }),
        ...(Object.keys(dropped).length > 0 ? { dropped } : {}),
        ...(lost === undefined ? {} : { state: 'lost', warnings: [lost.detail] }),
        usage,
      }
    },
  }
}

function isDisplay(display: unknown): display is Display {
  if (typeof display !== 'object' || display === null || !('data' in display)) return false
  const { data } = display
  return typeof data === 'object' && data !== null && Object.values(data).every((content) => typeof content === 'string')
}

/** Only its members are known: the parent checks each. */
function asRan(ran: unknown): Ran {
  if (typeof ran === 'object' && ran !== null) return ran as Ran
  throw new ChannelBroken('a program ended without a result')
}
