import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'
import type { Lab } from './lab.ts'

async function noReset(lab: Lab): Promise<string | undefined> {
  return (await lab.shared()).reset === undefined ? 'its sessions cannot be reset' : undefined
}

/** A session that can be reset is as new afterwards, and says so (executor.ts, `Session.reset`). */
export const resetCases: readonly ContractCase[] = subject('reset', [
  {
    name: 'gives a fresh interpreter and the files of its start, and counts a generation',
    unless: noReset,
    async run(lab) {
      const session = await lab.session({ files: [{ path: 'given.csv', content: 'a,b' }] })
      const leave = python`
        import json, os
        left = 'behind'
        json.left = 'behind'
        os.environ['LEFT'] = 'behind'
        open('left.txt', 'w').write('behind')
        open('given.csv', 'w').write('changed')
      `
      const look = python`
        import json, os
        print('left' in globals(), hasattr(json, 'left'), 'LEFT' in os.environ, sorted(os.listdir()), open('given.csv').read())
      `
      await lab.run(session, leave)
      await session.files.put({ path: 'put.txt', content: 'later' })
      await session.reset?.()
      const result = await lab.run(session, look)
      expect([result.stdout, result.files, result.generation, session.generation]).toEqual([
        "False False False ['given.csv'] a,b\n",
        [],
        2,
        2,
      ])
    },
  },
  {
    name: 'resets again and again, also after a program that took much memory',
    unless: noReset,
    async run(lab) {
      const session = await lab.session()
      for (const size of [0, 2 ** 27, 0]) {
        await lab.run(session, `block = bytearray(${size})`)
        await session.reset?.()
        const result = await lab.run(session, `print('block' in globals())\n1 + 1`)
        expect([result.stdout, result.value?.data['text/plain']]).toEqual(['False\n', '2'])
      }
      expect(session.generation).toBe(4)
    },
  },
  {
    name: 'waits with a reset for the program that runs',
    unless: noReset,
    async run(lab) {
      const session = await lab.session()
      const started = lab.start(session, `import time\nprint('started')\ntime.sleep(0.3)\nprint('ended')`)
      await started.told('started\n')
      await session.reset?.()
      const result = await started.result
      expect([result.stdout, result.generation, session.generation]).toEqual(['started\nended\n', 1, 2])
    },
  },
])
