import { EventEmitter } from 'eventemitter3'
import type { Decision } from './approval.ts'
import { causeOf, InterloopError, OptionsError } from './errors.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import type { EventOf, EventType, LoopEvent, Telling, Told } from './events.ts'
import type { Ended } from './finish.ts'
import type { Content } from './model.ts'
import type { OnListenerError } from './settings.ts'
import { shown } from './shown.ts'
import type { Summary } from './summary.ts'

/** One prompt from start to summary, read in three ways from one stream: listeners, readers, promises. It starts in a microtask. */
export interface Run extends AsyncIterable<LoopEvent> {
  readonly id: string
  /** Listeners hear from when they were added. One that throws or rejects changes nothing in the run or for others. */
  on<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  once<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  off<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this
  /** The whole run from its first event, or from the one after `after` (a `seq`), for each reader at its own pace, also a late one. Leaving it does not stop the run. */
  events(options?: { readonly after?: number | undefined }): AsyncIterable<LoopEvent>
  [Symbol.asyncIterator](): AsyncIterator<LoopEvent, void, void>
  /** Never rejects. */
  readonly summary: Promise<Summary>
  /** The answer. Rejects with `RunError` where `status` is not `completed`; not asked for, it rejects nowhere. */
  readonly text: Promise<string>
  /** What this run added to the conversation, verbatim, the user's turn included. */
  readonly contents: Promise<readonly Content[]>
  /** The bytes of one of the summary's outputs, also after the end. At most 32 MiB a run are kept; one beyond is an error here. */
  output(id: string): Promise<Uint8Array>
  /** Ends the run as `cancelled`. */
  abort(reason?: unknown): void
  /** Answers `loop.approval_required`. Throws `OptionsError` where no such approval is waited for, or the decision cannot be. */
  resolve(approvalId: string, decision: Decision): void
  /** Adds a user's text to the next request. Throws `OptionsError` where it is empty, or the run has ended. */
  steer(text: string): void
  /** Aborts what has not ended, and waits for the end. */
  [Symbol.asyncDispose](): Promise<void>
}

/** What `run.text` rejects with. `cause` is the `ModelError` or `ExecutorError` itself, where there is one. */
export class RunError extends InterloopError {
  readonly code = 'run_not_completed'
  /** Not enumerable: an error that nobody caught is printed with all that it enumerates. */
  declare readonly summary: Summary

  constructor(summary: Summary, cause?: unknown) {
    const { error, finish, status } = summary
    const why = error
      ? `${error.message}${error.hint ? ` ${error.hint}` : ''}`
      : `It ended with ${finish.reason}${finish.detail ? ` (${finish.detail})` : ''}.`
    super('RunError', `The run did not complete (${status}). ${why}`, cause)
    Object.defineProperty(this, 'summary', { value: summary })
  }

  static override is(error: unknown): error is RunError {
    return InterloopError.is(error) && error.name === 'RunError'
  }
}

/** What a run needs of the rest: the loop to drive, and where its controls go. */
export interface RunPorts {
  readonly clock: { now(): number; time(): string }
  told(): AsyncGenerator<Telling, Ended, void>
  abort(reason?: unknown): void
  resolve(approvalId: string, decision: Decision): void
  steer(text: string): void
  output(id: string): Uint8Array
  /** Stands in the summary, where it has not been told yet. */
  warn(warning: string): void
  readonly onListenerError: OnListenerError | undefined
}

type Listener = (event: never) => unknown
type Guarded = (event: LoopEvent) => void

/** Drives the loop: stamps what it tells, and hands it to listeners and to the log that readers read. */
export class LiveRun implements Run {
  readonly id: string
  readonly summary: Promise<Summary>
  readonly contents: Promise<readonly Content[]>
  readonly #ports: RunPorts
  readonly #log: EventLog = createEventLog()
  readonly #emitter: EventEmitter = new EventEmitter()
  readonly #guards = new Map<EventType, Map<Listener, Guarded[]>>()
  #ended = false

