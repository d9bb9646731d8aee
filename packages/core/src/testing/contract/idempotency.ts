import { expect } from 'vitest'
import type { Session } from '../../executor.ts'
import { type ContractCase, subject } from './case.ts'
import type { Lab } from './lab.ts'

const COUNT = `count += 1\nprint(count)\ncount`

/** A program runs once for a key (design.md 6, 8.10). */
export const idempotencyCases: readonly ContractCase[] = subject('idempotency', [
  {
    name: 'runs a program once for one key and returns the stored result',
    unless: notIdempotent,
    async run(lab) {
      const session = await counting(lab)
      const idempotencyKey = newKey()
      const first = await lab.run(session, COUNT, { idempotencyKey })
      const again = await lab.run(session, COUNT, { idempotencyKey })
      expect(first.stdout).toBe('1\n')
      expect(again).toEqual(first)
      expect(await countOf(lab, session)).toBe('1\n')
    },
  },
  {
    name: 'runs a program again for another key',
    async run(lab) {
      const session = await counting(lab)
      await lab.run(session, COUNT, { idempotencyKey: newKey() })
      const second = await lab.run(session, COUNT, { idempotencyKey: newKey() })
      expect(second.stdout).toBe('2\n')
    },
  },
  {
    name: 'keeps the result of a failure for its key too',
    unless: notIdempotent,
    async run(lab) {
      const session = await counting(lab)
      const idempotencyKey = newKey()
      const code = `${COUNT}\nraise ValueError(f'failure {count}')`
      const first = await lab.run(session, code, { idempotencyKey })
      const again = await lab.run(session, code, { idempotencyKey })
      expect(first.error?.value).toBe('failure 1')
      expect(again).toEqual(first)
    },
  },
  {
    name: 'runs a program once when its key comes again while it runs',
    unless: notIdempotent,
    async run(lab) {
      const session = await counting(lab)
      const idempotencyKey = newKey()
      const code = `import time\ntime.sleep(0.3)\n${COUNT}`
      const first = lab.start(session, code, { idempotencyKey })
      const second = lab.start(session, code, { idempotencyKey })
      expect(await second.result).toEqual(await first.result)
      expect(await countOf(lab, session)).toBe('1\n')
    },
  },
  {
    name: 'keeps the keys of two sessions apart',
    async run(lab) {
      const idempotencyKey = newKey()
      await lab.run(await lab.shared(), `print('one')`, { idempotencyKey })
      const result = await lab.run(await lab.session(), `print('other')`, { idempotencyKey })
      expect(result.stdout).toBe('other\n')
    },
  },
])

function notIdempotent({ executor }: Lab): string | undefined {
  return executor.capabilities.idempotent ? undefined : 'the executor does not declare idempotent'
}

/** A session that has counted nothing yet. */
async function counting(lab: Lab): Promise<Session> {
  const session = await lab.shared()
  await lab.run(session, `count = 0 # ${newKey()}`)
  return session
}

/** How often the counting program ran. */
async function countOf(lab: Lab, session: Session): Promise<string> {
  const result = await lab.run(session, 'print(count)')
  return result.stdout
}

/** As the loop makes them: run, call and try. */
function newKey(): string {
  return `${crypto.randomUUID()}/call/1`
}
