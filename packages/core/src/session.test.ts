import { describe, expect, it } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ExecutorError } from './errors.ts'
import { defineExecutor } from './executor/define-executor.ts'
import type { Executor, FileInput, Session, SessionOptions, SessionRef } from './executor.ts'
import { createSessions } from './session.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, scriptedModel } from './testing/scripted-model.ts'

const REF: SessionRef = { executor: 'scripted', id: 's-1', generation: 3 }
const FILE: FileInput = { path: 'a.csv', content: 'a' }
const LATER: FileInput = { path: 'b.csv', content: 'b' }

describe('a session of its own', () => {
  it('is made at the first program, with limits and files, and stays', async () => {
    const asked: (SessionOptions | undefined)[] = []
    const executor = scriptedExecutor([])
    const sessions = createSessions(
      {
        ...executor,
        createSession: (options) => {
          asked.push(options)
          return executor.createSession(options)
        },
      },
      { limits: { wallMs: 7 }, files: [FILE] },
    )
    expect([asked.length, sessions.live(), sessions.inputFiles()]).toEqual([0, false, ['a.csv']])
    const first = await sessions.open()
    const second = await sessions.open()
    expect(first).toEqual({ session: first.session, created: true, offset: 0 })
    expect(second).toEqual({ session: first.session, created: false, offset: 0 })
    expect(asked).toEqual([{ limits: { wallMs: 7 }, files: [FILE], signal: expect.any(AbortSignal) }])
    expect([sessions.live(), executor.puts]).toEqual([true, [FILE]])
  })

  it('is made once where it is opened twice at once', async () => {
    const executor = scriptedExecutor([])
    const sessions = createSessions(executor, { limits: {}, files: [] })
    const [first, second] = await Promise.all([sessions.open(), sessions.open()])
    expect([first.created, second.created, executor.sessions.made]).toEqual([true, false, 1])
    expect(second.session).toBe(first.session)
  })

  it('is tried again after it could not be made', async () => {
    const executor = scriptedExecutor([])
    let tries = 0
    const sessions = createSessions(
      {
        ...executor,
        createSession: async (options) => {
          if (++tries === 1) throw new ExecutorError('overloaded', 'Later.', { retryable: true, started: 'no' })
          return executor.createSession(options)
        },
      },
      { limits: {}, files: [FILE] },
    )
    await expect(sessions.open()).rejects.toThrow('Later.')
    expect(sessions.live()).toBe(false)
    expect((await sessions.open()).created).toBe(true)
    expect(executor.puts).toEqual([FILE])
  })

  it('gets files that come later with the next program, each once, and so does the next session', async () => {
    const executor = scriptedExecutor([])
    const sessions = createSessions(executor, { limits: {}, files: [FILE] })
    const { session } = await sessions.open()
    sessions.add([LATER])
    expect([executor.puts, sessions.inputFiles()]).toEqual([[FILE], ['a.csv', 'b.csv']])
    await sessions.open()
    await sessions.open()
    expect(executor.puts).toEqual([FILE, LATER])
    sessions.lost(session)
    await sessions.open()
    expect(executor.puts).toEqual([FILE, LATER, FILE, LATER])
  })

  it('gets a file that could not be put with the next program', async () => {
    const executor = scriptedExecutor([])
    const { sessions } = withPuts(executor, [new ExecutorError('overloaded', 'Later.')])
    await sessions.open()
    sessions.add([LATER])
    await expect(sessions.open()).rejects.toThrow('Later.')
    await sessions.open()
    expect(executor.puts).toEqual([FILE, LATER])
  })

  it('is another one where it was lost while it was given a file', async () => {
    const executor = scriptedExecutor([])
    const { sessions } = withPuts(executor, [new ExecutorError('session_lost', 'Gone.')])
    const { session } = await sessions.open()
    sessions.add([LATER])
    await expect(sessions.open()).rejects.toThrow('Gone.')
    const next = await sessions.open()
    expect([next.created, next.offset, next.session === session]).toEqual([true, 1, false])
    expect(executor.puts).toEqual([FILE, FILE, LATER])
  })
})

