import { ExecutorError } from '../errors.ts'
import type { ExecutionResult, Executor, ExecutorEvent, FileInput, Limits, Session } from '../executor.ts'
import { abortedResult } from './aborted-result.ts'
import { ABORTED, untilAborted } from './aborting.ts'
import { checkFiles } from './file-path.ts'
import { safeEmit } from './safe-emit.ts'

/** How `runCode` runs a program. */
export interface RunCodeOptions {
  /** Stops the program; the result's reason is `aborted` then. */
  readonly signal?: AbortSignal | undefined
  readonly limits?: Limits | undefined
  /** There before the program runs. */
  readonly files?: readonly FileInput[] | undefined
  /** Hears live what the program does. What it throws is ignored. */
  readonly onEvent?: ((event: ExecutorEvent) => void) | undefined
}

/**
 * Runs one Python program without a loop, in a session of its own, which is disposed, or in yours, which is left: an executor as a tool of another framework.
 * What the program did is the result, a failure and an abort too. Rejects with `ExecutorError` where the machinery failed, with `OptionsError` for a path that leads out of the working folder.
 */
export async function runCode(target: Executor | Session, code: string, options: RunCodeOptions = {}): Promise<ExecutionResult> {
  checkFiles(options.files ?? [])
  if (options.signal?.aborted) return abortedResult(1, 0)
  if (!('createSession' in target)) return execute(target, code, options)
  const begin = performance.now()
  const session = await openFor(target, options)
  if (session === ABORTED) return abortedResult(1, performance.now() - begin)
  try {
    return await execute(session, code, options)
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

/** A session of our own. One that is made although the signal aborted is disposed when it comes. */
async function openFor(executor: Executor, { signal, limits }: RunCodeOptions): Promise<Session | typeof ABORTED> {
  const opening = (async () => {
    await executor.prepare?.({ signal })
    return executor.createSession({ limits, signal })
  })()
  const opened = await untilAborted(opening, [signal]).catch((error: unknown): typeof ABORTED => {
    // The executor heard the signal first.
    if (signal?.aborted && ExecutorError.is(error)) return ABORTED
    throw error
  })
  if (opened === ABORTED) opening.then((session) => session[Symbol.asyncDispose]()).catch(() => undefined)
  return opened
}

function execute(session: Session, code: string, { signal, limits, files, onEvent }: RunCodeOptions): Promise<ExecutionResult> {
  const id = crypto.randomUUID()
  return session.execute(
    { id, code, language: 'python', limits, files, idempotencyKey: `${id}/1` },
    {
      signal: signal ?? new AbortController().signal,
      emit: safeEmit(onEvent),
      callTool: ({ name }) =>
        Promise.reject(new ExecutorError('unsupported', `runCode has no tool ${JSON.stringify(name)}`, { started: 'no' })),
    },
  )
}
