import { describe, expect, test, vi } from 'vitest'
import { defined, execute } from '../../test/defined.ts'
import { ExecutorError } from '../errors.ts'

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

describe('disposal at any moment', { timeout: 60_000 }, () => {
  // Moments are turns of the microtask queue.
  async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await undefined
  }

  test('while a session is being made leaves none behind', async () => {
    const ends = new Set<string>()
    for (let moment = 0; moment < 60; moment += 1) {
      const { executor, opened } = defined(async () => ({}), { before: () => turns(5), session: { files: { put: () => turns(5) } } })
      const made = executor.createSession({ files: [{ path: 'a', content: 'a' }] }).then(
        () => 'made',
        (error: unknown) => (ExecutorError.is(error) ? error.code : 'bug'),
      )
      await turns(moment)
      await executor[Symbol.asyncDispose]()
      ends.add(await made)
      // One that was given up is closed when it comes.
      await vi.waitFor(() => expect({ moment, closes: opened.map(({ closes }) => closes) }).toEqual({ moment, closes: [1] }), {
        timeout: 30_000,
      })
    }
    expect(ends).toEqual(new Set(['closed', 'made']))
  })

  test('while an interpreter is made anew leaves none behind', async () => {
    for (let moment = 0; moment < 60; moment += 1) {
      let isFirst = true
      const { executor, opened } = defined(
        async () => {
          if (!isFirst) return {}
          isFirst = false
          throw new ExecutorError('session_lost', 'gone')
        },
        { before: () => turns(5) },
      )
      const session = await executor.createSession()
      await expect(execute(session)).rejects.toMatchObject({ code: 'session_lost' })
      const running = execute(session).then(
        ({ result }) => result.reason,
        (error: unknown) => (ExecutorError.is(error) ? error.code : 'bug'),
      )
      await turns(moment)
      await session[Symbol.asyncDispose]()
      expect(await running).toBeOneOf(['closed', 'completed'])
      await vi.waitFor(() => expect({ moment, open: opened.filter(({ closes }) => closes !== 1) }).toEqual({ moment, open: [] }), {
        timeout: 30_000,
      })
    }
  })
})

describe('defineExecutor: reset', () => {
  test('is there where the definition can do it, waits for its turn, puts the first files again and counts a generation', async () => {
    const did: string[] = []
    const program = Promise.withResolvers<void>()
    const { executor } = defined(
      async () => {
        await program.promise
        did.push('run')
        return {}
      },
      {
        session: {
          files: { put: async ({ path }) => void did.push(path) },
          reset: async () => void did.push('reset'),
        },
      },
    )
    const session = await executor.createSession({ files: [{ path: 'a.csv', content: 'a' }] })
    const running = execute(session)
    const resetting = session.reset?.()
    program.resolve()
    await Promise.all([running, resetting])
    const { result } = await execute(session)
    expect([did, session.generation, result.generation]).toEqual([['a.csv', 'run', 'reset', 'a.csv', 'run'], 2, 2])
  })

  test('is not there where the definition cannot', async () => {
    const { executor } = defined(async () => ({}))
    expect((await executor.createSession()).reset).toBe(undefined)
  })

  test('that fails closes what was opened, and the next program has another one', async () => {
    const { executor, opened } = defined(async () => ({}), { session: { reset: () => Promise.reject(new Error('broken')) } })
    const session = await executor.createSession()
    await expect(session.reset?.()).rejects.toMatchObject({ name: 'ExecutorError', code: 'internal', started: 'no' })
    const { result } = await execute(session)
    expect([opened.map(({ closed }) => closed), result.generation]).toEqual([[true, false], 2])
  })

  test('is refused after disposal', async () => {
    const { executor } = defined(async () => ({}), { session: { reset: async () => {} } })
    const session = await executor.createSession()
    await session[Symbol.asyncDispose]()
    await expect(session.reset?.()).rejects.toMatchObject({ code: 'closed' })
  })
})
