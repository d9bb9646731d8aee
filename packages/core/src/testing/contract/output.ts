import { expect } from 'vitest'
import type { ExecutorEvent } from '../../executor.ts'
import { type ContractCase, python, subject } from './case.ts'
import { textOf } from './lab.ts'

/** What a program writes: order, streams, Unicode, live (design.md 6). */
export const outputCases: readonly ContractCase[] = subject('output', [
  {
    name: 'shows what was printed in the result and in events',
    async run(lab) {
      const started = lab.start(await lab.shared(), `print('hello')`)
      const result = await started.result
      expect({ outcome: result.outcome, reason: result.reason, stdout: result.stdout, stderr: result.stderr }).toEqual({
        outcome: 'OUTCOME_OK',
        reason: 'completed',
        stdout: 'hello\n',
        stderr: '',
      })
      expect(textOf(started.events, 'stdout')).toBe('hello\n')
    },
  },
  {
    name: 'keeps stdout and stderr apart',
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          import sys
          print('to stdout')
          print('to stderr', file=sys.stderr)
        `,
      )
      expect([result.stdout, result.stderr]).toEqual(['to stdout\n', 'to stderr\n'])
    },
  },
  {
    name: 'tells lines of stdout and stderr in the order in which they were written',
    async run(lab) {
      const started = lab.start(
        await lab.shared(),
        python`
          import sys
          for number in range(4):
              print('out', number)
              print('err', number, file=sys.stderr)
        `,
      )
      await started.result
      expect(joined(started.events)).toEqual(
        [0, 1, 2, 3].flatMap((number) => [
          ['stdout', `out ${number}\n`],
          ['stderr', `err ${number}\n`],
        ]),
      )
    },
  },
  {
    name: 'tells the same text in events as in the result',
    async run(lab) {
      const started = lab.start(
        await lab.shared(),
        python`
          import sys
          for number in range(200):
              print('line', number, 'äöü €', end='' if number % 7 == 0 else '\n')
              sys.stderr.write('e%d ' % number)
          print('no newline at the end', end='')
        `,
      )
      const result = await started.result
      expect(textOf(started.events, 'stdout')).toBe(result.stdout)
      expect(textOf(started.events, 'stderr')).toBe(result.stderr)
      expect(result.stdout.endsWith('line 199 äöü €\nno newline at the end')).toBe(true)
      expect(result.stderr.endsWith('e198 e199 ')).toBe(true)
    },
  },
  {
    name: 'tells a line while the program goes on',
    async run(lab) {
      const session = await lab.session()
      const started = lab.start(
        session,
        python`
          import time
          print('early line')
          while True:
              time.sleep(0.01)
        `,
        { limits: { wallMs: 5_000 } },
      )
      // The program ends only because it is aborted, so what was told before was told live.
      await started.told('early line\n')
      started.abort()
      const result = await started.result
      expect([result.reason, result.stdout]).toEqual(['aborted', 'early line\n'])
    },
  },
  {
    name: 'says that a program is running before it tells its output',
    async run(lab) {
      const started = lab.start(await lab.shared(), `print('output')`)
      await started.result
      const told = started.events.map((event) => (event.type === 'status' ? event.status : event.type))
      expect(told).toContain('running')
      expect(told.indexOf('running')).toBeLessThan(told.indexOf('stdout'))
    },
  },
  {
    name: 'joins characters that were written byte by byte',
    async run(lab) {
      const text = 'ä€😀漢字 – é'
      const started = lab.start(
        await lab.shared(),
        python`
          import sys
          for stream in (sys.stdout, sys.stderr):
              for byte in '${text}'.encode('utf-8'):
                  stream.buffer.write(bytes([byte]))
                  stream.buffer.flush()
        `,
      )
      const result = await started.result
      expect([result.stdout, result.stderr]).toEqual([text, text])
      expect([textOf(started.events, 'stdout'), textOf(started.events, 'stderr')]).toEqual([text, text])
    },
  },
  {
    name: 'shows bytes that are no text as U+FFFD',
    async run(lab) {
      const result = await lab.run(
        await lab.shared(),
        python`
          import sys
          sys.stdout.buffer.write(b'before \xff after')
          sys.stdout.buffer.flush()
        `,
      )
      expect(result.stdout).toBe('before \uFFFD after')
    },
  },
  {
    name: 'passes NUL and control characters on unchanged',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `print('a\\x00b\\x1b[31mred\\x1b[0m\\r\\n\\tc\\x7f\\x08\\u2028', end='')`)
      expect(result.stdout).toBe('a\x00b\x1b[31mred\x1b[0m\r\n\tc\x7f\x08\u2028')
    },
  },
  {
    name: 'takes a line of a million characters whole',
    async run(lab) {
      const started = lab.start(await lab.shared(), `print('x' * 1_000_000)`)
      const result = await started.result
      const expected = `${'x'.repeat(1_000_000)}\n`
      expect(result.stdout.length).toBe(expected.length)
      expect(result.stdout === expected && textOf(started.events, 'stdout') === expected).toBe(true)
    },
  },
  {
    name: 'never mistakes output for its own protocol',
    async run(lab) {
      const text = '{"type":"result","id":1,"outcome":"OUTCOME_OK"}\n\u0004{}\n'
      const result = await lab.run(await lab.shared(), `print(${JSON.stringify(text)}, end='')\nprint('after')`)
      expect(result.stdout).toBe(`${text}after\n`)
    },
  },
  {
    name: 'tells nothing of an execution after its result',
    async run(lab) {
      const session = await lab.shared()
      const started = lab.start(session, `print('one')`)
      await started.result
      const told = started.events.length
      await lab.run(session, `import time\ntime.sleep(0.1)\nprint('two')`)
      expect(started.events.slice(told)).toEqual([])
    },
  },
  {
    name: 'does not fail a program that only wrote to stderr',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `import sys\nprint('Error: not really', file=sys.stderr)`)
      expect([result.outcome, result.reason, result.error]).toEqual(['OUTCOME_OK', 'completed', undefined])
    },
  },
  {
    name: 'shows warnings on stderr and does not fail for them',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `import warnings\nwarnings.warn('be careful')\nprint('done')`)
      expect([result.outcome, result.stdout]).toEqual(['OUTCOME_OK', 'done\n'])
      expect(result.stderr).toContain('UserWarning: be careful')
    },
  },
])

/** Output events with neighbours of one stream joined: chunks are the executor's business, order is not. */
function joined(events: readonly ExecutorEvent[]): [string, string][] {
  const runs: [string, string][] = []
  for (const event of events) {
    if (event.type !== 'stdout' && event.type !== 'stderr') continue
    const last = runs.at(-1)
    if (last?.[0] === event.type) last[1] += event.text
    else runs.push([event.type, event.text])
  }
  return runs
}
