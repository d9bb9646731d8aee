import { type SpawnOptions, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { ExecutorError, type Limits } from '@interloop/core/executor'
import { supervisorArguments, supervisorSources } from './command.ts'
import type { Confined } from './confinement.ts'
import {
  type Ended,
  encodeMessage,
  type FileAnswer,
  type FileRequest,
  type Progress,
  type Ready,
  type Request,
  readMessages,
  type ToolCall,
} from './protocol.ts'

/** One supervisor with its interpreter. While nothing is asked of it, it keeps no host alive; it ends with its host. */
export interface GuestProcess {
  /** Resolves when an interpreter is there; rejects with `ExecutorError` where the process ended before. */
  readonly ready: Promise<Ready>
  /** Runs one program; never two at a time. Resolves with undefined where the process ended instead, or told something else. */
  execute(program: Program, listener: Listener): Promise<Ended | undefined>
  /** The ladder of that program: interrupt, grace, kill. */
  stop(number: number): void
  answer(number: number, id: string, answer: { readonly value: unknown } | { readonly error: string }): void
  /** One file operation, also while a program runs. Resolves with undefined where the process ended instead. */
  askFile(request: FileRequest, content?: Uint8Array): Promise<FileReply | undefined>
  /** Resolves as `ended` does. */
  kill(): Promise<void>
  /** How often the kernel ended a process of it because its memory was used up; 0 where nothing counts it. */
  oomKills(): Promise<number>
  /** Resolves when the process is gone, and what its confinement took was given back. */
  readonly ended: Promise<void>
  readonly isAlive: boolean
  /** It ended because its interpreter did while no program ran: one that was sent meanwhile did not start. */
  readonly isLost: boolean
}

/** A program as the supervisor gets it; `limits` are whole. */
export interface Program {
  readonly number: number
  readonly code: string
  readonly limits: Limits
}

/** Who hears what a program tells. */
export interface Listener {
  onProgress(progress: Progress): void
  onCall(call: ToolCall): void
}

/** What came of a file operation, with the content where it was read. */
export interface FileReply {
  readonly answer: Exclude<FileAnswer, { readonly type: 'piece' }>
  readonly content: Uint8Array
}

/** Characters of what a supervisor wrote on its stderr that an error shows. */
const COMPLAINT_CHARACTERS = 2_000

/** From the end of its input to the kill, and from its end to that of its pipes, milliseconds. */
const GRACE_MS = 1_000

/** Starts a supervisor by a command that was confined, or not. */
export function startGuest(confined: Confined, isConfined: boolean): GuestProcess {
  const child = spawn(confined.file, [...confined.args, ...supervisorArguments()], {
    env: confined.env,
    stdio: stdioOf(confined),
    // A session of its own: Ctrl-C in a terminal is the host's to understand.
    detached: true,
  })
  // The pipes of a child are sockets, which the types do not say.
  const [input, , complaints, output] = child.stdio as unknown as readonly [Socket, null, Socket, Socket]
  const { promise: closed, resolve: end } = Promise.withResolvers<void>()
  const { promise: ready, resolve: becomeReady, reject: failToStart } = Promise.withResolvers<Ready>()
  const asked = new Map<number, { readonly pieces: Uint8Array[]; resolve(reply: FileReply | undefined): void }>()
  let executing: { readonly number: number; readonly listener: Listener; resolve(ended: Ended | undefined): void } | undefined
  let isStarting = true
  let isAlive = true
  let isLost = false
  let lastAsk = 0
  let complaint = ''
  let finalOomKills: Promise<number> | undefined

  child.once('close', end)
  child.once('exit', () => {
    // What a program left behind may hold the other ends for as long as it likes.
    const timer = setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy()
    }, GRACE_MS)
    child.once('close', () => clearTimeout(timer))
  })
  child.once('error', (error) => {
    complaint += error.message
    end()
  })
  const ended = closed.then(async () => {
    isAlive = false
    isStarting = false
    // What counts them goes with the confinement.
    finalOomKills = confined.oomKills()
    await finalOomKills
    failToStart(new ExecutorError('unavailable', `Python did not start. ${complaint.trim()}`, { started: 'no' }))
    executing?.resolve(undefined)
    for (const { resolve } of asked.values()) resolve(undefined)
    asked.clear()
    await confined.close()
  })
  ready.catch(() => undefined) // whoever waits for it gets the rejection
  input.on('error', () => {}) // `close` tells that nobody reads it any more
  complaints.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS)
  })
  const feed = readMessages((message, content) => {
    switch (message.type) {
      case 'ready':
        isStarting = false
        becomeReady(message)
        break
      case 'lost':
        isLost = true
        break
      case 'status':
      case 'stdout':
      case 'stderr':
      case 'display':
        executing?.listener.onProgress(message)
        break
      case 'call':
        if (executing?.number === message.number) executing.listener.onCall(message)
        break
      case 'ended':
        if (executing?.number !== message.number) throw new Error(`a program ended that did not run: ${message.number}`)
        executing.resolve(message)
        executing = undefined
        break
      case 'piece':
        asked.get(message.ask)?.pieces.push(content)
        break
      case 'done':
      case 'listed':
      case 'failed': {
        const operation = asked.get(message.ask)
        asked.delete(message.ask)
        operation?.resolve({ answer: message, content: joined(operation.pieces) })
      }
    }
    holdWhileAsked()
  })
  output.on('data', (chunk: Uint8Array) => {
    try {
      feed(chunk)
    } catch {
      void kill() // no message of ours, and nothing more can be known of it
    }
  })
  input.write(supervisorSources({ folder: confined.workFolder, isAlone: isConfined }))
  input.unref()
  complaints.unref()
  holdWhileAsked()

  function holdWhileAsked(): void {
    const isAsked = isStarting || executing !== undefined || asked.size > 0
    for (const handle of [child, output]) {
      if (isAsked) handle.ref()
      else handle.unref()
    }
  }
  function send(request: Request, content?: Uint8Array): void {
    if (isAlive) input.write(encodeMessage(request, content))
  }
  /** Its standard input ends first: a supervisor then ends all that descends from it and removes its folder. */
  async function kill(): Promise<void> {
    child.ref()
    input.destroy()
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await ended
    clearTimeout(timer)
  }

  return {
    ready,
    async execute(program, listener) {
      if (!isAlive) return undefined
      const { promise, resolve } = Promise.withResolvers<Ended | undefined>()
      executing = { number: program.number, listener, resolve }
      holdWhileAsked()
      send({ type: 'execute', ...program })
      return promise
    },
    stop: (number) => send({ type: 'stop', number }),
    answer: (number, id, answer) => send({ type: 'answer', number, id, ...answer }),
    async askFile(request, content) {
      if (!isAlive) return undefined
      lastAsk += 1
      const { promise, resolve } = Promise.withResolvers<FileReply | undefined>()
      asked.set(lastAsk, { pieces: [], resolve })
      holdWhileAsked()
      send({ ...request, ask: lastAsk }, content)
      return promise
    },
    kill,
    oomKills: () => finalOomKills ?? confined.oomKills(),
    ended,
    get isAlive() {
      return isAlive
    },
    get isLost() {
      return isLost
    },
  }
}

/** Requests on 0, complaints on 2, messages on 3; above are the descriptors that the confinement wants. */
function stdioOf({ descriptors }: Confined): NonNullable<SpawnOptions['stdio']> {
  const last = Math.max(3, ...descriptors.keys())
  return Array.from({ length: last + 1 }, (_, number) => descriptors.get(number) ?? (number === 1 || number > 3 ? 'ignore' : 'pipe'))
}

/** No `Buffer`: what the port hands out is a plain array of bytes. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let position = 0
  for (const piece of pieces) {
    whole.set(piece, position)
    position += piece.length
  }
  return whole
}
