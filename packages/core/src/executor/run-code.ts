import { ExecutorError, OptionsError } from '../errors.ts'
import type { Capabilities, ExecutionResult, Executor, ExecutorEvent, FileInput, Limits, Session } from '../executor.ts'
import { runTool } from '../run-tool.ts'
import type { Tool } from '../tool.ts'
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
  /** What the program may call as `tools.name(…)` and `tools.aio.name(…)`; their results are plain JSON, what they throw is a `ToolError` in Python. */
  readonly tools?: readonly Tool[] | undefined
  /** Hears live what the program does. What it throws is ignored. */
  readonly onEvent?: ((event: ExecutorEvent) => void) | undefined
}

/**
 * Runs one Python program without a loop, in a session of its own, which is disposed, or in yours, which is left: an executor as a tool of another framework.
 * What the program did is the result, a failure and an abort too. Rejects with `ExecutorError` where the machinery failed, with `OptionsError` for a path that leads out of the working folder, and for
 * tools that cannot be called: without `execute`, two of one name, or where the executor has none.
 */
export async function runCode(target: Executor | Session, code: string, options: RunCodeOptions = {}): Promise<ExecutionResult> {
  checkFiles(options.files ?? [])
  const tools = toolsByName(options.tools ?? [])
  if (options.signal?.aborted) return abortedResult(1, 0)
  if (!('createSession' in target)) return execute(target, code, options, tools)
  const begin = performance.now()
  const session = await openFor(target, options)
  if (session === ABORTED) return abortedResult(1, performance.now() - begin)
  try {
    return await execute(session, code, options, tools, session.capabilities ?? target.capabilities)
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

async function execute(
  session: Session,
  code: string,
  { signal = new AbortController().signal, limits, files, onEvent }: RunCodeOptions,
  tools: ReadonlyMap<string, Tool>,
  capabilities: Capabilities | undefined = session.capabilities,
): Promise<ExecutionResult> {
  if (tools.size > 0 && capabilities?.tools === false)
    throw new OptionsError('tools', `tools cannot be called here: Python in ${capabilities.runtime} has none of the host's`)
  const id = crypto.randomUUID()
  return session.execute(
    { id, code, language: 'python', limits, files, idempotencyKey: `${id}/1` },
    {
      signal,
      emit: safeEmit(onEvent),
      async callTool({ id: callId, name, arguments: given }) {
        const tool = tools.get(name)
        if (tool === undefined) throw new ExecutorError('unsupported', `runCode has no tool ${JSON.stringify(name)}`, { started: 'no' })
        return runTool(tool, name, given, { signal, runId: id, callId, context: undefined })
      },
    },
  )
}

function toolsByName(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  for (const { name, execute: run } of tools) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      throw new OptionsError(
        'tools',
        `the name of a tool must be a Python identifier that begins with a letter, got ${JSON.stringify(name)}`,
      )
    if (run === undefined) throw new OptionsError('tools', `the tool ${name} has no execute`)
  }
  if (byName.size < tools.length) throw new OptionsError('tools', `two tools have one name: ${tools.map(({ name }) => name).join(', ')}`)
  return byName
}
