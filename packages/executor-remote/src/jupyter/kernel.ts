import { setTimeout as wait } from 'node:timers/promises'
import { ExecutorError } from '@interloop/core/executor'
import { type Booted, bootedOf, bootedValue, bootRequest, KEEP_BYTES } from './boot.ts'
import type { DeathSign } from './execution-state.ts'
import { type Message, type Outgoing, recordOf } from './frames.ts'
import type { KernelListener } from './kernel-listener.ts'
import { lost, neverReady, notPython } from './kernel-loss.ts'
import { interruptKernel, kernelIsThere, type StartedKernel } from './kernel-start.ts'
import { type Link, openLink } from './link.ts'
import { createPlainKernel, type PlainKernel } from './plain-kernel.ts'
import type { Server } from './server.ts'
import { openSocket } from './socket.ts'

/** A kernel with our guest in it, and the line to it. */
export interface Kernel {
  readonly started: StartedKernel
  readonly booted: Booted
  /** It is no IPython and has no guest: see `PlainKernel`. */
  readonly isPlain: boolean
  /** Of the WebSocket. */
  readonly sessionId: string
  readonly owner: string
  /** How it was lost; undefined while it lives. */
  readonly death: DeathSign | undefined
  readonly isUp: boolean
  /** Asks the guest on the control channel, which answers while a program runs; asked again after a cut. Rejects with `ExecutorError`. */
  ask(operation: string, args?: object, options?: { readonly timeoutMs?: number | undefined }): Promise<Readonly<Record<string, unknown>>>
  /** Sends a program; whether it arrives is for its listener to find out. */
  submit(program: object): void
  /** Hears what is told of a key. */
  listen(key: string, listener: KernelListener): () => void
  /** Keeps the process alive until what it returns is called. */
  hold(): () => void
  /** By the server, or where that cannot, by the control channel. */
  interrupt(): Promise<void>
  /** Finds out whether this interpreter is still the same: resolves when its guest has answered. What proves the contrary is told as a death. */
  check(): Promise<void>
  /** Closes the line; ending the kernel is for its owner. */
  close(): void
}

/** How a kernel is entered. */
export interface EnterOptions {
  readonly server: Server
  readonly started: StartedKernel
  /** Name of the working folder. */
  readonly folder: string
  /** To take a live kernel over. */
  readonly sessionId?: string | undefined
  /** The epoch of a guest that is there: it gets a new owner, also while a program runs. */
  readonly takesOver?: string | undefined
  readonly onDeath: (sign: DeathSign) => void
}

/** How long a guest may take to answer on control, milliseconds: code in C that holds the interpreter's lock blocks it. */
const ANSWER_MS = 30_000

/** How often a kernel that starts is looked after, milliseconds: its server gives up one that died six times, and leaves who waits for it without an answer. */
const ATTEND_MS = 1_000

/** How long a kernel may take to take up the guest, imports included, milliseconds. */
const BOOT_MS = 120_000

/** How often a kernel in which a program runs is looked after, milliseconds (remote.md 1.5, row 12). */
const LOOK_MS = 5_000

/** What may be said twice is said again after this time, then after twice that, and so on, milliseconds: a server in gateway mode can lose messages while its own line is up. */
const REPEAT_MS = 1_500
const REPEATED = new Set(['query', 'ping'])

/** Two answers on one channel come in the order of their questions, but not in one read, milliseconds. */
const BESIDE_MS = 200

interface Asked {
  readonly message: Outgoing
  resolve(value: Readonly<Record<string, unknown>>): void
  reject(error: ExecutorError): void
}

