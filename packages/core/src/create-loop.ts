import { type Chat, createChat } from './chat.ts'
import { checkNames, hook } from './checks.ts'
import { OptionsError } from './errors.ts'
import type { Executor, Session, SessionRef } from './executor.ts'
import { type Input, readInput } from './input.ts'
import type { JobSettings } from './job.ts'
import { checkExecutor, checkHistory, checkModel, checkSession, checkSignal, settingsOf, usesExecutor } from './options.ts'
import type { Run } from './run.ts'
import { createSessions } from './session.ts'
import type { ChatOptions, LoopOptions, RunOptions, Settings } from './settings.ts'
import { startRun } from './start-run.ts'

/** Starts runs. It owns nothing, so it needs no disposal. */
export interface Loop {
  /** Starts at once, in a microtask. Throws `OptionsError` for an input or an option that cannot be right. */
  run(input: Input, options?: RunOptions): Run
  /** One session and one conversation over many prompts. `loop.chat(state)` goes on from `Chat.save()`. */
  chat(options?: ChatOptions): Chat
}

const SETTINGS = [
  'executor',
  'instructions',
  'interception',
  'maxRegenerations',
  'limits',
  'budgets',
  'files',
  'tools',
  'modelTools',
  'approve',
  'approvalWaitMs',
  'prepareStep',
  'config',
  'echoValue',
  'echoChars',
] as const

/** Makes a loop of a model and an executor. Throws `OptionsError` at once for an option that cannot be right. */
export function createLoop(options: LoopOptions): Loop {
  checkNames('createLoop', options, [...SETTINGS, 'model', 'onListenerError'])
  const model = checkModel(options.model)
  const loopExecutor = checkExecutor(options.executor)
  const { model: _, onListenerError, ...loopSettings } = options
  hook('onListenerError', onListenerError)
  const base = settingsOf([loopSettings], model)
  /** The same object where nothing is said otherwise: what is made of it is kept by adapters. */
  const settingsFor = (...narrower: readonly Settings[]): JobSettings =>
    narrower.some((layer) => SETTINGS.some((name) => layer[name] !== undefined)) ? settingsOf([loopSettings, ...narrower], model) : base

  return {
    run(input, runOptions = {}) {
      checkNames('run', runOptions, [...SETTINGS, 'signal', 'session', 'context'])
      const executor = checkExecutor(runOptions.executor ?? loopExecutor)
      const settings = settingsFor(runOptions)
      const always = runOptions.files ?? options.files ?? []
      const code = usesExecutor(settings)
      const read = readInput(input, { numbered: 0, always: code ? always : [], code })
      if (read.results.length > 0) throw new OptionsError('input', 'Results of functions belong to the chat whose run waits for them')
      const turn = {
        history: [],
        contents: [{ role: 'user', parts: read.parts }],
        steps: [{ type: 'user_input' as const, content: read.content }],
        files: read.files,
      }
      return startRun({
        model,
        executor,
        settings,
        sessions: createSessions(executor, { limits: settings.limits, files: always, given: checkSession(runOptions.session, false) }),
        kept: false,
        signal: checkSignal(runOptions.signal),
        context: runOptions.context,
        turn: async () => turn,
        onListenerError,
      })
    },
    chat(chatOptions = {}) {
      checkNames('chat', chatOptions, [...SETTINGS, 'session', 'context', 'history'])
      const executor = checkExecutor(chatOptions.executor ?? loopExecutor)
      const chatSettings = settingsFor(chatOptions)
      const files = chatOptions.files ?? options.files ?? []
      const given = usable(checkSession(chatOptions.session, true), executor)
      const sessions = createSessions(executor, { limits: chatSettings.limits, files, given })
      return createChat({
        sessions,
        history: checkHistory(chatOptions.history ?? []),
        given,
        files,
        settings: (runOptions) => {
          checkNames('run', runOptions, [...SETTINGS, 'signal', 'context'])
          checkSignal(runOptions.signal)
          return settingsFor(chatOptions, runOptions)
        },
        start: (settings, runOptions, turn, ended) =>
          startRun({
            model,
            executor,
            settings,
            sessions,
            kept: true,
            signal: runOptions.signal,
            context: runOptions.context ?? chatOptions.context,
            turn,
            ended,
            onListenerError,
          }),
      })
    },
  }
}

/** A reference to a session of another executor, or for one that cannot resume, is no session. */
function usable(given: Session | SessionRef | undefined, executor: Executor): Session | SessionRef | undefined {
  if (given === undefined || 'execute' in given) return given
  return given.executor === executor.name && executor.resumeSession ? given : undefined
}
