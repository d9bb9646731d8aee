import { describe, expect, test, vi } from 'vitest'
import { ExecutorError } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, ExecutionResult, Executor, ExecutorEvent, Session } from '../executor.ts'
import { defineExecutor, type ExecutorDefinition } from './define-executor.ts'
import type { OpenedSession, RunContext } from './opened-session.ts'
import type { Ran } from './ran.ts'

describe('defineExecutor: what it fills in', () => {
  test('declares honest defaults', () => {
    expect(defined(async () => ({})).executor.capabilities).toEqual({
      version: 'unknown',
      languages: ['python'],
      runtime: 'CPython 3',
      isolation: 'unknown',
      limits: {
        wallMs: 'advisory',
        outputHardBytes: 'advisory',
        outputBytes: 'enforced',
        displayBytes: 'enforced',
        sourceBytes: 'enforced',
      },
      stopMs: 2_000,
      idempotent: true,
      tools: false,
      network: 'unknown',
      packages: [],
      snapshots: 'none',
    })
  })

  test('takes what is declared instead', () => {
    const { executor } = defined(async () => ({}), {
      capabilities: { version: '2', isolation: 'vm', limits: { memoryBytes: 'enforced' }, notes: ['slow'], network: undefined },
    })
    const { version, isolation, limits, notes, network } = executor.capabilities
    expect({ version, isolation, memoryBytes: limits.memoryBytes, outputBytes: limits.outputBytes, notes, network }).toEqual({
      version: '2',
      isolation: 'vm',
      memoryBytes: 'enforced',
      outputBytes: 'enforced',
      notes: ['slow'],
      network: 'unknown',
    })
  })

  test('makes a result of nothing', async () => {
    const { executor } = defined(async () => ({}))
    const { result, events } = await execute(await executor.createSession())
    expect(result).toEqual({
      outcome: 'OUTCOME_OK',
      reason: 'completed',
      stdout: '',
      stderr: '',
      displays: [],
      files: [],
      state: 'kept',
      generation: 1,
      usage: { queuedMs: expect.any(Number), wallMs: expect.any(Number), toolMs: 0 },
    })
    expect(events).toEqual([{ type: 'status', status: 'running' }])
  })

  test('collects what was emitted', async () => {
    const { executor } = defined(async (_code, { emit }) => {
      emit({ type: 'stdout', text: 'live ' })
      emit({ type: 'stdout', text: 'output' })
      return {}
    })
    const { result, events } = await execute(await executor.createSession())
    expect(result.stdout).toBe('live output')
    expect(events.map((event) => event.type)).toEqual(['status', 'stdout', 'stdout'])
  })

  test('hands the limits of session and defaults to the definition', async () => {
    const limits = vi.fn()
    const { executor } = defined(async (_code, { request }) => {
      limits(request.limits)
      return {}
    })
    const session = await executor.createSession({ limits: { wallMs: 1_000, outputBytes: 10 } })
    await execute(session, { limits: { wallMs: 500 } })
    expect(limits).toHaveBeenCalledWith({
      wallMs: 500,
      outputBytes: 10,
      outputHardBytes: 256 * 2 ** 20,
      displayBytes: 8 * 2 ** 20,
      sourceBytes: 8 * 2 ** 20,
    })
  })

  test('counts a generation for a state that the definition says is lost, and goes on with what is open', async () => {
    const { executor, opened } = defined(async (code) => (code === 'dies' ? { reason: 'crashed' } : {}))
    const session = await executor.createSession()
    const died = (await execute(session, { code: 'dies' })).result
    expect([died.state, died.generation, session.generation]).toEqual(['lost', 2, 2])
    expect((await execute(session)).result.generation).toBe(2)
    expect(opened).toHaveLength(1)
  })

  test('measures host tools apart', async () => {
    const { executor } = defined(async (_code, { callTool }) => ({ stdout: String(await callTool({ id: '1', name: 'f', arguments: {} })) }))
    const session = await executor.createSession()
    const callTool = () => new Promise((resolve) => setTimeout(() => resolve(42), 20))
    const { result } = await execute(session, { callTool })
    expect(result.stdout).toBe('42')
    expect(result.usage.toolMs).toBeGreaterThan(10)
  })
})

