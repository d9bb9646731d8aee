import { ExecutorError } from '@interloop/core/executor'
import { checkMessage } from '../guest/check-message.ts'
import { readFrames } from '../guest/frames.ts'
import type { Message, Request } from '../guest/messages.ts'
import type { GuestEnd, GuestHandle } from './guest-handle.ts'

/** The parent's side of what is said with one guest, however it was started: frames are read and checked, and it is told who listens. */
export interface Conversation extends Pick<GuestHandle, 'ready' | 'listen' | 'ended' | 'isAlive'> {
  /** Bytes that the guest sent, as they come. */
  feed(chunk: Uint8Array): void
  /** The guest is gone. */
  end(detail: string): void
}

/** Milliseconds between the ends of waits that a guest asks for, at least; it may ask as often as it likes. */
const LEAST_WAKE_MS = 1

/** `send` reaches the guest; `onBroken` is called once, when it told something that is none of ours, and has to end it. */
export function startConversation(nonce: Uint8Array, send: (request: Request) => void, onBroken: (detail: string) => void): Conversation {
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<GuestEnd>()
  const { promise: ready, resolve: becomeReady, reject: failToStart } = Promise.withResolvers<void>()
  let listener: (message: Message, content: Uint8Array) => void = () => {}
  let wakeTimer: ReturnType<typeof setTimeout> | undefined
  let isAlive = true
  let isBroken = false
  ready.catch(() => undefined) // whoever waits for it gets the rejection

  const read = readFrames(nonce, ({ header, content }) => {
    const message = checkMessage(header)
    if (message.type === 'wake') wakeLater(message.id, message.ms)
    else listener(message, content)
    if (message.type === 'ready') becomeReady()
  })
  function wakeLater(id: number, ms: number): void {
    clearTimeout(wakeTimer)
    wakeTimer = setTimeout(() => send({ type: 'woken', id }), Math.min(Math.max(ms, LEAST_WAKE_MS), LONGEST_TIMER_MS))
  }

  return {
    ready,
    ended,
    get isAlive() {
      return isAlive
    },
    listen(next) {
      listener = next
    },
    feed(chunk) {
      if (isBroken || !isAlive) return
      try {
        read(chunk)
      } catch (error) {
        isBroken = true
        onBroken(error instanceof Error ? error.message : String(error))
      }
    },
    end(detail) {
      if (!isAlive) return
      isAlive = false
      clearTimeout(wakeTimer)
      failToStart(new ExecutorError('unavailable', `Python did not start: ${detail}`, { started: 'no' }))
      resolveEnded({ detail })
    },
  }
}

/** Longer timers of JavaScript fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
