import { ExecutorError } from '@interloop/core/executor'
import type { Message, Outgoing } from './frames.ts'
import { patienceFor } from './patience.ts'
import type { KernelSocket, Patience } from './socket.ts'

/** The line to one kernel, which is opened anew as often as it breaks. */
export interface Link {
  readonly isUp: boolean
  /** Since when it is down, by `performance.now()`. */
  readonly downSince: number | undefined
  /** Says whether the line was up; what was written to it may be lost all the same. */
  send(message: Outgoing): boolean
  /** Keeps the process alive until what it returns is called. */
  hold(): () => void
  close(): void
}

/** What a link is made of. */
export interface LinkParts {
  /** Rejects with `ExecutorError`. */
  connect(handlers: { onMessage(message: Message): void; onClose(wasSilent: boolean): void }, patience: Patience): Promise<KernelSocket>
  onMessage(message: Message): void
  onUp(): void
  onDown(): void
  /** The kernel is gone, or we may not speak with it any more: there is no other attempt. */
  onRefused(error: ExecutorError): void
  /** How long the line may be down, milliseconds; then it is `onRefused`. */
  readonly maxDownMs: number
}

/** Pauses between attempts, milliseconds: doubled from the first to the last, with jitter (remote.md 1.7). */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** After this time without a cut a line counts as well again, milliseconds. */
const STABLE_MS = 10_000

/** Codes after which another attempt gives the same. */
const FINAL = new Set(['not_found', 'unauthorized'])

/** Opens the line. Rejects with `ExecutorError` where that cannot be done. */
export async function openLink(parts: LinkParts): Promise<Link> {
  let socket: KernelSocket | undefined
  let holders = 0
  let isClosed = false
  let downSince: number | undefined
  let timer: NodeJS.Timeout | undefined
  let isFirst = true
  let isStable = true
  let silences = 0
  let calming: NodeJS.Timeout | undefined

  function patienceNow(): Patience {
    return patienceFor({ isFirst, isStable, isAwaited: holders > 0, silences })
  }

  async function connect(): Promise<void> {
    let isOver = false
    const began = performance.now()
    const patience = patienceNow()
    const wasAwaited = holders > 0
    const handlers = {
      onMessage(message: Message) {
        if (!isOver && !isClosed) parts.onMessage(message)
      },
      onClose(wasSilent: boolean) {
        isOver = true
        silences = wasSilent ? silences + 1 : silences
        if (socket === made) lose()
      },
    }
    const made = await parts.connect(handlers, patience).catch((error: unknown) => {
      if (performance.now() - began >= patience.handshakeMs) silences += 1
      throw error
    })
    isFirst = false
    if (isClosed) {
      made.end()
      return
    }
    // One that closed in the very tick in which it opened has told so before it was ours.
    if (isOver) throw new ExecutorError('unavailable', 'the line was cut as soon as it was open', { started: 'no', retryable: true })
    socket = made
    downSince = undefined
    if (!isStable) calming = setTimeout(calmDown, STABLE_MS, made).unref()
    made.hold(holders > 0)
    if (holders > 0 !== wasAwaited) made.watch(patienceNow())
  }

  /** A line that held for a while is watched as any other. */
  function calmDown(calm: KernelSocket): void {
    isStable = true
    silences = 0
    calm.watch(patienceNow())
  }

  function lose(): void {
    socket = undefined
    isStable = false
    clearTimeout(calming)
    if (isClosed) return
    downSince = performance.now()
    parts.onDown()
    again(0)
  }

  function again(attempt: number): void {
    if (isClosed) return
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2)
    timer = setTimeout(() => {
      connect().then(
        () => {
          if (!isClosed && socket !== undefined) parts.onUp()
        },
        (error: unknown) => fail(error, attempt),
      )
    }, pause)
    if (holders === 0) timer.unref()
  }

  function fail(error: unknown, attempt: number): void {
    if (isClosed) return
    const known = ExecutorError.is(error) ? error : new ExecutorError('unavailable', String(error), { cause: error })
    const downMs = performance.now() - (downSince ?? performance.now())
    if (FINAL.has(known.code) || downMs > parts.maxDownMs) {
      isClosed = true
      parts.onRefused(known)
    } else {
      again(attempt + 1)
    }
  }

  await connect()
  return {
    get isUp() {
      return socket !== undefined
    },
    get downSince() {
      return downSince
    },
    send(message) {
      socket?.send(message)
      return socket !== undefined
    },
    hold() {
      holders += 1
      if (holders === 1) {
        socket?.hold(true)
        socket?.watch(patienceNow())
        timer?.ref()
      }
      let isReleased = false
      return () => {
        if (isReleased) return
        isReleased = true
        holders -= 1
        if (holders > 0) return
        socket?.hold(false)
        socket?.watch(patienceNow())
        timer?.unref()
      }
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      clearTimeout(calming)
      socket?.end()
      socket = undefined
    },
  }
}