describe('defineExecutor: what goes wrong', () => {
  test('makes an ExecutorError of what the definition throws', async () => {
    const cause = new Error('no route')
    const { executor } = defined(() => {
      throw cause
    })
    await expect(execute(await executor.createSession())).rejects.toMatchObject({
      name: 'ExecutorError',
      code: 'internal',
      message: 'the executor failed: no route',
      started: 'unknown',
      cause,
    })
  })

  test('keeps an ExecutorError as it is', async () => {
    const error = new ExecutorError('overloaded', 'later', { retryable: true, started: 'no' })
    const { executor } = defined(() => Promise.reject(error))
    const session = await executor.createSession()
    await expect(execute(session)).rejects.toBe(error)
    expect(session.generation).toBe(1)
  })

  test('opens a lost session anew for the next program', async () => {
    const { executor, opened } = defined(async (code) => {
      if (code === 'loses') throw new ExecutorError('session_lost', 'restarted by somebody')
      return {}
    })
    const session = await executor.createSession()
    await expect(execute(session, { code: 'loses' })).rejects.toMatchObject({ code: 'session_lost', stateLost: true })
    expect(session.generation).toBe(2)
    const next = await execute(session)
    expect(next.result.generation).toBe(2)
    expect(next.events).toEqual([
      { type: 'status', status: 'preparing' },
      { type: 'status', status: 'running' },
    ])
    expect(opened.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('waits until the definition is ready, outside the time of the program', async () => {
    const ready = Promise.withResolvers<void>()
    const { executor } = defined(async () => ({ stdout: 'ran' }), { session: { ready: () => ready.promise } })
    const session = await executor.createSession()
    const running = execute(session, { limits: { wallMs: 20 } })
    await new Promise((resolve) => setTimeout(resolve, 60))
    ready.resolve()
    const { result } = await running
    expect([result.reason, result.stdout]).toEqual(['completed', 'ran'])
    expect(result.usage.queuedMs).toBeGreaterThan(40)
  })

  test('loses what is not ready any more', async () => {
    let isGone = true
    const ready = async () => {
      if (isGone) throw new ExecutorError('session_lost', 'the interpreter died')
    }
    const { executor, opened } = defined(async () => ({}), { session: { ready } })
    const session = await executor.createSession()
    await expect(execute(session)).rejects.toMatchObject({ code: 'session_lost' })
    isGone = false
    expect((await execute(session)).result.generation).toBe(2)
    expect(opened).toHaveLength(2)
  })

  test('makes an ExecutorError of what opening throws', async () => {
    const { executor } = defined(async () => ({}), { open: () => Promise.reject(new Error('no key')) })
    await expect(executor.createSession()).rejects.toMatchObject({
      code: 'internal',
      message: 'the session could not be opened: no key',
      started: 'no',
    })
  })

  test('refuses another language and source that is too large', async () => {
    const run = vi.fn(async () => ({}))
    const session = await defined(run).executor.createSession()
    await expect(execute(session, { language: 'ruby' })).rejects.toMatchObject({ code: 'unsupported', started: 'no' })
    await expect(execute(session, { code: 'ä'.repeat(6), limits: { sourceBytes: 11 } })).rejects.toMatchObject({
      code: 'too_large',
      message: 'the program has 12 bytes, the limit is 11',
      started: 'no',
    })
    expect(run).toHaveBeenCalledTimes(0)
    expect((await execute(session, { language: 'PYTHON' })).result.outcome).toBe('OUTCOME_OK')
  })
})

describe('defineExecutor: stopping', () => {
  test('resolves with aborted where the definition stops when it is told', async () => {
    const { executor, opened } = defined((_code, { emit, signal }) => {
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ stderr: 'KeyboardInterrupt' }))
        emit({ type: 'stdout', text: 'begun' })
      })
    })
    const session = await executor.createSession()
    const controller = new AbortController()
    const { result, events } = await execute(session, { signal: controller.signal, onEvent: abortOnOutput(controller) })
    const { reason, stdout, stderr, state, generation } = result
    expect({ reason, stdout, stderr, state, generation }).toEqual({
      reason: 'aborted',
      stdout: 'begun',
      stderr: 'KeyboardInterrupt',
      state: 'kept',
      generation: 1,
    })
    expect(events).toContainEqual({ type: 'status', status: 'interrupting', detail: 'aborted' })
    expect(opened).toHaveLength(1)
  })

  test('gives a program up that does not stop, ignores what it tells later, and opens anew', async () => {
    let late: RunContext['emit'] | undefined
    const { executor, opened } = defined(
      (code, { emit }) => {
        if (code !== 'hangs') return Promise.resolve({ stdout: 'fresh' })
        emit({ type: 'stdout', text: 'begun' })
        late = emit
        return new Promise(() => undefined)
      },
      { capabilities: { stopMs: 30 } },
    )
    const session = await executor.createSession()
    const controller = new AbortController()
    const { result, events } = await execute(session, {
      code: 'hangs',
      signal: controller.signal,
      onEvent: abortOnOutput(controller),
    })
    expect([result.reason, result.state, result.generation, result.stdout]).toEqual(['aborted', 'lost', 2, 'begun'])
    expect(events.at(-1)).toEqual({ type: 'status', status: 'killed' })
    const told = events.length
    late?.({ type: 'stdout', text: 'late' })
    expect(events).toHaveLength(told)
    const next = (await execute(session)).result
    expect([next.stdout, next.generation]).toEqual(['fresh', 2])
    expect(opened.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('takes the state for lost where the definition throws when it is told to stop', async () => {
    const { executor, opened } = defined(
      (_code, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    const session = await executor.createSession()
    const { result } = await execute(session, { limits: { wallMs: 10 } })
    expect([result.outcome, result.reason, result.state]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline', 'lost'])
    await execute(session, { signal: AbortSignal.abort() })
    expect(opened[0]?.closed).toBe(true)
  })

  test('leaves the deadline to a definition that holds it', async () => {
    const { executor } = defined(
      (_code, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ stdout: 'stopped from outside' }))
          setTimeout(() => resolve({ reason: 'deadline', stdout: 'stopped by itself' }), 60)
        }),
      { capabilities: { limits: { wallMs: 'enforced' } } },
    )
    const { result } = await execute(await executor.createSession(), { limits: { wallMs: 20 } })
    expect([result.reason, result.stdout]).toEqual(['deadline', 'stopped by itself'])
  })

  test('stops a program at the hard limit of its output', async () => {
    const { executor } = defined(
      (_code, { emit, signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({}))
          emit({ type: 'stdout', text: 'x'.repeat(101) })
        }),
    )
    const { result } = await execute(await executor.createSession(), { limits: { outputHardBytes: 100 } })
    expect([result.outcome, result.reason]).toEqual(['OUTCOME_FAILED', 'output_limit'])
  })

  test('runs nothing for a signal that was aborted before, and leaves no listener on it', async () => {
    const run = vi.fn(async () => ({}))
    const session = await defined(run).executor.createSession()
    expect((await execute(session, { signal: AbortSignal.abort() })).result.reason).toBe('aborted')
    expect(run).toHaveBeenCalledTimes(0)

    const { signal } = new AbortController()
    const removals: (AbortSignal | undefined)[] = []
    signal.addEventListener = (_type: string, _listener: unknown, options?: boolean | AddEventListenerOptions) => {
      removals.push(typeof options === 'object' ? options.signal : undefined)
    }
    await execute(session, { signal })
    expect(removals.length).toBeGreaterThan(0)
    expect(removals.filter((removal) => removal?.aborted !== true)).toEqual([])
  })
})

