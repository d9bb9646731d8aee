import { expect, test } from 'vitest'
import { createOutputs, FLUSH_BYTES, FLUSH_MS } from './outputs.ts'

/** Outputs whose time stands still until it is set. */
function open(limit: number) {
  const told: (readonly [string, string])[] = []
  const clock = { time: 0 }
  const outputs = createOutputs(
    limit,
    () => clock.time,
    (stream, text) => told.push([stream, text]),
  )
  return { told, clock, outputs, write: (stream: 'stdout' | 'stderr', text: string) => outputs.add(stream, Buffer.from(text)) }
}

test('tells what is written at once, in order between the streams', () => {
  const { told, outputs, write } = open(100)
  write('stdout', 'a\n')
  write('stderr', 'b\n')
  write('stdout', 'c\n')
  expect(told).toEqual([
    ['stdout', 'a\n'],
    ['stderr', 'b\n'],
    ['stdout', 'c\n'],
  ])
  expect([outputs.finish(), outputs.bytes, told.length]).toEqual([{}, 6, 3])
})

test('tells many lines together, when a while has passed, when they are long, or when something has to come after them', () => {
  const { told, clock, outputs, write } = open(2 ** 20)
  for (let line = 0; line < 100; line += 1) write('stdout', 'x\n')
  const atOnce = told.length
  expect(atOnce).toBeLessThan(50)
  clock.time = FLUSH_MS
  outputs.flushOld()
  expect([told.length, told.map(([, text]) => text).join('')]).toEqual([atOnce + 1, 'x\n'.repeat(100)])
  for (let line = 0; line < 100; line += 1) write('stdout', 'y\n')
  const before = told.length
  outputs.flush()
  expect([told.length, told.at(-1)?.[1].startsWith('y\n')]).toEqual([before + 1, true])
  write('stdout', 'z'.repeat(FLUSH_BYTES))
  expect(told.length).toBe(before + 2)
})

test('a character that is written in parts is told whole, and half of one at the end is replaced', () => {
  const { told, outputs } = open(100)
  const [first, ...rest] = Buffer.from('😀')
  outputs.add('stdout', Uint8Array.from([first ?? 0]))
  outputs.add('stdout', Uint8Array.from(rest))
  outputs.add('stdout', Uint8Array.from([0xe4]))
  outputs.finish()
  expect(told.map(([, text]) => text).join('')).toBe('😀\uFFFD')
})

test('keeps the tail of what is beyond the limit, and counts what lies between to the byte', () => {
  const { told, outputs, write } = open(1_000)
  const all = Array.from({ length: 3_000 }, (_, number) => `ä ${number}\n`).join('')
  for (const line of all.split(/(?<=\n)/)) write('stdout', line)
  const { stdoutBytes = 0, stderrBytes } = outputs.finish()
  const text = told.map(([, part]) => part).join('')
  const size = Buffer.byteLength(text)
  expect([stderrBytes, stdoutBytes + size]).toEqual([undefined, Buffer.byteLength(all)])
  expect([size > 1_400, size <= 1_504, text.isWellFormed(), text.includes('\uFFFD')]).toEqual([true, true, true, false])
  expect([all.startsWith(text.slice(0, 800)), all.endsWith(text.slice(-400))]).toEqual([true, true])
})

test('drops nothing of what is exactly as long as it may be', () => {
  const { told, outputs, write } = open(10)
  write('stderr', '0123456789')
  expect([outputs.finish(), told]).toEqual([{}, [['stderr', '0123456789']]])
})
