import { expect } from 'vitest'
import type { ExecutionResult, Limits } from '../../executor.ts'
import { type ContractCase, failureOf, python, subject } from './case.ts'
import { type Lab, TOLERANCE_MS } from './lab.ts'

/** Every limit that is declared `enforced` is measured; one that is not says so and is left alone (design.md 6). */
export const limitCases: readonly ContractCase[] = subject('limits', [
  {
    name: 'keeps head and tail of long output and counts the rest to the byte',
    unless: notEnforced('outputBytes'),
    async run(lab) {
      const code = python`
        import sys
        print('the head')
        for number in range(3000):
            print('line', number)
        print('the tail')
        print('short', file=sys.stderr)
      `
      const result = await lab.run(await lab.shared(), code, { limits: { outputBytes: 1_000 } })
      const all = ['the head', ...Array.from({ length: 3_000 }, (_, number) => `line ${number}`), 'the tail', ''].join('\n')
      expectHeadAndTail(result.stdout, all, 1_000)
      expect(result.dropped?.stdoutBytes).toBe(byteLength(all) - byteLength(result.stdout))
      expect([result.stderr, result.dropped?.stderrBytes ?? 0, result.reason]).toEqual(['short\n', 0, 'completed'])
    },
  },
  {
    name: 'caps stderr apart from stdout',
    unless: notEnforced('outputBytes'),
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          import sys
          print('whole')
          sys.stderr.write('<' + 'e' * 5000 + '>')
        `,
        { limits: { outputBytes: 600 } },
      )
      expect([result.stdout, result.dropped?.stdoutBytes ?? 0]).toEqual(['whole\n', 0])
      expectHeadAndTail(result.stderr, `<${'e'.repeat(5_000)}>`, 600)
      expect(result.dropped?.stderrBytes).toBe(5_002 - byteLength(result.stderr))
    },
  },
  {
    name: 'cuts long output between characters',
    unless: notEnforced('outputBytes'),
    async run(lab) {
      const result = await lab.run(await lab.shared(), `print('ä€😀' * 1000, end='')`, { limits: { outputBytes: 1_001 } })
      const all = 'ä€😀'.repeat(1_000)
      expect(result.stdout).not.toContain('\uFFFD')
      expect(result.stdout.isWellFormed()).toBe(true)
      expectHeadAndTail(result.stdout, all, 1_001)
      expect(result.dropped?.stdoutBytes).toBe(byteLength(all) - byteLength(result.stdout))
    },
  },
  {
    name: 'drops nothing of output that is exactly as long as it may be',
    unless: notEnforced('outputBytes'),
    async run(lab) {
      const result = await lab.run(await lab.shared(), `print('y' * 1000, end='')`, { limits: { outputBytes: 1_000 } })
      expect([result.stdout, result.dropped?.stdoutBytes ?? 0]).toEqual(['y'.repeat(1_000), 0])
    },
  },
  {
    name: 'stops a program that writes beyond the hard limit',
    unless: notEnforced('outputHardBytes'),
    async run(lab) {
      const session = await lab.session()
      const limits = { outputBytes: 2_000, outputHardBytes: 200_000, wallMs: 6_000 }
      const result = await lab.honestly(session, () => lab.run(session, `while True:\n    print('z' * 99)`, { limits }))
      expect([result.outcome, result.reason]).toEqual(['OUTCOME_FAILED', 'output_limit'])
      expect(byteLength(result.stdout)).toBeLessThanOrEqual(2_000)
    },
  },
  {
    name: 'refuses source that is too large, and runs nothing',
    unless: notEnforced('sourceBytes'),
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, `ran = 'nothing'`)
      const started = lab.start(session, `ran = 'the large one'\n# ${'ä'.repeat(600)}`, { limits: { sourceBytes: 1_000 } })
      expect(await failureOf(started.result)).toMatchObject({ name: 'ExecutorError', code: 'too_large', started: 'no' })
      const after = await lab.run(session, 'print(ran)')
      expect(after.stdout).toBe('nothing\n')
    },
  },
  {
    name: 'stops a program that takes more memory than it may',
    unless: notEnforced('memoryBytes'),
    async run(lab) {
      const session = await lab.session({ limits: { memoryBytes: 256 * 2 ** 20 } })
      const result = await lab.honestly(session, () => lab.run(session, `block = b'x' * 2 ** 29\nprint(len(block))`))
      expect([result.outcome, result.stdout]).toEqual(['OUTCOME_FAILED', ''])
      if (result.reason === 'exception') expect(result.error?.name).toBe('MemoryError')
      else expect(result.reason).toBe('memory')
    },
  },
  {
    name: 'stops a program that takes more processor time than it may',
    unless: notEnforced('cpuMs'),
    async run(lab) {
      const session = await lab.session()
      const limits = { cpuMs: 500, wallMs: 40_000 }
      const result = await lab.honestly(session, () => {
        const started = lab.start(session, 'while True:\n    pass', { limits })
        return lab.within(10_000 + lab.executor.capabilities.stopMs + TOLERANCE_MS, 'the processor limit', started.result)
      })
      expect([result.outcome, result.reason]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline'])
    },
  },
  {
    name: 'lets no program write more into files than it may',
    unless: notEnforced('fileBytes'),
    async run(lab) {
      const session = await lab.session({ limits: { fileBytes: 2 ** 20 } })
      const code = `with open('large.bin', 'wb') as file:\n    for _ in range(64):\n        file.write(bytes(2 ** 16))\n        file.flush()`
      const result = await lab.honestly(session, () => lab.run(session, code))
      expect(result.outcome).toBe('OUTCOME_FAILED')
      const sizes = (await session.files.list()).map((file) => file.size)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2 ** 20)
    },
  },
  {
    name: 'lets no program make more files than it may',
    unless: notEnforced('files'),
    async run(lab) {
      const session = await lab.session({ limits: { files: 20 } })
      const code = `for number in range(100):\n    open(f'{number}.txt', 'w').close()`
      const result = await lab.honestly(session, () => lab.run(session, code))
      expect(result.outcome).toBe('OUTCOME_FAILED')
      expect((await session.files.list()).length).toBeLessThanOrEqual(20)
    },
  },
])

function notEnforced(limit: keyof Limits): (lab: Lab) => string | undefined {
  return ({ executor }) => (executor.capabilities.limits[limit] === 'enforced' ? undefined : `limits.${limit} is not declared enforced`)
}

/** That the text is a beginning and an end of the whole, no longer than the limit, and makes use of most of it. */
function expectHeadAndTail(text: ExecutionResult['stdout'], all: string, limit: number): void {
  expect(byteLength(text)).toBeLessThanOrEqual(limit)
  expect(byteLength(text)).toBeGreaterThan(limit / 2)
  let head = 0
  while (head < text.length && text[head] === all[head]) head += 1
  let tail = 0
  while (tail < text.length && text[text.length - 1 - tail] === all[all.length - 1 - tail]) tail += 1
  expect(head + tail, 'characters of head and tail').toBeGreaterThanOrEqual(text.length)
  // A head alone or a tail alone would be as long as the text; both have to be there.
  expect([head >= limit / 16, tail >= limit / 16], 'a head, and a tail').toEqual([true, true])
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
