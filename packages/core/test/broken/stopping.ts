import { ExecutorError } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that do not stop, or lie about it. */
export const brokenStopping: readonly BrokenExecutor[] = [
  broken(
    'ignores the deadline',
    ['deadline'],
    [
      'stops a program that spins at its deadline',
      'stops a program that sleeps at its deadline',
      'stops a program that catches every exception at its deadline',
    ],
    { request: (request) => ({ ...request, limits: request.limits && { ...request.limits, wallMs: 30_000 } }) },
  ),
  broken(
    'stops every program at once',
    ['deadline'],
    [
      'stops a program that spins at its deadline',
      'stops a program that sleeps at its deadline',
      'stops a program that catches every exception at its deadline',
      'does not count waiting for another program towards the deadline',
    ],
    { request: (request) => ({ ...request, limits: request.limits && { ...request.limits, wallMs: 30 } }) },
  ),
  broken(
    'calls a deadline a failure',
    ['deadline'],
    [
      'stops a program that spins at its deadline',
      'stops a program that sleeps at its deadline',
      'stops a program that catches every exception at its deadline',
    ],
    { result: (result) => (result.reason === 'deadline' ? { ...result, outcome: 'OUTCOME_FAILED' } : result) },
  ),
  broken(
    'says that a killed interpreter kept its variables',
    ['deadline', 'abort'],
    [
      'stops a program that catches every exception at its deadline',
      'resolves with aborted when a program that catches every exception is aborted',
    ],
    { result: (result) => ({ ...result, state: 'kept' }) },
  ),
  broken(
    'never settles when it is aborted',
    ['abort'],
    [
      'does not run a program whose signal was aborted before',
      'resolves with aborted when a program that spins is aborted',
      'resolves with aborted when a program that sleeps is aborted',
      'resolves with aborted when a program that catches every exception is aborted',
      'takes a program that waits for its turn out when it is aborted',
    ],
    {
      async execute(session, request, context) {
        const result = await session.execute(request, context)
        return result.reason === 'aborted' ? new Promise(() => undefined) : result
      },
    },
  ),
  broken(
    'rejects when it is aborted',
    ['abort'],
    [
      'does not run a program whose signal was aborted before',
      'resolves with aborted when a program that spins is aborted',
      'resolves with aborted when a program that sleeps is aborted',
      'resolves with aborted when a program that catches every exception is aborted',
      'takes a program that waits for its turn out when it is aborted',
    ],
    {
      result: (result) => {
        if (result.reason === 'aborted') throw new ExecutorError('closed', 'aborted')
        return result
      },
    },
  ),
  broken('listens to the signal for ever', ['abort'], ['leaves no listener on the signal of an execution that ended'], {
    execute(session, request, context) {
      context.signal.addEventListener('abort', () => undefined, { once: true })
      return session.execute(request, context)
    },
  }),
  broken(
    'runs on and says that it was aborted',
    ['abort'],
    ['does not run a program whose signal was aborted before', 'takes a program that waits for its turn out when it is aborted'],
    {
      async execute(session, request, context) {
        const isEndless = /while True|sleep\(60\)/.test(request.code)
        if (isEndless) return session.execute(request, context)
        const result = await session.execute(request, { ...context, signal: new AbortController().signal })
        return context.signal.aborted ? { ...result, outcome: 'OUTCOME_FAILED', reason: 'aborted' } : result
      },
    },
  ),
]