describe('defineExecutor: turns and keys', () => {
  test('runs one program at a time and says that the next one waits', async () => {
    const steps: string[] = []
    const { executor } = defined(async (code) => {
      steps.push(`${code} begins`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      steps.push(`${code} ends`)
      return {}
    })
    const session = await executor.createSession()
    const [first, second] = await Promise.all([execute(session, { code: 'a' }), execute(session, { code: 'b' })])
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
    expect(first.events.map(status)).toEqual(['running'])
    expect(second.events.map(status)).toEqual(['queued', 'running'])
    expect(second.result.usage.queuedMs).toBeGreaterThan(10)
  })

  test('takes a waiting program out when it is aborted', async () => {
    const { executor } = defined((_code, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))))
    const session = await executor.createSession()
    const [one, other] = [new AbortController(), new AbortController()]
    const first = execute(session, { signal: one.signal })
    const second = execute(session, { signal: other.signal })
    other.abort()
    const { result } = await second
    expect([result.reason, result.state, result.usage.wallMs]).toEqual(['aborted', 'kept', 0])
    one.abort()
    expect((await first).result.reason).toBe('aborted')
  })

  test('runs a key once', async () => {
    const run = vi.fn(async () => ({ stdout: 'once' }))
    const session = await defined(run).executor.createSession()
    const first = await execute(session, { idempotencyKey: 'key' })
    const again = await execute(session, { idempotencyKey: 'key' })
    expect(again.result).toBe(first.result)
    expect(run).toHaveBeenCalledTimes(1)
  })
})

