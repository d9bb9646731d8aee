import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ExecutorError } from '@interloop/core/executor'
import { type Answer, type Message, type Progress, type Request, readLines } from './protocol.ts'

/** One interpreter in a process of its own. While nothing is asked of it, it keeps no host alive. */
export interface GuestProcess {
  /** Resolves when Python is there; rejects with `ExecutorError` where it ended before. */
  readonly ready: Promise<void>
  /** Requests are answered in their order. Resolves with undefined where the process ended instead, or told something else. */
  ask<Type extends Answer['type']>(request: Request, type: Type, onProgress?: OnProgress): Promise<AnswerOf<Type> | undefined>
  /** Tells the program of that number to stop, until it has. */
  interrupt(number: number): void
  /** Resolves when the process is gone. */
  kill(): Promise<void>
  readonly ended: Promise<void>
  readonly isAlive: boolean
}

type OnProgress = (progress: Progress) => void
type AnswerOf<Type> = Extract<Answer, { readonly type: Type }>

/** Starts an interpreter, with the wheels of a folder where one is given. */
export function startGuest(packageFolder: string | undefined): GuestProcess {
  const script = fileURLToPath(new URL(`./guest${extname(import.meta.url)}`, import.meta.url))
  const child = spawn(process.execPath, packageFolder === undefined ? [script] : [script, packageFolder], {
    env: {},
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  // The pipes of a child are sockets, which the types do not say.
  const [input, , complaints, output] = child.stdio as unknown as readonly [Socket, null, Socket, Socket]
  const asked: { type: Answer['type']; onProgress: OnProgress | undefined; resolve(answer: Answer | undefined): void }[] = []
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let isAlive = true
  let complaint = ''

  child.once('close', end)
  child.once('error', (error) => {
    complaint += error.message
    end()
  })
  void ended.then(() => {
    isAlive = false
    for (const { resolve } of asked.splice(0)) resolve(undefined)
  })
  input.on('error', () => {}).unref() // `close` tells that nobody reads it any more
  complaints.unref()
  complaints.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000)
  })
  readLines(output, (line) => {
    try {
      receive(JSON.parse(line))
    } catch {
      void kill() // no line of ours: the program wrote into the channel, and nothing more can be known of it
    }
  })

  function receive(message: Message): void {
    const [first] = asked
    switch (message.type) {
      case 'status':
      case 'stdout':
      case 'stderr':
      case 'display':
        first?.onProgress?.(message)
        break
      default:
        if (first?.type !== message.type) throw new Error(`expected ${first?.type}, got ${message.type}`)
        asked.shift()
        holdWhileAsked()
        first.resolve(message)
    }
  }
  function wait<Type extends Answer['type']>(type: Type, onProgress?: OnProgress): Promise<AnswerOf<Type> | undefined> {
    if (!isAlive) return Promise.resolve(undefined)
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
    asked.push({ type, onProgress, resolve })
    holdWhileAsked()
    return promise as Promise<AnswerOf<Type> | undefined> // `receive` compares the type
  }
  function holdWhileAsked(): void {
    for (const handle of [child, output]) {
      if (asked.length > 0) handle.ref()
      else handle.unref()
    }
  }
  function send(request: Request): void {
    input.write(`${JSON.stringify(request)}\n`)
  }
  function kill(): Promise<void> {
    child.ref()
    child.kill('SIGKILL')
    return ended
  }

  return {
    ready: wait('ready').then((answer) => {
      if (answer === undefined) throw new ExecutorError('unavailable', `Python did not start. ${complaint}`, { started: 'no' })
    }),
    ask(request, type, onProgress) {
      send(request)
      return wait(type, onProgress)
    },
    interrupt: (number) => send({ type: 'interrupt', number }),
    kill,
    ended,
    get isAlive() {
      return isAlive
    },
  }
}
