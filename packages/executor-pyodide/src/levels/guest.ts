import { ExecutorError, type FileChange } from '@interloop/core/executor'
import type { ToolAnswer } from '@interloop/executor-kit'
import { FrameError, MOST_CONTENT_BYTES } from '../guest/frames.ts'
import type { Ended, ListedFile, Message, ProgramLimits, Progress, Request, StartLimits, ToolCall, Waiting } from '../guest/messages.ts'
import { joined } from '../joined.ts'
import type { PackageReceiver } from '../packages/package-loader.ts'
import type { GuestEnd, GuestHandle } from './guest-handle.ts'
import { keepAlive } from './keep-alive.ts'

/** One interpreter, whichever level started it: programs and files. While nothing is asked of it, it keeps no host alive. */
export interface Guest extends Pick<GuestHandle, 'ready' | 'isAlive' | 'ended' | 'kill' | 'cpuMs' | 'stop'>, PackageReceiver {
  /** Bytes of memory that its interpreter has taken, as far as it told. */
  readonly memoryBytes: number
  /** Runs one program; never two at a time. Resolves with undefined where the guest ended instead. */
  execute(program: Program, listener: ProgramListener): Promise<ProgramResult | undefined>
  answer(number: number, id: string, answer: ToolAnswer): void
  /** One file operation, also while a program runs. All reject with `ExecutorError`. */
  put(paths: readonly string[], content: Uint8Array): Promise<void>
  read(path: string): Promise<Uint8Array>
  list(): Promise<readonly ListedFile[]>
  remove(path: string): Promise<void>
  /** A fresh interpreter and an empty working folder; not while a program runs. */
  reset(): Promise<void>
}

/** A program as a guest gets it. */
export interface Program {
  readonly number: number
  readonly code: string
  readonly limits: ProgramLimits
}

/** Who hears what a program tells. */
export interface ProgramListener {
  onProgress(progress: Progress): void
  onCall(call: ToolCall): void
  onWaiting(waiting: Waiting): void
}

/** What became of a program. */
export interface ProgramResult {
  readonly ran: Ended['ran']
  readonly files: readonly FileChange[]
}

/** Files that are told of one program or listing, at most. A guest tells no more (working-folder.ts). */
const MOST_FILES = 20_000

/** What is asked of a guest, until it is answered. */
interface Asked {
  readonly pieces: Uint8Array[]
  readonly files: ListedFile[]
  bytes: number
  resolve(): void
  reject(error: ExecutorError): void
}

/** Speaks with a guest that was started within these limits. */
export function speakWith(handle: GuestHandle, limits: StartLimits): Guest {
  const asked = new Map<number, Asked>()
  let executing:
    | { readonly number: number; readonly listener: ProgramListener; readonly files: FileChange[]; resolve(result?: ProgramResult): void }
    | undefined
  let memoryBytes = 0
  let lastAsk = 0

  handle.listen(hear)
  void handle.ended.then((end) => {
    executing?.resolve()
    executing = undefined
    for (const { reject } of asked.values()) reject(gone(end))
    asked.clear()
  })

  function hear(message: Message, content: Uint8Array): void {
    switch (message.type) {
      case 'ready':
        memoryBytes = message.memoryBytes
        return
      case 'wake':
        return // its conversation answers it
      case 'stdout':
      case 'stderr':
      case 'display':
      case 'status':
        running(message).listener.onProgress(message)
        return
      case 'call':
        running(message).listener.onCall(message)
        return
      case 'waiting':
        running(message).listener.onWaiting(message)
        return
      case 'files': {
        const { files } = running(message)
        files.push(...message.files)
        if (files.length > MOST_FILES) throw new FrameError('more changed files than a guest tells')
        return
      }
      case 'ended': {
        const { files, resolve } = running(message)
        memoryBytes = message.ran.usage?.peakMemoryBytes ?? memoryBytes
        executing = undefined
        resolve({ ran: message.ran, files })
        return
      }
      case 'piece': {
        const waiting = whoAsked(message.ask)
        waiting.bytes += content.length
        if (waiting.bytes > limits.fileBytes) throw new FrameError('a file is larger than all files may be')
        waiting.pieces.push(content)
        return
      }
      case 'listed': {
        const { files } = whoAsked(message.ask)
        files.push(...message.files)
        if (files.length > MOST_FILES) throw new FrameError('more files than a guest lists')
        return
      }
      case 'done':
        whoAsked(message.ask).resolve()
        asked.delete(message.ask)
        return
      case 'failed':
        whoAsked(message.ask).reject(new ExecutorError(message.code, message.message, { started: 'no' }))
        asked.delete(message.ask)
    }
  }
  function running({ number }: { readonly number: number }): NonNullable<typeof executing> {
    if (executing?.number === number) return executing
    throw new FrameError(`program ${number} does not run`)
  }
  function whoAsked(ask: number): Asked {
    const found = asked.get(ask)
    if (found !== undefined) return found
    throw new FrameError(`nobody asked ${ask}`)
  }
  async function ask(request: (ask: number) => Request, content: Uint8Array = EMPTY): Promise<Asked> {
    if (!handle.isAlive) throw gone(await handle.ended)
    lastAsk += 1
    const number = lastAsk
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Asked = { pieces: [], files: [], bytes: 0, resolve, reject }
    asked.set(number, waiting)
    handle.send(request(number))
    for (let start = 0; start < content.length; start += MOST_CONTENT_BYTES) {
      handle.send({ type: 'piece', ask: number }, content.subarray(start, start + MOST_CONTENT_BYTES))
    }
    await keepAlive(promise)
    return waiting
  }

  return {
    ready: handle.ready,
    ended: handle.ended,
    kill: handle.kill,
    stop: handle.stop,
    cpuMs: handle.cpuMs,
    get isAlive() {
      return handle.isAlive
    },
    get memoryBytes() {
      return memoryBytes
    },
    async execute(program, listener) {
      if (!handle.isAlive) return undefined
      const { promise, resolve } = Promise.withResolvers<ProgramResult | undefined>()
      executing = { number: program.number, listener, files: [], resolve }
      handle.send({ type: 'execute', ...program })
      return keepAlive(promise)
    },
    answer: (number, id, answer) => handle.send({ type: 'answer', number, id, ...answer }),
    async put(paths, content) {
      await ask((number) => ({ type: 'put', ask: number, paths, size: content.length }), content)
    },
    async install({ archive, folder, libraries }) {
      await ask((number) => ({ type: 'install', ask: number, size: archive.length, folder, libraries }), archive)
    },
    async refuseImports(reasons) {
      await ask((number) => ({ type: 'refuse', ask: number, reasons }))
    },
    async read(path) {
      return joined((await ask((number) => ({ type: 'read', ask: number, path }))).pieces)
    },
    async list() {
      return (await ask((number) => ({ type: 'list', ask: number }))).files
    },
    async remove(path) {
      await ask((number) => ({ type: 'remove', ask: number, path }))
    },
    async reset() {
      await ask((number) => ({ type: 'reset', ask: number }))
    },
  }
}

function gone({ detail }: GuestEnd): ExecutorError {
  return new ExecutorError('session_lost', `the interpreter is gone: ${detail}`, { started: 'no' })
}

const EMPTY = new Uint8Array()
