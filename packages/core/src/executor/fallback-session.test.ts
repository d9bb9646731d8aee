import { describe, expect, test, vi } from 'vitest'
import { type ExecuteOptions, execute } from '../../test/defined.ts'
import { type ToyExecutor, type ToyProgram, toyExecutor } from '../../test/toy-executor.ts'
import { ExecutorError, OptionsError } from '../errors.ts'
import type { Executor, Session } from '../executor.ts'
import { withFallback } from './with-fallback.ts'

// What can come between a session and its move.

const programs: Readonly<Record<string, ToyProgram>> = {
  'x = 1': ({ variables }) => void variables.set('x', 1),
  'x = random()': ({ variables }) => {
    variables.set('x', crypto.randomUUID())
    return { stdout: `${variables.get('x')}\n` }
  },
  'is x there': ({ variables }) => ({ stdout: `${variables.has('x')}\n` }),
  'import chess': ({ load, place }) => {
    load('chess')
    return { stdout: `chess in ${place}\n` }
  },
  'in a file': ({ files }) => ({ stdout: `${[...files].map(([path, text]) => `${path}=${text}`).join(' ')}\n` }),
}

function stage() {
  const first = toyExecutor('first', programs)
  const second = toyExecutor('second', programs, { imports: ['chess'] })
  return { first, second }
}