/** Opens the line to a kernel and puts the guest into it, or finds it there. Rejects with `ExecutorError`. */
export async function enterKernel({
  server,
  started,
  folder,
  sessionId = crypto.randomUUID(),
  takesOver,
  onDeath,
}: EnterOptions): Promise<Kernel> {
  const { settings, rest } = server
  const owner = crypto.randomUUID()
  const listeners = new Map<string, KernelListener>()
  const asked = new Map<string, Asked>()
  let death: DeathSign | undefined
  let booted: Booted | undefined
  let plain: PlainKernel | undefined
  let looking: NodeJS.Timeout | undefined

  function die(sign: DeathSign): void {
    if (death !== undefined) return
    death = sign
    clearInterval(looking)
    const error = lost(sign)
    for (const each of asked.values()) each.reject(error)
    asked.clear()
    for (const listener of [...listeners.values()]) listener.onDeath(sign)
    onDeath(sign)
  }

  function onMessage(message: Message): void {
    if (plain?.take(message)) return
    const { channel, content, parent } = message
    const type = message.header.msg_type
    if (channel === 'iopub') {
      if (type === 'interloop_event') {
        const { key, number, kind, content: told } = content
        if (typeof key === 'string' && typeof number === 'number' && typeof kind === 'string')
          listeners.get(key)?.onEvent(number, kind, recordOf(told))
      } else if (type === 'status' && parent.msg_id === undefined) {
        const state = content['execution_state']
        // `starting` is also said of a kernel that has only just begun.
        if (state === 'restarting' || state === 'dead') die('died')
      } else if (type === 'shutdown_reply') {
        die('shut_down')
      }
      return
    }
    if (channel === 'stdin' && type === 'interloop_call') {
      const { key, id, name, arguments: args, after } = content
      if (typeof key === 'string' && typeof id === 'string' && typeof name === 'string')
        listeners.get(key)?.onCall({ id, name, arguments: args, after: Number(after ?? 0) })
      return
    }
    const waiting = parent.msg_id === undefined ? undefined : asked.get(parent.msg_id)
    if (waiting !== undefined && parent.msg_id !== undefined) {
      asked.delete(parent.msg_id)
      waiting.resolve(content)
    } else if (channel === 'shell' && type === 'execute_reply') {
      const key = recordOf(content['interloop'])['key']
      const listener = listeners.get(typeof key === 'string' ? key : (submitted.get(parent.msg_id ?? '') ?? ''))
      listener?.onReply(content)
    }
  }

  const submitted = new Map<string, string>()

  // Asked beforehand: Jupyter Server 1.23 leaves who wants the channels of a deleted kernel without an answer.
  if (takesOver !== undefined && (await kernelIsThere(rest, started.kernelId)) === false) throw lost('gone')

  const ended = new AbortController()
  const attending = setInterval(() => {
    const isThere = kernelIsThere(rest, started.kernelId).catch(() => undefined)
    void isThere.then((is) => is === false && ended.abort())
  }, ATTEND_MS)
  const link: Link = await openLink({
    maxDownMs: settings.maxDownMs,
    connect: async (handlers, patience) => {
      const headers = await server.credentials.headers()
      const open = (current: Readonly<Record<string, string>>) =>
        openSocket({
          settings,
          base: server.base,
          kernelId: started.kernelId,
          sessionId,
          headers: current,
          ...handlers,
          patience,
          signal: ended.signal,
        })
      return open(headers).catch(async (error: unknown) => {
        if (!ExecutorError.is(error)) throw error
        const renewed = error.code === 'unauthorized' ? await server.credentials.renewed(headers) : undefined
        if (renewed !== undefined) return open(renewed)
        // What a stopped server was asked for is answered by its Hub: REST with 424, the channels with a redirect.
        if (!(await server.isStopped())) throw error
        throw new ExecutorError('not_found', 'the server of the Hub was stopped', { started: 'no', cause: error })
      })
    },
    onMessage,
    onUp() {
      for (const { message } of asked.values()) link.send(message)
      for (const listener of [...listeners.values()]) listener.onUp()
      // Who lost the line because another process took the session over learns it now.
      void ask('ping').catch(() => undefined)
    },
    onDown: () => plain?.onDown(),
    onRefused: (error) => die(error.code === 'not_found' ? 'gone' : error.code === 'unauthorized' ? 'unauthorized' : 'unreachable'),
  })
    .catch((error: unknown) => {
      if (!ended.signal.aborted) throw error
      throw takesOver === undefined ? neverReady(settings.kernel, error) : lost('gone')
    })
    .finally(() => clearInterval(attending))

  function request(
    channel: 'shell' | 'control',
    type: string,
    content: object,
    timeoutMs: number,
    isRepeated = false,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (death !== undefined) return Promise.reject(lost(death))
    const id = crypto.randomUUID()
    const message: Outgoing = { channel, type, id, content }
    const release = link.hold()
    const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    const timer = setTimeout(() => {
      asked.delete(id)
      reject(new ExecutorError('unavailable', `the kernel did not answer within ${timeoutMs} ms`, { started: 'no', retryable: true }))
    }, timeoutMs)
    let repeating: NodeJS.Timeout | undefined
    // Less and less often: a kernel that is only slow answers each of them in the end.
    function repeatAfter(pauseMs: number): void {
      repeating = setTimeout(() => {
        link.send(message)
        repeatAfter(2 * pauseMs)
      }, pauseMs)
    }
    asked.set(id, { message, resolve, reject })
    link.send(message)
    if (isRepeated) repeatAfter(REPEAT_MS)
    return promise.finally(() => {
      clearTimeout(timer)
      clearTimeout(repeating)
      release()
    })
  }

  async function ask(operation: string, args: object = {}, options: { readonly timeoutMs?: number | undefined } = {}) {
    if (plain !== undefined) return plain.ask(operation, args)
    const content = { operation, owner, arguments: args }
    const answer = await request('control', 'interloop_request', content, options.timeoutMs ?? ANSWER_MS, REPEATED.has(operation))
    if (booted !== undefined && answer['epoch'] !== booted.epoch) die('replaced')
    else if (answer['status'] === 'fenced') die('fenced')
    if (death !== undefined) throw lost(death)
    if (answer['status'] === 'ok') return recordOf(answer['value'])
    const message = String(answer['message'])
    if (answer['status'] === 'refused' && answer['code'] === 'not_found') throw new ExecutorError('not_found', message, { started: 'no' })
    throw new ExecutorError(answer['status'] === 'refused' ? 'unsupported' : 'internal', message, { started: 'no' })
  }

  /** Control answers in order: who answers the second question and not the first has no guest; where that is so twice, for one answer may be lost. */
  async function probe(timeoutMs: number, isLast = false): Promise<'same' | undefined> {
    let guestAnswered = false
    const guest = ask('ping', {}, { timeoutMs }).then(
      () => {
        guestAnswered = true
        return 'same' as const
      },
      () => undefined,
    )
    const kernel = request('control', 'kernel_info_request', {}, timeoutMs).then(
      async () => {
        // Its answer to the first may stand behind this one in the same read.
        await wait(BESIDE_MS)
        if (guestAnswered) return 'same' as const
        if (!isLast) return probe(timeoutMs, true)
        die('replaced')
        return undefined
      },
      () => undefined,
    )
    return Promise.race([guest, kernel])
  }

  function look(): void {
    void kernelIsThere(rest, started.kernelId).then(
      (isThere) => {
        if (isThere === false) die('gone')
      },
      () => undefined,
    )
    if (!link.isUp) return
    void probe(LOOK_MS)
    for (const listener of [...listeners.values()]) listener.onUp()
  }

  async function boot(): Promise<Booted> {
    const options = {
      epoch: crypto.randomUUID(),
      owner,
      folder,
      imports: settings.imports,
      keepBytes: KEEP_BYTES,
      orphanMs: settings.orphanMs,
    }
    const found = bootedOf(await request('shell', 'execute_request', bootRequest(options), BOOT_MS, true))
    return found ?? enterPlain()
  }

  /** Programs run at most once in it, where it knows Python. */
  async function enterPlain(): Promise<Booted> {
    const said = await request('shell', 'kernel_info_request', {}, BOOT_MS)
    const { name, version } = recordOf(said['language_info'])
    if (name !== 'python') throw notPython(settings.kernel, String(name))
    plain = createPlainKernel({ send: link.send, listener: (key) => listeners.get(key), interrupt, die })
    const python = typeof version === 'string' ? version : ''
    return { epoch: '', folder: '', python, implementation: String(said['implementation']), missing: [] }
  }

  async function interrupt(): Promise<void> {
    const isDone = await interruptKernel(rest, started.kernelId).catch(() => false)
    if (!isDone && death === undefined) link.send({ channel: 'control', type: 'interrupt_request', id: crypto.randomUUID(), content: {} })
  }

  async function takeOver(epoch: string): Promise<Booted> {
    const owning = { operation: 'own', arguments: { new_owner: owner } }
    const guest = request('control', 'interloop_request', owning, ANSWER_MS, true).then((answer) => bootedValue(recordOf(answer['value'])))
    // Control answers in order: who answers this alone has no guest.
    const kernel = request('control', 'kernel_info_request', {}, ANSWER_MS).then(() => wait(BESIDE_MS))
    guest.catch(() => undefined)
    kernel.catch(() => undefined)
    const found = await Promise.race([guest, kernel])
    if (found?.epoch !== epoch) throw lost('replaced')
    return found
  }

  try {
    booted = await (takesOver === undefined ? boot() : takeOver(takesOver))
  } catch (error) {
    link.close()
    throw error
  }
  const entered = booted

  // An owner that is silent counts as lost after `orphanMs`.
  const heartbeat = setInterval(() => void ask('ping').catch(() => undefined), Math.min(60_000, settings.orphanMs / 4))
  heartbeat.unref()

  return {
    started,
    booted: entered,
    isPlain: plain !== undefined,
    sessionId,
    owner,
    get death() {
      return death
    },
    get isUp() {
      return link.isUp
    },
    ask,
    submit(program) {
      if (plain !== undefined) {
        plain.submit(program)
        return
      }
      const id = crypto.randomUUID()
      const { key } = recordOf(program)
      if (typeof key === 'string') submitted.set(id, key)
      const content = { code: '', silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: false }
      link.send({ channel: 'shell', type: 'execute_request', id, content, metadata: { interloop: { ...program, owner } } })
    },
    listen(key, listener) {
      listeners.set(key, listener)
      looking ??= setInterval(look, LOOK_MS)
      return () => {
        listeners.delete(key)
        if (listeners.size > 0) return
        clearInterval(looking)
        looking = undefined
        submitted.clear()
      }
    },
    hold: () => link.hold(),
    interrupt,
    async check() {
      const answer = await probe(3_000)
      if (answer === undefined) throw new ExecutorError('unavailable', 'the kernel did not answer', { started: 'yes' })
    },
    close() {
      clearInterval(heartbeat)
      clearInterval(looking)
      link.close()
      death ??= 'gone'
      for (const listener of [...listeners.values()]) listener.onDeath('gone')
      const error = new ExecutorError('closed', 'the session was disposed', { started: 'no' })
      for (const each of asked.values()) each.reject(error)
      asked.clear()
    },
  }
}