describe('a session that was lost', () => {
  it('is followed by another one, and generations go on counting', async () => {
    const executor = scriptedExecutor([])
    const sessions = createSessions(executor, { limits: {}, files: [] })
    expect(sessions.generation()).toBe(1)
    const first = await sessions.open()
    sessions.lost(first.session)
    expect([sessions.live(), sessions.generation()]).toEqual([false, 2])
    const second = await sessions.open()
    expect([second.created, second.offset, sessions.generation()]).toEqual([true, 1, 2])
    sessions.lost(first.session) // told late: it is not the one that is there
    expect(sessions.live()).toBe(true)
    sessions.lost(second.session)
    expect(sessions.generation()).toBe(3)
    expect(executor.sessions).toMatchObject({ made: 2, disposed: 2 })
  })

  it('counts once, also where its executor has counted it already', async () => {
    const sessions = createSessions(
      defineExecutor({
        name: 'defined',
        runtime: 'none',
        open: async () => ({ run: () => Promise.reject(new ExecutorError('session_lost', 'Gone.')), close: async () => {} }),
      }),
      { limits: {}, files: [] },
    )
    const { session } = await sessions.open()
    const request = { id: 'a', code: '', language: 'python', idempotencyKey: 'a' }
    const context = { signal: new AbortController().signal, emit: () => {}, callTool: () => Promise.reject(new Error('no')) }
    await expect(session.execute(request, context)).rejects.toThrow('Gone.')
    sessions.lost(session)
    const next = await sessions.open()
    expect([session.generation, next.offset + next.session.generation]).toEqual([2, 2])
  })

  it.each<[string, () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('gone'))],
    [
      'throws',
      () => {
        throw new Error('gone')
      },
    ],
  ])('is disposed by the way, also where its disposal %s', async (_, dispose) => {
    const executor = scriptedExecutor([])
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const sessions = createSessions(
      { ...executor, createSession: async (options) => ({ ...(await executor.createSession(options)), [Symbol.asyncDispose]: dispose }) },
      { limits: {}, files: [] },
    )
    sessions.lost((await sessions.open()).session)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})

describe('a session that was handed in', () => {
  it('is given the files, used, and left', async () => {
    const executor = scriptedExecutor([])
    const given = await executor.createSession()
    const sessions = createSessions(executor, { limits: {}, files: [FILE], given })
    expect(sessions.live()).toBe(true)
    expect(await sessions.open()).toEqual({ session: given, created: false, offset: 0 })
    expect(executor.puts).toEqual([FILE])
    expect(await sessions.dispose()).toEqual({ closed: false })
    expect(executor.sessions).toMatchObject({ made: 1, disposed: 0 })
  })

  it('is not disposed where it was lost; the one after it is our own', async () => {
    const executor = scriptedExecutor([])
    const given = await executor.createSession()
    const sessions = createSessions(executor, { limits: {}, files: [FILE], given })
    sessions.lost(given)
    expect((await sessions.open()).created).toBe(true)
    expect(await sessions.dispose()).toEqual({ closed: true })
    expect(executor.sessions).toMatchObject({ made: 2, disposed: 1 })
  })
})

describe('a session that is known by its reference', () => {
  it('is resumed, and given the files', async () => {
    const resumed: SessionRef[] = []
    const executor = scriptedExecutor([])
    const sessions = createSessions(
      {
        ...executor,
        resumeSession: (ref) => {
          resumed.push(ref)
          return executor.createSession()
        },
      },
      { limits: {}, files: [FILE], given: REF },
    )
    expect((await sessions.open()).created).toBe(true)
    expect([resumed, executor.puts]).toEqual([[REF], [FILE]])
    expect(await sessions.dispose()).toEqual({ closed: true })
  })

  it.each<[string, Partial<Executor>]>([
    ['where the executor cannot resume', {}],
    ['where it is gone', { resumeSession: () => Promise.reject(new ExecutorError('session_lost', 'Gone.', { started: 'no' })) }],
  ])('is told to be lost once %s; then there is a fresh one', async (_, more) => {
    const executor = scriptedExecutor([])
    const sessions = createSessions({ ...executor, ...more }, { limits: {}, files: [FILE], given: REF })
    await expect(sessions.open()).rejects.toMatchObject({ code: 'session_lost', stateLost: true, started: 'no' })
    expect((await sessions.open()).created).toBe(true)
    expect(executor.puts).toEqual([FILE])
  })
})