/** An executor whose sessions have some members changed. */
function changed(executor: ToyExecutor, change: (session: Session) => Partial<Session>): Executor {
  return {
    ...executor,
    async createSession(options) {
      const session = await executor.createSession(options)
      const same: Session = {
        id: session.id,
        files: session.files,
        get generation() {
          return session.generation
        },
        execute: (request, context) => session.execute(request, context),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
      return Object.defineProperties(same, Object.getOwnPropertyDescriptors(change(session)))
    },
  }
}

/** The program `breaks` fails as said; all others run. */
function failing(executor: ToyExecutor, fails: () => Error): Executor {
  return changed(executor, (session) => ({
    execute: (request, context) => (request.code === 'breaks' ? Promise.reject(fails()) : session.execute(request, context)),
  }))
}

async function ran(session: Session, code: string, options: ExecuteOptions = {}) {
  return (await execute(session, { ...options, code })).result
}

describe('a program that the first refused', () => {
  const refusals: readonly [string, () => Error][] = [
    ['too large', () => new ExecutorError('too_large', 'no', { started: 'no' })],
    ['a wrong path', () => new OptionsError('files', 'no')],
  ]

  test.each(refusals)('(%s) takes no part in a rebuild, nor do its files', async (_why, fails) => {
    const { first, second } = stage()
    const session = await withFallback(failing(first, fails), second).createSession()
    await ran(session, 'x = 1')
    await expect(ran(session, 'breaks', { files: [{ path: 'a', content: 'a' }] })).rejects.toEqual(fails())
    await ran(session, 'in a file')
    const result = await ran(session, 'import chess')
    expect([result.moved?.variables, (await ran(session, 'is x there')).stdout]).toEqual(['rebuilt', 'true\n'])
  })

  test.each(refusals)('(%s) can be asked for again under its key after a move', async (_why, fails) => {
    const { first, second } = stage()
    const session = await withFallback(failing(first, fails), second).createSession()
    await expect(ran(session, 'breaks', { idempotencyKey: 'run/call/1' })).rejects.toEqual(fails())
    await ran(session, 'import chess')
    expect((await ran(session, 'x = 1', { idempotencyKey: 'run/call/1' })).reason).toBe('completed')
  })

  test('because its variables were gone already: they are not rebuilt', async () => {
    const { first, second } = stage()
    const lost = () => new ExecutorError('session_lost', 'culled', { started: 'no' })
    const session = await withFallback(failing(first, lost), second).createSession()
    await ran(session, 'x = 1')
    await expect(ran(session, 'breaks')).rejects.toMatchObject({ code: 'session_lost' })
    const result = await ran(session, 'import chess')
    expect([result.moved?.variables, result.warnings]).toEqual(['lost', ['the variables are lost: its variables had been lost before']])
  })

  test('because it cannot be reached, while it still gives its files: those of the program are there too', async () => {
    const { first, second } = stage()
    const gone = () => new ExecutorError('unavailable', 'busy', { started: 'no' })
    const session = await withFallback(failing(first, gone), replacing(second, 'breaks', 'in a file')).createSession()
    await ran(session, 'x = 1')
    const result = await ran(session, 'breaks', { files: [{ path: 'a', content: 'a' }] })
    expect([result.moved?.variables, result.stdout]).toEqual(['rebuilt', 'a=a\n'])
  })
})

/** An executor that runs another program in the place of one. */
function replacing(executor: ToyExecutor, code: string, instead: string): Executor {
  return changed(executor, (session) => ({
    execute: (request, context) => session.execute(request.code === code ? { ...request, code: instead } : request, context),
  }))
}

test('variables that were lost between two programs are not rebuilt', async () => {
  const { first, second } = stage()
  let deaths = 0
  const dying = changed(first, (session) => ({
    get generation() {
      return session.generation + deaths
    },
    async execute(request, context) {
      const result = await session.execute(request, context)
      return { ...result, generation: result.generation + deaths }
    },
  }))
  const session = await withFallback(dying, second).createSession()
  await ran(session, 'x = 1')
  deaths = 1
  const result = await ran(session, 'import chess')
  expect([result.moved?.variables, result.warnings]).toEqual(['lost', ['the variables are lost: its variables had been lost before']])
  expect([result.generation, session.generation]).toEqual([3, 3])
})

test('what an execution in the second cannot tell, the next one does: the move, and why the variables are lost', async () => {
  const { first, second } = stage()
  let isBroken = true
  const breaking = changed(second, (session) => ({
    async execute(request, context) {
      if (!isBroken || request.code !== 'import chess') return session.execute(request, context)
      isBroken = false
      throw new ExecutorError('overloaded', 'later', { started: 'no' })
    },
  }))
  const session = await withFallback(first, breaking).createSession()
  await ran(session, 'x = random()')
  await expect(ran(session, 'import chess', { idempotencyKey: 'run/call/2' })).rejects.toMatchObject({ code: 'overloaded' })
  const result = await ran(session, 'import chess', { idempotencyKey: 'run/call/2' })
  expect([result.stdout, result.state, result.moved?.variables, result.warnings]).toEqual([
    'chess in second\n',
    'lost',
    'lost',
    ['the variables are lost: program 1 ended in another way than before'],
  ])
})

test('an abort is heard while the second is prepared', async () => {
  const { first } = stage()
  const second = toyExecutor('second', programs, { imports: ['chess'], prepare: () => new Promise(() => undefined) })
  const session = await withFallback(first, second).createSession()
  const controller = new AbortController()
  const preparing = vi.spyOn(second, 'prepare').mockImplementation(() => {
    controller.abort()
    return new Promise(() => undefined)
  })
  const result = await ran(session, 'import chess', { signal: controller.signal })
  expect([result.error?.name, result.moved, preparing.mock.calls.length]).toEqual(['ModuleNotFoundError', undefined, 1])
})

test('a file that is being read when the session moves is read to its end', async () => {
  const { first, second } = stage()
  const gate = Promise.withResolvers<void>()
  let isDisposed = false
  let isSlow = true
  const slow = changed(first, (session) => ({
    files: {
      ...session.files,
      async read(path: string) {
        if (isSlow) {
          isSlow = false
          await gate.promise
          if (isDisposed) throw new ExecutorError('closed', 'the session was disposed')
        }
        return session.files.read(path)
      },
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await session[Symbol.asyncDispose]()
    },
  }))
  const session = await withFallback(slow, second).createSession({ files: [{ path: 'a', content: 'a' }] })
  const reading = session.files.read('a')
  expect((await ran(session, 'import chess')).stdout).toBe('chess in second\n')
  gate.resolve()
  expect(new TextDecoder().decode(await reading)).toBe('a')
  await vi.waitFor(() => expect(first.sessions.closed).toBe(1), { timeout: 30_000 })
})

test('a file that is put while the session moves is put into the second', async () => {
  const { first, second } = stage()
  let putting: Promise<void> | undefined
  const listening = changed(second, (session) => ({
    files: {
      ...session.files,
      // The first has told what is in its folder.
      async list() {
        putting ??= over.files.put({ path: 'a', content: 'a' })
        return session.files.list()
      },
    },
  }))
  const over = await withFallback(first, listening).createSession()
  expect((await ran(over, 'import chess')).moved?.variables).toBe('rebuilt')
  await putting
  expect((await ran(over, 'in a file')).stdout).toBe('a=a\n')
})

test('a file that is still being put when the program has ended is no part of a rebuild', async () => {
  const { first, second } = stage()
  const gate = Promise.withResolvers<void>()
  const slow = changed(first, (session) => ({
    files: {
      ...session.files,
      async put(file) {
        await gate.promise
        await session.files.put(file)
      },
    },
    async execute(request, context) {
      if (request.code === 'x = 1') putting ??= over.files.put({ path: 'a', content: 'a' })
      return session.execute(request, context)
    },
  }))
  let putting: Promise<void> | undefined
  const over = await withFallback(slow, second).createSession()
  await ran(over, 'x = 1')
  gate.resolve()
  await putting
  const result = await ran(over, 'import chess')
  expect([result.moved?.variables, result.warnings]).toEqual(['lost', ['the variables are lost: a file was changed while a program ran']])
})

describe('disposal at any moment of a move', { timeout: 60_000 }, () => {
  // Moments are turns of the microtask queue: all that the toys do happens there.
  const MOMENTS = 200

  async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await undefined
  }

  test.each([
    ['the session', (_executor: Executor, session: Session) => session],
    ['the executor', (executor: Executor) => executor],
  ])('of %s leaves no session behind, and settles the program', async (_what, choose) => {
    const ends: string[] = []
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const { first, second } = stage()
      // As interpreters do, those of the second take their time to end.
      const slow = changed(second, (session) => ({
        async [Symbol.asyncDispose]() {
          await turns(50)
          await session[Symbol.asyncDispose]()
        },
      }))
      const executor = withFallback(first, slow)
      const session = await executor.createSession({ files: [{ path: 'a', content: 'a' }] })
      await ran(session, 'x = 1')
      const moving = ran(session, 'import chess').then(
        ({ moved }) => (moved ? 'moved' : 'stayed'),
        (error: unknown) => (ExecutorError.is(error) ? error.code : 'bug'),
      )
      await turns(moment)
      await choose(executor, session)[Symbol.asyncDispose]()
      ends.push(await moving)
      expect({ moment, first: first.sessions }).toEqual({ moment, first: { opened: 1, closed: 1 } })
      expect({ moment, open: second.sessions.opened - second.sessions.closed }).toEqual({ moment, open: 0 })
    }
    // From the very beginning to after its end.
    expect(ends[0]).toBe('closed')
    expect(ends.at(-1)).toBe('moved')
    expect(ends).toContain('stayed')
    expect(ends).not.toContain('bug')
  })

  test('an abort at any moment leaves a session that goes on, in one place', async () => {
    const ends: string[] = []
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const { first, second } = stage()
      const session = await withFallback(first, second).createSession()
      await ran(session, 'x = 1')
      const controller = new AbortController()
      const moving = ran(session, 'import chess', { signal: controller.signal })
      await turns(moment)
      controller.abort()
      ends.push((await moving).moved ? 'moved' : 'stayed')
      expect({ moment, text: (await ran(session, 'is x there')).stdout }).toEqual({ moment, text: 'true\n' })
      await session[Symbol.asyncDispose]()
      expect({ moment, first: first.sessions }).toEqual({ moment, first: { opened: 1, closed: 1 } })
      expect({ moment, open: second.sessions.opened - second.sessions.closed }).toEqual({ moment, open: 0 })
    }
    expect([ends[0], ends.at(-1)]).toEqual(['stayed', 'moved'])
  })
})
