import { describe, expect, test, vi } from 'vitest'
import { defined, execute } from '../../test/defined.ts'
import type { ExecutorEvent } from '../executor.ts'
import type { RunContext } from './opened-session.ts'

describe('DefinedSession: stopping', () => {
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

describe('DefinedSession: turns and keys', () => {
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

describe('DefinedSession: disposal', () => {
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

function abortOnOutput(controller: AbortController): (event: ExecutorEvent) => void {
  return (event) => {
    if (event.type === 'stdout') controller.abort()
  }
}

function status(event: ExecutorEvent): string {
  return event.type === 'status' ? event.status : event.type
}
