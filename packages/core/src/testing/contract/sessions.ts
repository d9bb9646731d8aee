import { expect } from 'vitest'
import { type ContractCase, failureOf, subject } from './case.ts'
import { textOf } from './lab.ts'

/** Sessions apart, one execution at a time in each (design.md 6). */
export const sessionCases: readonly ContractCase[] = subject('sessions', [
  {
    name: 'keeps variables, modules and files of two sessions apart',
    async run(lab) {
      const one = await lab.session()
      const other = await lab.session()
      expect(one.id).not.toBe(other.id)
      await lab.run(one, `import math\nmath.changed = True\nsecret = 1\nopen('private.txt', 'w').write('mine')`)
      const result = await lab.run(
        other,
        `import math, os\nprint('secret' in globals(), hasattr(math, 'changed'), os.path.exists('private.txt'))`,
      )
      expect(result.stdout).toBe('False False False\n')
      expect(await failureOf(other.files.read('private.txt'))).toMatchObject({ code: 'not_found' })
      await one.files.put({ path: 'put.txt', content: 'for one' })
      expect((await other.files.list()).map((file) => file.path)).not.toContain('put.txt')
    },
  },
  {
    name: 'never mixes the output of two sessions that run at the same time',
    async run(lab) {
      const sessions = [await lab.session(), await lab.session()]
      const started = sessions.map((session, index) =>
        lab.start(session, `import time\nfor number in range(20):\n    print('session ${index}', number)\n    time.sleep(0.005)`),
      )
      for (const [index, execution] of started.entries()) {
        const result = await execution.result
        const expected = Array.from({ length: 20 }, (_, number) => `session ${index} ${number}\n`).join('')
        expect([result.stdout, textOf(execution.events, 'stdout')]).toEqual([expected, expected])
      }
    },
  },
  {
    name: 'runs one program at a time in a session, in the order in which they came',
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, `import time\nsteps = []`)
      const started = ['first', 'second', 'third'].map((name) =>
        lab.start(session, `steps.append('${name} begins')\nprint('${name}')\ntime.sleep(0.15)\nsteps.append('${name} ends')`),
      )
      const results = await Promise.all(started.map((execution) => execution.result))
      expect(results.map((result) => result.stdout)).toEqual(['first\n', 'second\n', 'third\n'])
      expect(started.map((execution) => textOf(execution.events, 'stdout'))).toEqual(['first\n', 'second\n', 'third\n'])
      const after = await lab.run(session, 'print(steps)')
      expect(after.stdout).toBe(`['first begins', 'first ends', 'second begins', 'second ends', 'third begins', 'third ends']\n`)
    },
  },
  {
    name: 'counts the wait for another program as queued time',
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, 'import time')
      const first = lab.start(session, 'time.sleep(0.5)')
      const second = lab.start(session, '1')
      const [one, two] = await Promise.all([first.result, second.result])
      expect(two.usage.queuedMs).toBeGreaterThan(400)
      expect(two.usage.wallMs).toBeLessThan(two.usage.queuedMs)
      expect(one.usage.queuedMs).toBeLessThan(one.usage.wallMs)
    },
  },
  {
    name: 'goes on in one session while another one is stopped',
    async run(lab) {
      const stopped = await lab.session()
      const other = await lab.session()
      await lab.run(other, `kept = 'still here'`)
      const running = lab.start(stopped, `print('started')\nwhile True:\n    pass`)
      await running.told('started\n')
      running.abort()
      await running.result
      const result = await lab.run(other, 'print(kept)')
      expect([result.stdout, result.generation]).toEqual(['still here\n', 1])
    },
  },
])