describe('defineExecutor: files', () => {
  test('puts files of createSession and of a request, before the program', async () => {
    const put = vi.fn(async () => undefined)
    const { executor } = defined(async () => ({ stdout: `${put.mock.calls.length} files` }), { session: { files: { put } } })
    const first = { path: 'a.csv', content: 'a', aliases: ['input_file_0.csv'] }
    const second = { path: 'b.csv', content: 'b' }
    const session = await executor.createSession({ files: [first] })
    const { result } = await execute(session, { files: [second] })
    expect([result.stdout, put.mock.calls]).toEqual(['2 files', [[first], [second]]])
  })

  test('says unsupported for what the definition does not have, and never loses a file silently', async () => {
    const { executor, opened } = defined(async () => ({}))
    const file = { path: 'a', content: '' }
    const unsupported = { name: 'ExecutorError', code: 'unsupported', started: 'no' }
    await expect(executor.createSession({ files: [file] })).rejects.toMatchObject(unsupported)
    expect(opened.map(({ closed }) => closed)).toEqual([true])
    const session = await executor.createSession()
    await expect(execute(session, { files: [file] })).rejects.toMatchObject(unsupported)
    await expect(session.files.put(file)).rejects.toMatchObject(unsupported)
    await expect(session.files.read('a')).rejects.toMatchObject(unsupported)
    await expect(session.files.list()).rejects.toMatchObject(unsupported)
    await expect(session.files.remove('a')).rejects.toMatchObject(unsupported)
  })

  test('refuses paths that lead out of the working folder before the definition sees them', async () => {
    const put = vi.fn(async () => undefined)
    const { executor } = defined(async () => ({}), { session: { files: { put, read: async () => new Uint8Array() } } })
    const session = await executor.createSession()
    const outside = { code: 'invalid_option', option: 'files' }
    await expect(session.files.put({ path: '../x', content: '' })).rejects.toMatchObject(outside)
    await expect(session.files.read('/etc/passwd')).rejects.toMatchObject(outside)
    await expect(execute(session, { files: [{ path: 'ok', content: '', aliases: ['a/../../b'] }] })).rejects.toMatchObject(outside)
    expect(put).toHaveBeenCalledTimes(0)
  })
})

