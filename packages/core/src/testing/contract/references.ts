import { expect } from 'vitest'
import type { Executor, Session, SessionRef } from '../../executor.ts'
import { type ContractCase, failureOf, subject } from './case.ts'
import type { Lab } from './lab.ts'

const LOST = { name: 'ExecutorError', code: 'session_lost', started: 'no' }

/** `Session.ref` lets another process go on with a live session (design.md 6). */
export const referenceCases: readonly ContractCase[] = subject('references', [
  {
    name: 'tells a reference of a session: plain JSON, under the name of the executor',
    unless: withoutReferences,
    async run(lab) {
      const { executor, id, generation, ...more } = referenceOf(await lab.session())
      expect([executor, id.length > 0, generation]).toEqual([lab.executor.name, true, 1])
      expect(JSON.parse(JSON.stringify(more))).toEqual(more)
    },
  },
  {
    name: 'takes a session over by its reference: variables, files, generation and keys',
    unless: withoutReferences,
    async run(lab) {
      const session = await lab.session()
      const idempotencyKey = crypto.randomUUID()
      const code = `x = 1\nopen('kept.txt', 'w').write('kept')\nprint('set')`
      await lab.run(session, code, { idempotencyKey })
      await using taken = await resume(await lab.create(), referenceOf(session))
      expect((await lab.run(taken, `x += 1\nprint(x, open('kept.txt').read())`)).stdout).toBe('2 kept\n')
      expect([taken.id, taken.generation]).toEqual([session.id, session.generation])
      if (!lab.executor.capabilities.idempotent) return
      expect((await lab.run(taken, code, { idempotencyKey })).stdout).toBe('set\n')
      expect((await lab.run(taken, 'print(x)')).stdout).toBe('2\n')
    },
  },
  {
    name: 'fences the owner before: what it asks for does not run, and its disposal ends nothing',
    unless: withoutReferences,
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, 'x = 1')
      await using taken = await resume(await lab.create(), referenceOf(session))
      await lab.run(taken, 'x += 1')
      expect(await failureOf(lab.run(session, 'x = 100'))).toMatchObject(LOST)
      await session[Symbol.asyncDispose]()
      expect((await lab.run(taken, 'print(x)')).stdout).toBe('2\n')
    },
  },
  {
    name: 'throws session_lost for a reference to a session that is gone, or to none',
    unless: withoutReferences,
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, 'x = 1')
      const ref = referenceOf(session)
      await session[Symbol.asyncDispose]()
      expect(await failureOf(resume(lab.executor, ref))).toMatchObject({ name: 'ExecutorError', code: 'session_lost' })
      expect(await failureOf(resume(lab.executor, { ...ref, executor: 'another' }))).toMatchObject(LOST)
      if (ref.data === undefined) return
      expect(await failureOf(resume(lab.executor, { ...ref, data: '%' }))).toMatchObject({ name: 'ExecutorError', code: 'session_lost' })
    },
  },
])

/** One that resumes snapshots alone has no references. */
async function withoutReferences(lab: Lab): Promise<string | undefined> {
  if (lab.executor.resumeSession === undefined) return 'the executor resumes no session'
  return (await lab.shared()).ref === undefined ? 'its sessions have no reference' : undefined
}

/** As another process gets it. */
function referenceOf({ ref }: Session): SessionRef {
  if (ref === undefined) throw new Error('the session has no reference')
  return JSON.parse(JSON.stringify(ref))
}

function resume(executor: Executor, ref: SessionRef): Promise<Session> {
  if (executor.resumeSession === undefined) throw new Error('the executor resumes no session')
  return executor.resumeSession(ref)
}
