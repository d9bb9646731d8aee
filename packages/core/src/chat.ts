import { whyNot } from './deed.ts'
import { OptionsError } from './errors.ts'
import type { FileInput, Session, SessionRef } from './executor.ts'
import { lostText } from './feedback.ts'
import type { Ended } from './finish.ts'
import { answerOpen, joinAnswers, type OpenCall, openCalls } from './ids.ts'
import { type Input, type ReadInput, readInput } from './input.ts'
import type { JobSettings } from './job.ts'
import { until } from './live.ts'
import type { Content, Part } from './model.ts'
import { usesExecutor } from './options.ts'
import type { Run } from './run.ts'
import type { Sessions } from './session.ts'
import type { RunOptions } from './settings.ts'
import type { Turn } from './start-run.ts'
import type { Step } from './steps.ts'

/** One session and one conversation over many prompts. */
export interface Chat {
  /** Waits for the run before it. Throws `OptionsError`. */
  run(input: Input, options?: Omit<RunOptions, 'executor' | 'session'>): Run
  /** Gemini's own shapes, verbatim, and always valid to send: every call in it is answered, except those that a run waits for. */
  readonly history: readonly Content[]
  /** Plain JSON, from which `loop.chat(state)` goes on. Waits for runs that have begun. With `session` where the executor can keep one beyond disposal. */
  save(): Promise<SavedChat>
  /** Aborts what runs, and disposes the session, unless it was handed in. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A chat as plain JSON. */
export interface SavedChat {
  readonly history: readonly Content[]
  readonly session?: SessionRef
}

/** What a chat needs of the loop. */
export interface ChatParts {
  readonly sessions: Sessions
  readonly history: readonly Content[]
  readonly given: Session | SessionRef | undefined
  readonly files: readonly FileInput[]
  settings(options: Omit<RunOptions, 'executor' | 'session'>): JobSettings
  start(
    settings: JobSettings,
    options: Omit<RunOptions, 'executor' | 'session'>,
    turn: (signal: AbortSignal) => Promise<Turn>,
    ended: (ended: Ended, turn: Turn) => void,
  ): Run
}

/** A chat over one session; its runs wait for each other. */
export function createChat(parts: ChatParts): Chat {
  const { sessions } = parts
  let history = parts.history
  let numbered = 0
  /** Files of which the model was not told yet. */
  let unseen = parts.files
  /** A conversation that goes on without its interpreter: the model is told (design.md 8.7). */
  let lost = history.length > 0 && parts.given === undefined
  let tail: Promise<unknown> = Promise.resolve()
  const running = new Set<Run>()
  let disposed = false

  return {
    run(input, options = {}) {
      if (disposed) throw new OptionsError('chat', 'This chat is disposed; make another with loop.chat(state)')
      const settings = parts.settings(options)
      const code = usesExecutor(settings)
      const more = code ? (options.files ?? []) : []
      const gone = code && lost
      const read = readInput(input, { numbered, always: code ? [...unseen, ...more] : [], code })
      const turnNow = (): Turn => ({
        ...turnAfter(history, read, settings, gone ? lostText(sessions.inputFiles()) : undefined),
        files: [...more, ...read.files],
      })
      const known = running.size === 0 ? turnNow() : undefined // misuse is thrown by the call that misuses, and changes nothing
      numbered += read.files.length
      if (code) unseen = []
      if (gone) lost = false

      const before = tail
      const run = parts.start(
        settings,
        options,
        async (signal) => {
          if (known) return known
          try {
            await until(signal, before)
            return turnNow()
          } catch (fault) {
            if (gone) lost = true // not told: the run is aborted before its turn, or its input does not fit
            return { history, contents: [{ role: 'user', parts: read.parts }], steps: [], files: [], fault }
          }
        },
        (ended, turn) => {
          if (turn.fault === undefined) history = [...turn.history, ...ended.contents]
        },
      )
      running.add(run)
      tail = run.summary.then(() => running.delete(run))
      return run
    },
    get history() {
      return history
    },
    async save() {
      await tail
      const session = await sessions.snapshot()
      return { history, ...(session && { session }) }
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      await Promise.all([...running].map((run) => run[Symbol.asyncDispose]()))
      await sessions.dispose()
    },
  }
}

/**
 * What a run adds to a conversation that came before. Functions that it waits for must be answered now; calls whose approval was
 * waited for have expired (contract: `NotRun`).
 */
function turnAfter(history: readonly Content[], read: ReadInput, settings: JobSettings, note?: string): Omit<Turn, 'files'> {
  const open = openCalls(history)
  const awaited = open.filter(({ name }) => settings.tools.has(name) && !settings.tools.get(name)?.execute)
  const expired = open.filter((call) => !awaited.includes(call))
  const answered = resultsFor(awaited, read)
  const steps: Step[] = []
  for (const { id, name } of expired) {
    const text = whyNot('expired')
    if (name === 'run_python') steps.push({ type: 'code_execution_result', call_id: id, is_error: true, result: text, not_run: 'expired' })
    else steps.push({ type: 'function_result', call_id: id, name, is_error: true, result: text, not_run: 'expired' })
  }
  for (const { call, result, isError } of answered)
    steps.push({ type: 'function_result', call_id: call.id, name: call.name, is_error: isError, result })

  const responses = answered.map(
    ({ call, result, isError }): Part => ({
      functionResponse: {
        ...(call.modelId !== undefined && { id: call.modelId }),
        name: call.name,
        response: { [isError ? 'error' : 'output']: result },
      },
    }),
  )
  let contents = answerOpen(history, expired, whyNot('expired'))
  if (responses.length > 0) contents = joinAnswers(contents, responses)
  if (read.parts.length > 0) {
    contents = [...contents, { role: 'user', parts: note === undefined ? read.parts : [{ text: note }, ...read.parts] }]
    steps.push({ type: 'user_input', content: read.content })
  }
  // Where the turn before had begun to answer, it is that turn, made whole, that this run sends.
  const same = contents[history.length - 1] === history.at(-1) ? history.length : history.length - 1
  return { history: history.slice(0, same), contents: contents.slice(same), steps }
}

interface Answered {
  readonly call: OpenCall
  readonly result: unknown
  readonly isError: boolean
}

function resultsFor(awaited: readonly OpenCall[], { results, parts }: ReadInput): readonly Answered[] {
  const answered = results.map(({ callId, result, isError = false }): Answered => {
    const call = awaited.find(({ id, modelId }) => id === callId || modelId === callId)
    if (!call)
      throw new OptionsError(
        'input',
        `No function call ${JSON.stringify(callId)} is waited for${awaited.length > 0 ? `; there are ${awaited.map(({ id }) => id).join(', ')}` : ''}`,
      )
    return { call, result: result ?? null, isError }
  })
  const missing = awaited.filter((call) => !answered.some((one) => one.call === call))
  if (missing.length > 0)
    throw new OptionsError(
      'input',
      `The conversation waits for the results of ${missing.map(({ id, name }) => `${name} (${id})`).join(', ')}; give { callId, result } for each`,
    )
  if (awaited.length > 0 && parts.length > 0)
    throw new OptionsError('input', 'While results of functions are waited for, the input must be these alone')
  return answered
}
