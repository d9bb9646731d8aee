import { describe, expect, test } from 'vitest'
import { execute } from '../../test/defined.ts'
import { resumable } from '../../test/resumable-toy.ts'
import { raise, type ToyProgram, toyExecutor } from '../../test/toy-executor.ts'
import { ExecutorError } from '../errors.ts'
import type { Executor, Session, SessionRef } from '../executor.ts'
import { writeReference } from './fallback-reference.ts'
import { withFallback } from './with-fallback.ts'

// What `Session.ref` of a session over two executors says, and who can go on from it (contract: `Session.ref`, `resumeSession`).

const programs: Readonly<Record<string, ToyProgram>> = {
  'x = 1': ({ variables }) => void variables.set('x', 1),
  'x += 1; print(x)': ({ variables }) => {
    variables.set('x', Number(variables.get('x')) + 1)
    return { stdout: `${variables.get('x')}\n` }
  },
  'print(x)': ({ variables }) =>
    variables.has('x') ? { stdout: `${variables.get('x')}\n` } : raise('NameError', "name 'x' is not defined"),
  'import chess': ({ load, place }) => {
    load('chess')
    return { stdout: `chess in ${place}\n` }
  },
  'x = random()': ({ variables }) => {
    variables.set('x', crypto.randomUUID())
    return { stdout: `${variables.get('x')}\n` }
  },
  'in which place': ({ place }) => ({ stdout: `${place}\n` }),
}

function scene({ first: firstName = 'first', second: secondName = 'second' } = {}) {
  const first = resumable(toyExecutor(firstName, programs))
  const second = resumable(toyExecutor(secondName, programs, { imports: ['chess'] }))
  return { first, second, owner: withFallback(first, second), another: withFallback(first, second) }
}

/** As it comes out of a database. */
function refOf(session: Session): SessionRef {
  return JSON.parse(JSON.stringify(session.ref))
}

function resumed(executor: Executor, ref: SessionRef): Promise<Session> {
  if (!executor.resumeSession) throw new Error('the executor cannot resume sessions')
  return executor.resumeSession(ref)
}

async function ran(session: Session, code: string, idempotencyKey: string = crypto.randomUUID()) {
  return (await execute(session, { code, idempotencyKey })).result
}

describe('a session that did not move', () => {
  test('names the executor over both, and goes on under its own id', async () => {
    const { owner, another } = scene()
    const session = await owner.createSession()
    await ran(session, 'x = 1')
    const ref = refOf(session)
    expect({ ...ref, data: typeof ref.data }).toEqual({ executor: owner.name, id: session.id, generation: 1, data: 'string' })
    const taken = await resumed(another, ref)
    expect([taken.id, taken.generation, (await ran(taken, 'x += 1; print(x)')).stdout]).toEqual([session.id, 1, '2\n'])
  })

  test('moves with its files alone after it was resumed: what had been done in it is not known', async () => {
    const { owner, another } = scene()
    const session = await owner.createSession({ files: [{ path: 'a', content: 'a' }] })
    await ran(session, 'x = 1')
    const taken = await resumed(another, refOf(session))
    const result = await ran(taken, 'import chess')
    expect([result.stdout, result.moved?.variables, result.warnings]).toEqual([
      'chess in second\n',
      'lost',
      ['the variables are lost: the session had been resumed'],
    ])
    expect((await taken.files.list()).map(({ path }) => path)).toEqual(['a'])
  })

  test('never moves after it was resumed because the first cannot be reached: the owner may have begun the program there', async () => {
    const { first, second, owner, another } = scene()
    const taken = await resumed(another, refOf(await owner.createSession()))
    first.down()
    await expect(ran(taken, 'in which place', 'run/call/1')).rejects.toMatchObject({ code: 'unavailable', started: 'no' })
    expect(second.requests).toEqual([])
  })
})