describe('defineExecutor: disposal', () => {
  test('closes once, and refuses what comes after', async () => {
    const { executor, opened } = defined(async () => ({}))
    const session = await executor.createSession()
    await Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()])
    await executor[Symbol.asyncDispose]()
    expect(opened.map(({ closes }) => closes)).toEqual([1])
    const closed = { code: 'closed', started: 'no' }
    await expect(execute(session)).rejects.toMatchObject(closed)
    await expect(session.files.list()).rejects.toMatchObject(closed)
    await expect(executor.createSession()).rejects.toMatchObject(closed)
  })

  test('ends a running program, also one that does not listen, and refuses the waiting one', async () => {
    const running = Promise.withResolvers<void>()
    const { executor, opened } = defined(
      () => {
        running.resolve()
        return new Promise(() => undefined)
      },
      { capabilities: { stopMs: 20 } },
    )
    const session = await executor.createSession()
    const first = execute(session)
    const second = execute(session)
    const endings = Promise.allSettled([first, second])
    await running.promise
    await session[Symbol.asyncDispose]()
    expect(await endings).toMatchObject([
      { status: 'rejected', reason: { code: 'closed', started: 'yes', stateLost: true } },
      { status: 'rejected', reason: { code: 'closed', started: 'no' } },
    ])
    expect(opened.map(({ closes }) => closes)).toEqual([1])
  })

  test('gives up opening at once when the signal aborts, and closes what opens later', async () => {
    const opening = Promise.withResolvers<void>()
    const { executor, opened } = defined(async () => ({}), { before: () => opening.promise })
    const controller = new AbortController()
    const made = executor.createSession({ signal: controller.signal })
    controller.abort()
    await expect(made).rejects.toMatchObject({ name: 'ExecutorError', code: 'closed', started: 'no' })
    opening.resolve()
    await vi.waitFor(() => expect(opened.map(({ closed }) => closed)).toEqual([true]))
  })

  test('gives up opening when the executor is disposed', async () => {
    const opening = Promise.withResolvers<void>()
    const { executor, opened } = defined(async () => ({}), { before: () => opening.promise })
    const made = executor.createSession()
    const refused = expect(made).rejects.toMatchObject({ code: 'closed' })
    await executor[Symbol.asyncDispose]()
    await refused
    opening.resolve()
    await vi.waitFor(() => expect(opened.map(({ closed }) => closed)).toEqual([true]))
  })

  test('waits with disposal until what was given up is closed, but not for ever', async () => {
    const closing = Promise.withResolvers<void>()
    const { executor } = defined(() => new Promise(() => undefined), {
      capabilities: { stopMs: 20 },
      session: { close: () => closing.promise },
    })
    const session = await executor.createSession()
    await execute(session, { limits: { wallMs: 1 } })
    await session[Symbol.asyncDispose]()
    closing.resolve()
  })
})

/** What a test may say of a definition beside how it runs programs. */
interface DefinitionOptions {
  readonly capabilities?: ExecutorDefinition['capabilities']
  readonly session?: Partial<OpenedSession> | undefined
  readonly open?: ExecutorDefinition['open'] | undefined
  before?(): Promise<void>
}

/** An executor over a function, and what was opened of it. */
function defined(run: (code: string, context: RunContext) => Promise<Ran>, options: DefinitionOptions = {}) {
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

type ExecuteOptions = Partial<ExecutionRequest> &
  Partial<Pick<ExecutionContext, 'signal' | 'callTool'>> & { onEvent?(event: ExecutorEvent): void }

async function execute(session: Session, options: ExecuteOptions = {}): Promise<{ result: ExecutionResult; events: ExecutorEvent[] }> {
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

function abortOnOutput(controller: AbortController): (event: ExecutorEvent) => void {
  return (event) => {
    if (event.type === 'stdout') controller.abort()
  }
}

function status(event: ExecutorEvent): string {
  return event.type === 'status' ? event.status : event.type
}
