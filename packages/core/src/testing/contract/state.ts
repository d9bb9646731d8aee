import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'

/** What one program leaves for the next, and what it evaluates to (design.md 6). */
export const stateCases: readonly ContractCase[] = subject('state', [
  {
    name: 'keeps variables, imports, functions and classes for the next program',
    async run(lab) {
      const session = await lab.session()
      await lab.run(
        session,
        python`
          import math as mathematics
          from collections import Counter
          total = 40

          def add(number):
              return total + number

          class Point:
              def __init__(self, x):
                  self.x = x
        `,
      )
      const result = await lab.run(session, `print(add(2), mathematics.floor(2.5), Counter('aab')['a'], Point(7).x)`)
      expect([result.stdout, result.state, result.generation]).toEqual(['42 2 2 7\n', 'kept', 1])
    },
  },
  {
    name: 'keeps what a program did before it failed',
    async run(lab) {
      const session = await lab.shared()
      const failed = await lab.honestly(session, () => lab.run(session, `reached = 'this line'\n1 / 0\nreached = 'never'`))
      expect(failed.state).toBe('kept')
      const result = await lab.run(session, 'print(reached)')
      expect(result.stdout).toBe('this line\n')
    },
  },
  {
    name: 'starts with generation 1 and without variables of others',
    async run(lab) {
      const session = await lab.session()
      expect(session.generation).toBe(1)
      const result = await lab.run(session, `print([name for name in ('total', 'marker', 'reached', 'add') if name in globals()])`)
      expect([result.stdout, result.generation]).toEqual(['[]\n', 1])
    },
  },
  {
    name: 'runs a program as __main__',
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          import pickle

          class Pair:
              def __init__(self, left, right):
                  self.both = (left, right)

          if __name__ == '__main__':
              print(pickle.loads(pickle.dumps(Pair(1, 2))).both, Pair.__module__)
        `,
      )
      expect([result.stdout, result.reason]).toEqual(['(1, 2) __main__\n', 'completed'])
    },
  },
  {
    name: 'gives the last expression as value',
    async run(lab) {
      const session = await lab.shared()
      const sum = await lab.run(session, 'numbers = [1, 2]\nsum(numbers)')
      const text = await lab.run(session, `'text'`)
      expect([sum.value?.data['text/plain'], sum.stdout]).toEqual(['3', ''])
      expect(text.value?.data['text/plain']).toBe(`'text'`)
    },
  },
  {
    name: 'gives no value for None, for an assignment and for nothing',
    async run(lab) {
      const session = await lab.shared()
      const values = []
      for (const code of ['None', `print('prints')`, 'assigned = 1', '', '# only a comment', 'def last():\n    return 1']) {
        const result = await lab.run(session, code)
        values.push([result.reason, result.value])
      }
      expect(values).toEqual(values.map(() => ['completed', undefined]))
    },
  },
  {
    name: 'gives no value for a program that failed',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `1 + 1\nraise ValueError('no')\n2 + 2`)
      expect([result.reason, result.value]).toEqual(['exception', undefined])
    },
  },
  {
    name: 'takes a last expression whose repr fails as a result',
    async run(lab) {
      const session = await lab.shared()
      const code = python`
        class Shy:
            def __repr__(self):
                raise RuntimeError('no repr')
        Shy()
      `
      const result = await lab.honestly(session, () => lab.run(session, code))
      expect(result.reason).toBeOneOf(['completed', 'exception'])
    },
  },
  {
    name: 'reads a program with Windows line ends, tabs and names beyond ASCII',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `größe = 3\r\nif größe:\r\n\tprint('π', größe)\r\n`)
      expect(result.stdout).toBe('π 3\n')
    },
  },
])
