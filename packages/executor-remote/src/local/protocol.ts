import type { ExecutorEvent, FileChange, Limits, Ran } from '@interloop/core/executor'

/** What the host asks of a supervisor, on its standard input (messages.py). `ask` is the number that its answers carry. */
export type Request =
  | { readonly type: 'execute'; readonly number: number; readonly code: string; readonly limits: Limits }
  | { readonly type: 'stop'; readonly number: number }
  | { readonly type: 'answer'; readonly number: number; readonly id: string; readonly value?: unknown; readonly error?: string }
  | (FileRequest & { readonly ask: number })

/** One file operation. The content of `put` follows its line. */
export type FileRequest =
  | { readonly type: 'put'; readonly paths: readonly string[] }
  | { readonly type: 'read' | 'remove'; readonly path: string }
  | { readonly type: 'list' }

/** What a supervisor tells, on its descriptor 3. */
export type Message = Ready | Progress | ToolCall | Ended | FileAnswer | { readonly type: 'lost' }

/** An interpreter is there; told again for each. */
export interface Ready {
  readonly type: 'ready'
  /** `3.12.4` */
  readonly version: string
  /** `CPython` */
  readonly implementation: string
}

/** What is told while a program runs. */
export type Progress = Exclude<ExecutorEvent, { readonly type: 'file' }>

/** A program calls a tool of the host; `arguments` is JSON. */
export interface ToolCall {
  readonly type: 'call'
  readonly number: number
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** What became of a program. */
export interface Ended {
  readonly type: 'ended'
  readonly number: number
  readonly ran: Ran
  readonly files: readonly FileChange[]
}

/** About a file operation; `piece` is followed by a part of the content, all others end it. */
export type FileAnswer = { readonly ask: number } & (
  | { readonly type: 'piece' | 'done' }
  | { readonly type: 'listed'; readonly files: readonly { readonly path: string; readonly size: number }[] }
  | { readonly type: 'failed'; readonly code: 'not_found' | 'too_large' | 'internal'; readonly message: string }
)

/** Writes a message as a line of JSON, followed by the content where there is one. */
export function encodeMessage(message: Request, content: Uint8Array = new Uint8Array()): Uint8Array {
  const line = `${JSON.stringify(content.length === 0 ? message : { ...message, bytes: content.length })}\n`
  return Buffer.concat([Buffer.from(line), content])
}

/** Takes bytes as they come, and calls back with each whole message and the content that followed it. Throws where they are no messages. */
export function readMessages(onMessage: (message: Message, content: Uint8Array) => void): (chunk: Uint8Array) => void {
  let pieces: Uint8Array[] = []
  let message: (Message & { readonly bytes?: number }) | undefined
  let missing = 0

  function takeLine(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(NEWLINE)
    pieces.push(end < 0 ? chunk : chunk.subarray(0, end))
    if (end < 0) return EMPTY
    message = JSON.parse(Buffer.concat(pieces).toString())
    missing = message?.bytes ?? 0
    pieces = []
    return chunk.subarray(end + 1)
  }

  function takeContent(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, missing)
    pieces.push(taken)
    missing -= taken.length
    return chunk.subarray(taken.length)
  }

  return (chunk) => {
    let rest = chunk
    while (rest.length > 0) {
      rest = message === undefined ? takeLine(rest) : takeContent(rest)
      if (message === undefined || missing > 0) continue
      const whole = message
      const content = Buffer.concat(pieces)
      message = undefined
      pieces = []
      onMessage(whole, content)
    }
  }
}

const NEWLINE = 10
const EMPTY = new Uint8Array()
