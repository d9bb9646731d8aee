import { expect } from 'vitest'
import { type ContractCase, subject } from './case.ts'
import type { Lab } from './lab.ts'

const COUNT = `count = globals().get('count', 0) + 1\nprint(count)\ncount`

function notIdempotent({ executor }: Lab): string | undefined {
  return executor.capabilities.idempotent ? undefined : 'the executor does not declare idempotent'
}

/** A program runs once for a key (design.md 6, 8.10). */
export const idempotencyCases: readonly ContractCase[] = subject('idempotency', [
  {
    name: 'runs a program once for one key and returns the stored result',
    unless: notIdempotent,
    async run(lab) {
      const session = await lab.session()
      const first = await lab.run(session, COUNT, { idempotencyKey: 'run/call/1' })
      const again = await lab.run(session, COUNT, { idempotencyKey: 'run/call/1' })
      expect(first.stdout).toBe('1\n')
      expect(again).toEqual(first)
      const after = await lab.run(session, 'print(count)')
      expect(after.stdout).toBe('1\n')
    },
  },
  {
    name: 'runs a program again for another key',
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, COUNT, { idempotencyKey: 'run/call/1' })
      const second = await lab.run(session, COUNT, { idempotencyKey: 'run/call/2' })
      expect(second.stdout).toBe('2\n')
    },
  },
  {
    name: 'keeps the result of a failure for its key too',
    unless: notIdempotent,
    async run(lab) {
      const session = await lab.session()
      const code = `${COUNT}\nraise ValueError(f'failure {count}')`
      const first = await lab.run(session, code, { idempotencyKey: 'run/fails/1' })
      const again = await lab.run(session, code, { idempotencyKey: 'run/fails/1' })
      expect(first.error?.value).toBe('failure 1')
      expect(again).toEqual(first)
    },
  },
  {
    name: 'runs a program once when its key comes again while it runs',
    unless: notIdempotent,
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, 'import time')
      const code = `time.sleep(0.3)\n${COUNT}`
      const first = lab.start(session, code, { idempotencyKey: 'run/double/1' })
      const second = lab.start(session, code, { idempotencyKey: 'run/double/1' })
      expect(await second.result).toEqual(await first.result)
      const after = await lab.run(session, 'print(count)')
      expect(after.stdout).toBe('1\n')
    },
  },
  {
    name: 'keeps the keys of two sessions apart',
    async run(lab) {
      const one = await lab.session()
      const other = await lab.session()
      await lab.run(one, `print('one')`, { idempotencyKey: 'run/shared/1' })
      const result = await lab.run(other, `print('other')`, { idempotencyKey: 'run/shared/1' })
      expect(result.stdout).toBe('other\n')
    },
  },
])
