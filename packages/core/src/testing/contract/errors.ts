import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'

/** What a program raised, and how that is told (design.md 6, 9). */
export const errorCases: readonly ContractCase[] = subject('errors', [
  {
    name: 'tells name, value and line of an exception',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `x = 1\n\nx / 0\nprint('never')`)
      expect({ outcome: result.outcome, reason: result.reason, stdout: result.stdout }).toEqual({
        outcome: 'OUTCOME_FAILED',
        reason: 'exception',
        stdout: '',
      })
      expect([result.error?.name, result.error?.value, result.error?.line]).toEqual(['ZeroDivisionError', 'division by zero', 3])
      expect(result.error?.traceback).toContain('ZeroDivisionError: division by zero')
    },
  },
  {
    name: 'shows the frames of the program only',
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          def outer():
              inner()

          def inner():
              raise ValueError('deep')

          outer()
        `,
      )
      const traceback = result.error?.traceback ?? ''
      expect(frames(traceback)).toEqual(['7 <module>', '2 outer', '5 inner'])
      expect(traceback.trimStart().startsWith('Traceback (most recent call last):')).toBe(true)
      expect(traceback.trimEnd().endsWith('ValueError: deep')).toBe(true)
      expect(result.error?.line).toBe(5)
    },
  },
  {
    name: 'writes a traceback without colours',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `{}['missing']`)
      expect([result.error?.name, result.error?.value, result.error?.traceback.includes('\x1b')]).toEqual(['KeyError', `'missing'`, false])
    },
  },
  {
    name: 'gives the line of the program where a library raised',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `import json\n\n\njson.loads('{')`)
      expect([result.error?.name, result.error?.line]).toEqual(['JSONDecodeError', 4])
      expect(frames(result.error?.traceback ?? '')[0]).toBe('4 <module>')
    },
  },
  {
    name: 'shows frames of functions of an earlier program',
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, `def earlier():\n    raise LookupError('from before')`)
      const result = await lab.run(session, `print('now')\nearlier()`)
      expect([result.error?.name, result.error?.value, result.stdout]).toEqual(['LookupError', 'from before', 'now\n'])
      expect(frames(result.error?.traceback ?? '')).toEqual(['2 <module>', '2 earlier'])
    },
  },
  {
    name: 'tells a program that does not parse as syntax_error and runs none of it',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `print('never')\nif True print('x')\n`)
      expect({
        outcome: result.outcome,
        reason: result.reason,
        stdout: result.stdout,
        name: result.error?.name,
        line: result.error?.line,
      }).toEqual({
        outcome: 'OUTCOME_FAILED',
        reason: 'syntax_error',
        stdout: '',
        name: 'SyntaxError',
        line: 2,
      })
      expect(frames(result.error?.traceback ?? '').filter((frame) => !frame.endsWith('?'))).toEqual([])
    },
  },
  {
    name: 'tells bad indentation as syntax_error with its own name',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `def f():\nreturn 1`)
      expect([result.reason, result.error?.name]).toEqual(['syntax_error', 'IndentationError'])
    },
  },
  {
    name: 'tells a SyntaxError that a running program raised as an exception',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `print('runs')\neval('1 +')`)
      expect([result.reason, result.error?.name, result.error?.line, result.stdout]).toEqual(['exception', 'SyntaxError', 2, 'runs\n'])
    },
  },
  {
    name: 'takes NUL in a program as a result',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.honestly(session, () => lab.run(session, `print('a')\x00`))
      expect([result.outcome, result.stdout]).toEqual(['OUTCOME_FAILED', ''])
      expect(result.reason).toBeOneOf(['syntax_error', 'exception'])
    },
  },
  {
    name: 'shows exceptions that led to an exception',
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          try:
              int('seven')
          except ValueError as cause:
              raise RuntimeError('no number') from cause
        `,
      )
      expect([result.error?.name, result.error?.value, result.error?.line]).toEqual(['RuntimeError', 'no number', 4])
      const traceback = result.error?.traceback ?? ''
      expect(traceback).toContain('ValueError: invalid literal')
      expect(traceback).toContain('direct cause')
      expect(traceback.indexOf('ValueError')).toBeLessThan(traceback.indexOf('RuntimeError: no number'))
      expect(frames(traceback)).toEqual(['2 <module>', '4 <module>'])
    },
  },
  {
    name: 'tells which module is missing',
    async run(lab) {
      const session = await lab.shared()
      const plain = await lab.run(session, 'import no_such_module_of_ours')
      expect([plain.reason, plain.error?.name, plain.error?.missingModule]).toEqual([
        'exception',
        'ModuleNotFoundError',
        'no_such_module_of_ours',
      ])
      const dotted = await lab.run(session, 'from no_such_module_of_ours.part import name')
      expect(dotted.error?.missingModule?.split('.')[0]).toBe('no_such_module_of_ours')
      const other = await lab.run(session, '1 / 0')
      expect(other.error?.missingModule).toBeUndefined()
    },
  },
  {
    name: 'takes an exception whose text cannot be had as a result',
    async run(lab) {
      const session = await lab.shared()
      const code = python`
        class Silent(Exception):
            def __str__(self):
                raise RuntimeError('no text')
            __repr__ = __str__
        raise Silent('hidden')
      `
      const result = await lab.honestly(session, () => lab.run(session, code))
      expect([result.reason, result.error?.name, typeof result.error?.value]).toEqual(['exception', 'Silent', 'string'])
    },
  },
  {
    name: 'takes an exception whose text is no Unicode as a result',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.honestly(session, () => lab.run(session, `raise ValueError('\\ud800 half a pair')`))
      expect([result.reason, result.error?.name]).toEqual(['exception', 'ValueError'])
      expect(result.error?.value).toContain('half a pair')
    },
  },
  {
    name: 'takes endless recursion as a RecursionError',
    async run(lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, () => lab.run(session, `def again():\n    return again()\nagain()`))
      expect([result.outcome, result.reason, result.error?.name]).toEqual(['OUTCOME_FAILED', 'exception', 'RecursionError'])
      expect(result.error?.traceback.length).toBeLessThan(64_000)
    },
  },
  {
    name: 'takes a KeyboardInterrupt that the program raised as an exception',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.honestly(session, () => lab.run(session, 'raise KeyboardInterrupt'))
      expect([result.outcome, result.reason, result.error?.name]).toEqual(['OUTCOME_FAILED', 'exception', 'KeyboardInterrupt'])
    },
  },
  {
    name: 'lets no program wait for input',
    async run(lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, () => lab.run(session, `input('your name? ')`, { limits: { wallMs: 15_000 } }))
      expect([result.outcome, result.reason]).toEqual(['OUTCOME_FAILED', 'exception'])
    },
  },
])

/** `line name` of each frame of a traceback, outermost first; `line ?` for the place of a syntax error, which names no function. */
function frames(traceback: string): string[] {
  return [...traceback.matchAll(/^ *File ".*", line (\d+)(?:, in (.+))?$/gm)].map(([, line, name]) => `${line} ${name ?? '?'}`)
}