describe('a session that moved', () => {
  test('goes on in the second, in its generation, and tells what the second is', async () => {
    const { owner, another } = scene()
    const session = await owner.createSession()
    for (const code of ['x = random()', 'import chess', 'x = 1']) await ran(session, code)
    expect(session.generation).toBe(2)
    const taken = await resumed(another, refOf(session))
    expect([taken.id, taken.generation, taken.capabilities?.runtime]).toEqual([session.id, 2, 'Toy of second'])
    const result = await ran(taken, 'x += 1; print(x)')
    expect([result.stdout, result.state, result.generation, result.moved]).toEqual(['2\n', 'kept', 2, undefined])
  })

  test('is not resumed in a second that has become a weaker place than the first', async () => {
    const { first, second, owner } = scene()
    const session = await owner.createSession()
    await ran(session, 'import chess')
    const ref = refOf(session)
    const prepare = async () => {
      Object.assign(second, { capabilities: { ...second.capabilities, network: 'open' } })
    }
    const changed = withFallback(first, Object.assign(second, { prepare }))
    await expect(resumed(changed, ref)).rejects.toMatchObject({ option: 'allowWeakerIsolation' })
  })

  test('also where both executors have one name', async () => {
    const { owner, another } = scene({ first: 'jupyter', second: 'jupyter' })
    const session = await owner.createSession()
    await ran(session, 'import chess')
    expect((await ran(await resumed(another, refOf(session)), 'import chess')).stdout).toBe('chess in jupyter\n')
  })

  test('a reference from before the move is one of a session that is gone', async () => {
    const { owner, another } = scene()
    const session = await owner.createSession()
    await ran(session, 'x = 1')
    const before = refOf(session)
    await ran(session, 'import chess')
    await expect(resumed(another, before)).rejects.toMatchObject({ code: 'session_lost', stateLost: true })
  })

  test('never runs in the second what had run in the first, in whichever process it is asked for', async () => {
    const { owner, another, second } = scene()
    const session = await owner.createSession()
    await ran(session, 'x = 1', 'run/call/1')
    await ran(session, 'import chess', 'run/call/2')
    const taken = await resumed(another, refOf(session))
    const asked = second.requests.length
    await expect(ran(taken, 'x = 1', 'run/call/1')).rejects.toMatchObject({ code: 'not_found', started: 'unknown' })
    // What ran again in the second stands in its own ledger.
    expect((await ran(taken, 'import chess', 'run/call/2')).stdout).toBe('chess in second\n')
    expect(second.requests).toHaveLength(asked)
  })

  test('can be resumed where only the second can', async () => {
    const first = toyExecutor('first', programs)
    const second = resumable(toyExecutor('second', programs, { imports: ['chess'] }))
    const session = await withFallback(first, second).createSession()
    expect(session.ref).toBeUndefined()
    await ran(session, 'x = 1')
    await ran(session, 'import chess')
    expect((await ran(await resumed(withFallback(first, second), refOf(session)), 'print(x)')).stdout).toBe('1\n')
  })

  test('tells its move after it was resumed, where no result had told it', async () => {
    const { first, owner, another } = scene()
    first.down()
    const session = await owner.createSession()
    const result = await ran(await resumed(another, refOf(session)), 'in which place')
    expect([result.stdout, result.moved?.cause]).toEqual(['second\n', 'unavailable'])
  })
})

describe('a reference', () => {
  const { owner } = scene()

  test.each<[string, Partial<SessionRef>]>([
    ['of another executor', { executor: 'first' }],
    ['without data', { data: undefined }],
    ['with data that are no base64', { data: '%' }],
    ['with data that are no JSON', { data: btoa('x') }],
    ['with data that name no session', { data: btoa('{"place":"third"}') }],
    [
      'with a move that is none',
      { data: btoa('{"place":"first","inner":{"executor":"first","id":"x","generation":1},"keys":[],"untold":1}') },
    ],
  ])('%s is session_lost', async (_name, wrong) => {
    const good = writeReference(
      { executor: owner.name, id: 'x', generation: 1 },
      { place: 'first', inner: { executor: 'first', id: 'x', generation: 1 }, keys: [] },
    )
    await expect(resumed(owner, { ...good, ...wrong })).rejects.toMatchObject({ code: 'session_lost', started: 'no' })
  })

  test('whose place cannot resume is session_lost', async () => {
    const { second } = scene()
    const executor = withFallback(toyExecutor('first', programs), second)
    const ref = writeReference(
      { executor: executor.name, id: 'x', generation: 1 },
      { place: 'first', inner: { executor: 'first', id: 'x', generation: 1 }, keys: [] },
    )
    await expect(resumed(executor, ref)).rejects.toEqual(
      new ExecutorError('session_lost', 'first cannot resume a session', { started: 'no' }),
    )
  })

  test('there is none over two executors that cannot resume', () => {
    expect(withFallback(toyExecutor('first', programs), toyExecutor('second', programs)).resumeSession).toBeUndefined()
  })
})
