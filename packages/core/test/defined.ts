import {
  defineExecutor,
  type ExecutionContext,
  type ExecutionRequest,
  type ExecutionResult,
  type Executor,
  type ExecutorDefinition,
  type ExecutorEvent,
  type OpenedSession,
  type Ran,
  type RunContext,
  type Session,
} from '../src/executor/index.ts'

/** What a test may say of a definition beside how it runs programs. */
export interface DefinitionOptions {
  readonly capabilities?: ExecutorDefinition['capabilities']
  readonly session?: Partial<OpenedSession> | undefined
  readonly open?: ExecutorDefinition['open'] | undefined
  before?(): Promise<void>
}

/** An executor over a function, and what was opened of it. */
export function defined(run: (code: string, context: RunContext) => Promise<Ran>, options: DefinitionOptions = {}) {
  const opened: { closed: boolean; closes: number }[] = []
  async function open(): Promise<OpenedSession> {
    await options.before?.()
    const one = { closed: false, closes: 0 }
    opened.push(one)
    return {
      run,
      async close() {
        one.closed = true
        one.closes += 1
      },
      ...options.session,
    }
  }
  const executor: Executor = defineExecutor({
    name: 'defined',
    runtime: 'CPython 3',
    capabilities: options.capabilities,
    open: options.open ?? open,
  })
  return { executor, opened }
}

/** What a test may say of an execution. */
export type ExecuteOptions = Partial<ExecutionRequest> &
  Partial<Pick<ExecutionContext, 'signal' | 'callTool'>> & { onEvent?(event: ExecutorEvent): void }

/** Runs one program, and tells what happened. */
export async function execute(
  session: Session,
  options: ExecuteOptions = {},
): Promise<{ result: ExecutionResult; events: ExecutorEvent[] }> {
  const events: ExecutorEvent[] = []
  const { signal = new AbortController().signal, callTool, onEvent, ...request } = options
  const result = await session.execute(
    { id: 'call', code: 'pass', language: 'python', idempotencyKey: crypto.randomUUID(), ...request },
    {
      signal,
      emit(event) {
        events.push(event)
        onEvent?.(event)
      },
      callTool: callTool ?? (() => Promise.reject(new Error('no tools'))),
    },
  )
  return { result, events }
}
