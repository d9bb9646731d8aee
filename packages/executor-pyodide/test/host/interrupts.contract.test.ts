import { hostedBoot } from '@interloop/python'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPythonChannel } from '../../src/guest/python-channel.ts'
import { type Interpreter, startInterpreter } from './interpreter.ts'

// Python of `packages/python/src/hosted` over a host that interrupts it at ever other places.

const PROGRAMS = 150

/** What the interpreter told since the last look; a frame that is not whole throws in the channel, and ends the run. */
let told: Readonly<Record<string, unknown>>[] = []
let unanswered: { readonly id: unknown; readonly value: unknown }[] = []
/** How often the host is still asked before it has a signal; 0 when it had it. */
let asked = 0
/** How often it was asked since. */
let askedInVain = 0
let number = 0
let interpreter: Interpreter

const channel = createPythonChannel((message) => {
  told.push(message)
  if (message['type'] === 'call') unanswered.push({ id: message['id'], value: JSON.parse(String(message['arguments'])) })
}, answerAll)

beforeAll(() => {
  interpreter = startInterpreter({ device: channel.device, dueSignal })
  expect(interpreter.run(hostedBoot())).toBe('')
  channel.lay({ type: 'start', folder: '/home', environment: {} })
  expect([interpreter.host.run('tick()'), told]).toEqual([true, [{ type: 'ready', version: '3.14.2' }]])
})

describe.each([
  ['calls tools', 'display(1)\n  print(tools.echo(n=1))'],
  ['gathers tools', 'await asyncio.gather(tools.aio.echo(n=1), tools.aio.echo(n=2), asyncio.sleep(0.001))'],
])('a program that %s and is interrupted anywhere', (_what, body) => {
  test('ends by KeyboardInterrupt, all its frames are whole, and the next one gets its own answers', () => {
    for (let round = 1; round <= PROGRAMS; round += 1) {
      asked = 1 + (round % 4)
      const interrupted = execute(`import asyncio\nfor _ in range(${(round * 13) % 4001}): pass\nwhile True:\n  ${body}\n`)
      expect(interrupted).toMatchObject({ reason: 'exception', error: { name: 'KeyboardInterrupt' } })
      asked = 0
      expect(execute(`tools.echo(n=${round})['n'], (await tools.aio.echo(n=${-round}))['n']`)).toEqual({
        reason: 'completed',
        value: { data: { 'text/plain': `(${round}, ${-round})` } },
      })
    }
  })
})

test('a signal after the end of a program is ignored', () => {
  for (let round = 0; round < 50; round += 1) {
    asked = 0
    expect(execute('1')).toMatchObject({ reason: 'completed' })
    asked = 1
    // Not run as a program: nothing here belongs to one.
    expect(interpreter.host.run('for _ in range(5000): pass')).toBe(true)
    expect(asked).toBe(0)
  }
})

test('a request that follows answers to a program that is over is found', () => {
  for (let late = 0; late < 5; late += 1) channel.lay({ type: 'answer', id: '1', value: 'late' })
  expect(execute('7')).toEqual({ reason: 'completed', value: { data: { 'text/plain': '7' } } })
})

/** What became of a program. */
function execute(code: string): unknown {
  number += 1
  told = []
  unanswered = []
  askedInVain = 0
  channel.lay({ type: 'execute', number, code, displayBytes: 2 ** 20, toolCalls: 5_000 })
  expect(interpreter.host.run('tick()')).toBe(true)
  expect([told[0], told.filter(({ type }) => type === 'begun' || type === 'ended').length]).toEqual([{ type: 'begun' }, 2])
  const end = told.at(-1)
  expect([end?.['type'], end?.['number']]).toEqual(['ended', number])
  return end?.['ran']
}

function dueSignal(): number {
  if (asked === 0) {
    askedInVain += 1
    if (askedInVain > 1_000) throw new Error('an interrupt was lost')
    return 0
  }
  const isProgram = told.some(({ type }) => type === 'begun')
  if (!isProgram) return 0 // as a guest's loop does
  asked -= 1
  return asked === 0 ? 2 : 0
}

function answerAll(): void {
  for (const answer of unanswered.splice(0)) channel.lay({ type: 'answer', ...answer })
}