describe('disposal', () => {
  it('closes what is its own, once', async () => {
    const executor = scriptedExecutor([])
    const sessions = createSessions(executor, { limits: {}, files: [] })
    await sessions.open()
    const first = sessions.dispose()
    expect(sessions.dispose()).toBe(first)
    expect(await first).toEqual({ closed: true })
    expect(executor.sessions).toMatchObject({ made: 1, disposed: 1 })
    await expect(sessions.open()).rejects.toMatchObject({ code: 'closed', started: 'no' })
  })

  it('has nothing to close where nothing was opened', async () => {
    const sessions = createSessions(scriptedExecutor([]), { limits: {}, files: [] })
    expect(await sessions.dispose()).toEqual({ closed: false })
  })

  it('tells the executor that makes one to stop, and disposes one that comes all the same', async () => {
    const executor = scriptedExecutor([])
    const made = Promise.withResolvers<Session>()
    let signal: AbortSignal | undefined
    const sessions = createSessions(
      {
        ...executor,
        createSession: (options) => {
          signal = options?.signal
          return made.promise
        },
      },
      { limits: {}, files: [FILE] },
    )
    const opening = sessions.open()
    const refused = expect(opening).rejects.toMatchObject({ code: 'closed', started: 'no' })
    expect(await sessions.dispose()).toEqual({ closed: false })
    expect(signal?.aborted).toBe(true)
    made.resolve(await executor.createSession())
    await refused
    expect(executor.sessions).toMatchObject({ made: 1, disposed: 1 })
    expect([sessions.live(), executor.puts]).toEqual([false, []])
  })

  it('is told where it fails', async () => {
    const executor = scriptedExecutor([])
    const sessions = createSessions(
      {
        ...executor,
        createSession: async (options) => ({
          ...(await executor.createSession(options)),
          [Symbol.asyncDispose]: () => Promise.reject(new Error('It hangs.')),
        }),
      },
      { limits: {}, files: [] },
    )
    await sessions.open()
    await expect(sessions.dispose()).rejects.toThrow('It hangs.')
  })
})

describe('snapshot', () => {
  it('is that of the session that is there, where it can give one', async () => {
    const executor = scriptedExecutor([])
    const plain = createSessions(executor, { limits: {}, files: [] })
    expect(await plain.snapshot()).toBeUndefined()
    await plain.open()
    expect(await plain.snapshot()).toBeUndefined()
    const keeping = createSessions(
      { ...executor, createSession: async (options) => ({ ...(await executor.createSession(options)), snapshot: async () => REF }) },
      { limits: {}, files: [] },
    )
    await keeping.open()
    expect(await keeping.snapshot()).toBe(REF)
  })
})

describe('a chat that goes on from a session that is gone', () => {
  it('tells the model that its variables are gone, and runs the next program in a fresh one', async () => {
    const model = scriptedModel([answer.code('print(a)'), answer.code('a = 4\nprint(a)'), answer.text('It is 4.')])
    const executor = scriptedExecutor([{ stdout: '4\n' }])
    const loop = createLoop({
      model,
      executor: { ...executor, resumeSession: () => Promise.reject(new ExecutorError('session_lost', 'Gone.', { started: 'no' })) },
    })
    await using chat = loop.chat({ history: [{ role: 'user', parts: [{ text: 'a is 4.' }] }], session: REF })
    const { events, summary } = await watched(chat.run('What is a?'))
    expect([summary.finish.reason, summary.output_text, summary.executions.length]).toEqual(['answer', 'It is 4.', 1])
    expect(events.flatMap((event) => (event.event_type === 'loop.session' ? [event.state] : []))).toEqual(['lost', 'created'])
    const [reply] = model.requests[1]?.contents.at(-1)?.parts ?? []
    expect(reply?.functionResponse?.response?.['error']).toBe(
      'The interpreter was lost before this program began; it did not run. The interpreter was lost and is a fresh one now: all variables, functions and imports are gone. There are no files. Write a whole program.',
    )
    model.assertDone()
    executor.assertDone()
  })
})

/** Sessions whose first puts fail, and then work. */
function withPuts(executor: Executor, failures: Error[]) {
  const sessions = createSessions(
    {
      ...executor,
      createSession: async (options) => {
        const session = await executor.createSession(options)
        return {
          ...session,
          files: {
            ...session.files,
            put: async (file) => {
              const failure = failures.shift()
              if (failure) throw failure
              await session.files.put(file)
            },
          },
        }
      },
    },
    { limits: {}, files: [FILE] },
  )
  return { sessions }
}
