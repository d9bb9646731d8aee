import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'
import { type Lab, TOLERANCE_MS } from './lab.ts'
import { CALL_MS, held, noTools, toolHost } from './tool-host.ts'

const WALL_MS = 1_000

/** What a slow tool takes, milliseconds: more than the program may. */
const SLOW_MS = 1_600

const WAITS = { 'tools.name(…)': 'tools.hold()', 'tools.aio.name(…)': 'await tools.aio.hold()' } as const

function slow(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  setTimeout(() => resolve('slow'), SLOW_MS)
  return promise
}

function noDeadline(lab: Lab): string | undefined {
  return noTools(lab) ?? (lab.executor.capabilities.limits.wallMs === 'enforced' ? undefined : 'limits.wallMs is not declared enforced')
}

/** While a program waits for a tool its time stands still, and all else goes on (design.md 6, remote.md 9). */
export const toolWaitingCases: readonly ContractCase[] = subject('waiting for tools', [
  ...[`tools.slow()`, `await tools.aio.slow()`].map((call) => ({
    name: `does not count the time of a tool towards the deadline: ${call}`,
    unless: noDeadline,
    async run(lab: Lab) {
      const result = await lab.run(await lab.shared(), `print(${call})`, { ...toolHost({ slow }), limits: { wallMs: WALL_MS } })
      expect([result.reason, result.stdout]).toEqual(['completed', 'slow\n'])
      expect(result.usage.wallMs).toBeLessThan(WALL_MS)
      expect(result.usage.toolMs).toBeGreaterThan(SLOW_MS * 0.9)
    },
  })),
  {
    name: 'counts the time of a program that works while a call is open',
    unless: noDeadline,
    async run(lab) {
      const session = await lab.session()
      const host = toolHost({ hold: held().tool })
      const code = `pending = tools.aio.hold()\nimport asyncio\nawait asyncio.sleep(0)\nprint('started')\nwhile True:\n    pass`
      const started = lab.start(session, code, { ...host, limits: { wallMs: WALL_MS } })
      const time = WALL_MS + lab.executor.capabilities.stopMs + TOLERANCE_MS
      const result = await lab.within(time, 'the deadline', started.result)
      expect([result.outcome, result.reason, result.stdout]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline', 'started\n'])
    },
  },
  {
    name: 'holds the deadline after a tool was waited for',
    unless: noDeadline,
    async run(lab) {
      const session = await lab.session()
      const started = lab.start(session, `print(tools.slow())\nwhile True:\n    pass`, {
        ...toolHost({ slow }),
        limits: { wallMs: WALL_MS },
      })
      const time = SLOW_MS + WALL_MS + lab.executor.capabilities.stopMs + TOLERANCE_MS
      const result = await lab.within(time, 'the deadline', started.result)
      expect([result.reason, result.stdout]).toEqual(['deadline', 'slow\n'])
    },
  },
  ...Object.entries(WAITS).map(([what, wait]) => ({
    name: `serves files while a program waits for ${what}`,
    unless: noTools,
    async run(lab: Lab) {
      const session = await lab.session()
      const seen: unknown[] = []
      const host = toolHost({
        async hold() {
          seen.push(new TextDecoder().decode(await session.files.read('made.txt')))
          seen.push((await session.files.list()).map(({ path }) => path))
          await session.files.put({ path: 'given.txt', content: 'given' })
          await session.files.remove('made.txt')
        },
      })
      const code = python`
        import os
        with open('made.txt', 'w') as file:
            file.write('made')
        ${wait}
        print(open('given.txt').read(), os.path.exists('made.txt'))
      `
      const result = await lab.within(CALL_MS, 'the program', lab.start(session, code, host).result)
      expect([result.stdout, seen]).toEqual(['given False\n', ['made', ['made.txt']]])
    },
  })),
  ...Object.entries(WAITS).map(([what, wait]) => ({
    name: `stops a program that waits for ${what} when it is aborted`,
    unless: noTools,
    async run(lab: Lab) {
      const session = await lab.session()
      const hold = held()
      const result = await lab.honestly(session, async () => {
        const started = lab.start(session, `print('started')\n${wait}\nprint('went on')`, toolHost({ hold: hold.tool }))
        await lab.within(CALL_MS, 'the call', hold.came(1))
        started.abort()
        return lab.within(lab.executor.capabilities.stopMs + TOLERANCE_MS, 'an aborted execution', started.result)
      })
      expect([result.outcome, result.reason, result.stdout]).toEqual(['OUTCOME_FAILED', 'aborted', 'started\n'])
      hold.release()
      expect((await lab.run(session, `print(tools.other())`, toolHost({ other: () => 'other' }))).stdout).toBe('other\n')
    },
  })),
  {
    name: 'gives up what is open when a program is stopped',
    unless: noTools,
    async run(lab) {
      const session = await lab.session()
      const hold = held()
      const gather = python`
        import asyncio
        print(len(await asyncio.gather(*[tools.aio.hold() for number in range(16)])))
      `
      const stopped = lab.start(session, gather, toolHost({ hold: hold.tool }))
      await lab.within(CALL_MS, '16 calls', hold.came(16))
      stopped.abort()
      const aborted = await lab.within(lab.executor.capabilities.stopMs + TOLERANCE_MS, 'an aborted execution', stopped.result)
      const next = await lab.run(session, gather, toolHost({ hold: () => 'at once' }))
      expect([aborted.reason, next.reason, next.stdout]).toEqual(['aborted', 'completed', '16\n'])
    },
  },
])