  constructor(id: string, ports: RunPorts) {
    this.id = id
    this.#ports = ports
    const ended = this.#drive().finally(() => this.#log.close()) // also where something of ours broke: no reader waits for ever
    this.summary = ended.then(({ summary }) => summary)
    this.contents = ended.then(({ contents }) => contents)
  }

  async #drive(): Promise<Ended> {
    await undefined // listeners that are attached in the same tick miss nothing
    const { clock } = this.#ports
    const told = this.#ports.told()
    const startedMs = clock.now()
    for (let seq = 0; ; ) {
      const next = await told.next()
      if (next.done) return next.value
      const time = clock.time()
      const elapsed_ms = Math.round(clock.now() - startedMs)
      for (const one of isSeveral(next.value) ? next.value : [next.value]) {
        this.#hand({ schema: 1, event_id: `${this.id}-${seq}`, seq, run_id: this.id, time, elapsed_ms, ...one })
        seq += 1
      }
    }
  }

  #hand(event: LoopEvent): void {
    if (event.event_type === 'interaction.completed') this.#ended = true
    this.#log.append(event)
    if (this.#emitter.listenerCount(event.event_type) > 0) this.#emitter.emit(event.event_type, event)
  }

  on<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this {
    this.#emitter.on(type, this.#guard(type, listener))
    return this
  }

  once<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this {
    const guarded = this.#guard(type, listener)
    this.#emitter.once(type, guarded)
    return this
  }

  off<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): this {
    for (const guarded of this.#guards.get(type)?.get(listener) ?? []) this.#emitter.off(type, guarded)
    this.#guards.get(type)?.delete(listener)
    return this
  }

  /** A listener of eventemitter3 that throws keeps the others from being called: each is guarded. */
  #guard<T extends EventType>(type: T, listener: (event: EventOf<T>) => unknown): Guarded {
    const guarded: Guarded = (event) => {
      try {
        const back = listener(event as EventOf<T>) // the emitter calls us with events of this type alone
        // Also a promise of another realm or library, which is no `Promise` of ours.
        if (typeof back === 'object' && back !== null && 'then' in back)
          Promise.resolve(back).catch((error: unknown) => this.#listenerFailed(error, event))
      } catch (error) {
        this.#listenerFailed(error, event)
      }
    }
    const ofType = this.#guards.get(type) ?? new Map<Listener, Guarded[]>()
    this.#guards.set(type, ofType)
    ofType.set(listener, [...(ofType.get(listener) ?? []), guarded])
    return guarded
  }

  #listenerFailed(error: unknown, event: LoopEvent): void {
    this.#ports.warn(`A listener of ${event.event_type} threw: ${error instanceof Error ? error.message : String(error)}`)
    try {
      this.#ports.onListenerError?.(error, event)
    } catch {
      // who is told of errors has one itself: there is nobody left to tell
    }
  }

  events(options: { readonly after?: number | undefined } = {}): AsyncIterable<LoopEvent> {
    return this.#log.read(options)
  }

  [Symbol.asyncIterator](): AsyncIterator<LoopEvent, void, void> {
    return this.#log.read()[Symbol.asyncIterator]()
  }

  get text(): Promise<string> {
    const text = this.summary.then((summary) => {
      if (summary.status !== 'completed') throw new RunError(summary, summary.error && causeOf(summary.error))
      return summary.output_text
    })
    text.catch(() => {}) // who asked and comes for it later finds the rejection there
    return text
  }

  async output(id: string): Promise<Uint8Array> {
    return this.#ports.output(id)
  }

  abort(reason?: unknown): void {
    this.#ports.abort(reason)
  }

  resolve(approvalId: string, decision: Decision): void {
    this.#ports.resolve(approvalId, decision)
  }

  steer(text: string): void {
    if (typeof text !== 'string' || text === '') throw new OptionsError('text', `What is steered must be a text, got ${shown(text)}`)
    if (this.#ended) throw new OptionsError('text', `The run ${this.id} has ended; nothing can be steered any more`)
    this.#ports.steer(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.abort(new DOMException('The run was disposed.', 'AbortError'))
    await this.summary
  }
}

function isSeveral(telling: Telling): telling is readonly Told[] {
  return Array.isArray(telling)
}
