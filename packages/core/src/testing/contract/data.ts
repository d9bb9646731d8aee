import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'

/** What is told is plain data with true numbers (design.md 6). */
export const dataCases: readonly ContractCase[] = subject('data', [
  {
    name: 'tells plain data that survives JSON',
    async run(lab) {
      const session = await lab.session()
      const code = python`
        import sys
        print('out')
        print('err', file=sys.stderr)
        open('made.txt', 'w').write('made')
      `
      for (const program of [`${code}\n[1, 2]`, `${code}\n1 / 0`, '(', 'raise SystemExit(2)']) {
        const started = lab.start(session, program)
        const result = await started.result
        for (const told of [result, ...started.events]) {
          expect(notPlain(told, 'told')).toEqual([])
          expect(JSON.parse(JSON.stringify(told))).toEqual(told)
        }
      }
    },
  },
  {
    name: 'measures the time of a program',
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, 'import time')
      const begin = performance.now()
      const { usage } = await lab.run(session, 'time.sleep(0.3)')
      const elapsed = performance.now() - begin
      expect(usage.wallMs).toBeGreaterThan(250)
      expect(usage.queuedMs + usage.wallMs).toBeLessThanOrEqual(elapsed + 50)
      expect(usage.queuedMs).toBeGreaterThanOrEqual(0)
      expect(usage.toolMs).toBe(0)
      if (usage.peakMemoryBytes !== undefined) expect(usage.peakMemoryBytes).toBeGreaterThan(2 ** 20)
    },
  },
  {
    name: 'measures processor time where it tells it',
    async run(lab) {
      const session = await lab.shared()
      const spinning = await lab.run(session, `import time\nend = time.perf_counter() + 0.4\nwhile time.perf_counter() < end:\n    pass`)
      if (spinning.usage.cpuMs === undefined) return
      expect(spinning.usage.cpuMs).toBeGreaterThan(10)
      expect(spinning.usage.cpuMs).toBeLessThan(spinning.usage.wallMs * 4 + 500)
    },
  },
  {
    name: 'leaves nothing of one program in the result of the next',
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, `import sys\nprint('old')\nprint('old', file=sys.stderr)\nopen('old.txt', 'w').write('old')\n1 / 0`)
      const result = await lab.run(session, 'new = 1')
      expect({ ...result, usage: undefined, generation: undefined }).toEqual({
        outcome: 'OUTCOME_OK',
        reason: 'completed',
        stdout: '',
        stderr: '',
        displays: [],
        files: [],
        state: 'kept',
      })
    },
  },
])

/** The places of a value that are no plain data, with what stands there. */
function notPlain(value: unknown, place: string): string[] {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return []
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${place}: ${value}`]
  if (Array.isArray(value)) return value.flatMap((item, index) => notPlain(item, `${place}[${index}]`))
  if (typeof value !== 'object') return [`${place}: ${typeof value}`]
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return [`${place}: ${value.constructor.name}`]
  return Object.entries(value).flatMap(([key, member]) => notPlain(member, `${place}.${key}`))
}
