import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that lie about what one program leaves for the next. */
export const brokenState: readonly BrokenExecutor[] = [
  broken(
    'guesses that variables are kept',
    ['exit'],
    [
      'takes os._exit as a result and says honestly what became of the variables',
      'takes an interpreter that died as a result and goes on in a fresh one',
    ],
    { result: (result) => ({ ...result, state: 'kept' }) },
  ),
  broken(
    'guesses that variables are lost after a failure',
    ['exit'],
    ['takes sys.exit(3) as a failure with its code', 'takes sys.exit with a text as code 1 and shows the text on stderr'],
    { result: (result) => (result.outcome === 'OUTCOME_FAILED' ? { ...result, state: 'lost' } : result) },
  ),
  broken(
    'never counts a generation',
    ['exit'],
    [
      'takes os._exit as a result and says honestly what became of the variables',
      'takes an interpreter that died as a result and goes on in a fresh one',
    ],
    {
      session: () => ({ generation: 1 }),
      result: (result) => ({ ...result, generation: 1 }),
    },
  ),
  broken(
    'runs each program in a fresh interpreter',
    ['state'],
    [
      'keeps variables, imports, functions and classes for the next program',
      'keeps what a program did before it failed',
      'takes a last expression whose repr fails as a result',
    ],
    {
      session: (_session, executor) => ({
        async execute(request, context) {
          const fresh = await executor.createSession()
          const result = await fresh.execute(request, context)
          await fresh[Symbol.asyncDispose]()
          return result
        },
      }),
    },
  ),
  broken(
    'forgets variables where a program failed',
    ['state'],
    ['keeps what a program did before it failed', 'takes a last expression whose repr fails as a result'],
    {
      async execute(session, request, context) {
        const result = await session.execute(request, context)
        if (result.outcome === 'OUTCOME_FAILED') {
          const id = crypto.randomUUID()
          await session.execute({ ...request, id, code: 'globals().clear()', idempotencyKey: id }, { ...context, emit: () => undefined })
        }
        return result
      },
    },
  ),
  broken('gives None as value', ['state'], ['gives no value for None, for an assignment and for nothing'], {
    result: (result) =>
      result.reason === 'completed' && result.value === undefined ? { ...result, value: { data: { 'text/plain': 'None' } } } : result,
  }),
  broken('gives no values', ['state'], ['gives the last expression as value'], {
    result: ({ value: _value, ...result }) => result,
  }),
  broken('runs programs as a module', ['state'], ['runs a program as __main__'], {
    request: (request) => ({ ...request, code: `__name__ = 'program'\n${request.code}` }),
  }),
]
