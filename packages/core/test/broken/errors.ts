import { ExecutorError } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that lie about what a program raised, and how it ended. */
export const brokenErrors: readonly BrokenExecutor[] = [
  broken(
    'shows frames of its runner',
    ['errors'],
    [
      'shows the frames of the program only',
      'gives the line of the program where a library raised',
      'shows frames of functions of an earlier program',
      'shows exceptions that led to an exception',
    ],
    {
      result: (result) =>
        result.error === undefined
          ? result
          : {
              ...result,
              error: {
                ...result.error,
                traceback: result.error.traceback.replaceAll(
                  'Traceback (most recent call last):\n',
                  '$&  File "/lib/runner.py", line 9, in run\n    exec(code)\n',
                ),
              },
            },
    },
  ),
  broken(
    'counts lines from 0',
    ['errors'],
    [
      'tells name, value and line of an exception',
      'shows the frames of the program only',
      'gives the line of the program where a library raised',
      'tells a program that does not parse as syntax_error and runs none of it',
      'tells a SyntaxError that a running program raised as an exception',
      'shows exceptions that led to an exception',
    ],
    {
      result: (result) =>
        result.error?.line === undefined ? result : { ...result, error: { ...result.error, line: result.error.line - 1 } },
    },
  ),
  broken('colours tracebacks', ['errors'], ['shows the frames of the program only', 'writes a traceback without colours'], {
    result: (result) =>
      result.error === undefined
        ? result
        : { ...result, error: { ...result.error, traceback: `\x1b[31m${result.error.traceback}\x1b[0m` } },
  }),
  broken(
    'calls a program that does not parse an exception',
    ['errors', 'exit'],
    [
      'tells a program that does not parse as syntax_error and runs none of it',
      'tells bad indentation as syntax_error with its own name',
      'gives each reason the outcome that belongs to it',
    ],
    { result: (result) => (result.reason === 'syntax_error' ? { ...result, reason: 'exception' } : result) },
  ),
  broken('does not say which module is missing', ['errors'], ['tells which module is missing'], {
    result: (result) => {
      if (result.error === undefined) return result
      const { missingModule: _missing, ...error } = result.error
      return { ...result, error }
    },
  }),
  broken(
    'rejects where a program failed',
    ['exit'],
    [
      'takes sys.exit(3) as a failure with its code',
      'takes sys.exit with a text as code 1 and shows the text on stderr',
      'takes os._exit as a result and says honestly what became of the variables',
      'takes an interpreter that died as a result and goes on in a fresh one',
      'gives each reason the outcome that belongs to it',
    ],
    {
      result: (result) => {
        if (result.outcome === 'OUTCOME_FAILED') throw new ExecutorError('internal', 'the program failed')
        return result
      },
    },
  ),
  broken(
    'loses the exit code',
    ['exit'],
    [
      'takes sys.exit() and sys.exit(0) as a good end',
      'takes sys.exit(3) as a failure with its code',
      'takes sys.exit with a text as code 1 and shows the text on stderr',
      'takes os._exit as a result and says honestly what became of the variables',
    ],
    { result: ({ exitCode: _exitCode, ...result }) => result },
  ),
  broken(
    'takes every exit for a failure',
    ['exit'],
    ['takes sys.exit() and sys.exit(0) as a good end', 'gives each reason the outcome that belongs to it'],
    {
      result: (result) => (result.reason === 'exit' ? { ...result, outcome: 'OUTCOME_FAILED' } : result),
    },
  ),
]
