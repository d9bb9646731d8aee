import { expect } from 'vitest'
import { ExecutorError } from '../../errors.ts'
import type { Session } from '../../executor.ts'
import { type ContractCase, failureOf, subject } from './case.ts'
import { type Lab, TOLERANCE_MS } from './lab.ts'

const SPIN = `print('started')\nwhile True:\n    pass`

const CLOSED = { name: 'ExecutorError', code: 'closed', started: 'no' }

/** Sessions and executors can be disposed at any moment (design.md 6). */
export const disposalCases: readonly ContractCase[] = subject('disposal', [
  {
    name: 'refuses a program after its session was disposed',
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, '1')
      await session[Symbol.asyncDispose]()
      expect(await failureOf(lab.start(session, '2').result)).toMatchObject(CLOSED)
      expect(await failureOf(session.files.list())).toMatchObject({ name: 'ExecutorError', code: 'closed' })
    },
  },
  {
    name: 'disposes a session that never ran, and one that is disposed already',
    async run(lab) {
      const session = await lab.session()
      await Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()])
      await session[Symbol.asyncDispose]()
      expect(await failureOf(lab.start(session, '1').result)).toMatchObject(CLOSED)
    },
  },
  {
    name: 'ends a running program when its session is disposed',
    async run(lab) {
      const session = await lab.session()
      const running = lab.start(session, SPIN)
      await running.told('started\n')
      const waiting = lab.start(session, '1')
      await lab.within(stopTime(lab), 'disposal', session[Symbol.asyncDispose]())
      await expectEnded(lab, running.result)
      await expectEnded(lab, waiting.result)
      await expectClosed(lab, session)
    },
  },
  {
    name: 'disposes its sessions with the executor',
    async run(lab) {
      const executor = await lab.create()
      const idle = await executor.createSession()
      const busy = await executor.createSession()
      await lab.run(idle, '1')
      const running = lab.start(busy, SPIN)
      await running.told('started\n')
      await lab.within(2 * stopTime(lab), 'disposal', executor[Symbol.asyncDispose]())
      await executor[Symbol.asyncDispose]()
      await expectEnded(lab, running.result)
      await expectClosed(lab, idle)
      await expectClosed(lab, busy)
      expect(await failureOf(executor.createSession())).toMatchObject({ name: 'ExecutorError', code: 'closed' })
    },
  },
  {
    name: 'makes no session that outlives its executor',
    async run(lab) {
      const executor = await lab.create()
      const made = executor.createSession().then(
        (session) => session,
        (error: unknown) => error,
      )
      await lab.within(2 * stopTime(lab), 'disposal', executor[Symbol.asyncDispose]())
      const settled = await lab.within(stopTime(lab), 'createSession', made)
      if (isSession(settled)) await expectClosed(lab, settled)
      else expect(settled).toMatchObject({ name: 'ExecutorError' })
    },
  },
  {
    name: 'makes no session for a signal that was aborted before',
    async run(lab) {
      const made = lab.executor.createSession({ signal: AbortSignal.abort() })
      expect(await failureOf(lab.within(stopTime(lab), 'createSession', made))).toMatchObject({ name: 'ExecutorError' })
    },
  },
  {
    name: 'gives up making a session when the signal aborts',
    async run(lab) {
      const executor = await lab.create()
      const controller = new AbortController()
      const made = executor.createSession({ signal: controller.signal })
      controller.abort()
      // One that was ready within the tick is as good an answer; anything else is an ExecutorError.
      const settled = await lab.within(
        stopTime(lab),
        'createSession',
        made.then(
          (session) => session[Symbol.asyncDispose](),
          (error: unknown) => error,
        ),
      )
      expect(settled === undefined || ExecutorError.is(settled)).toBe(true)
      const next = await executor.createSession()
      expect((await lab.run(next, `print('next')`)).stdout).toBe('next\n')
    },
  },
  {
    name: 'keeps a session whose signal aborts after it was made',
    async run(lab) {
      const controller = new AbortController()
      const session = await lab.session({ signal: controller.signal })
      controller.abort()
      expect((await lab.run(session, `print('works')`)).stdout).toBe('works\n')
    },
  },
])

function stopTime(lab: Lab): number {
  return lab.executor.capabilities.stopMs + TOLERANCE_MS
}

/** An execution that disposal ended: a failed result or an `ExecutorError`, and soon. */
async function expectEnded(lab: Lab, execution: ReturnType<Session['execute']>): Promise<void> {
  const ended = await lab.within(
    TOLERANCE_MS,
    'an execution of a disposed session',
    execution.then(
      (result) => result.outcome,
      (error: unknown) => (ExecutorError.is(error) ? 'ExecutorError' : error),
    ),
  )
  expect(ended).toBeOneOf(['OUTCOME_FAILED', 'ExecutorError'])
}

function isSession(settled: unknown): settled is Session {
  return typeof settled === 'object' && settled !== null && 'execute' in settled
}

async function expectClosed(lab: Lab, session: Session): Promise<void> {
  const refused = lab.within(TOLERANCE_MS, 'an execution of a disposed session', lab.start(session, '1').result)
  expect(await failureOf(refused)).toMatchObject(CLOSED)
}
