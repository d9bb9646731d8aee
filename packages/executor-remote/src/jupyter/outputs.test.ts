import { expect, test } from 'vitest'
import { foldOutputs, guestEndOf } from './outputs.ts'

const text = (value: string) => ({ data: { 'text/plain': value } })

test('joins text by stream and tells each piece', () => {
  const outputs = foldOutputs()
  expect([
    outputs.take('stdout', { text: 'one ' }),
    outputs.take('stderr', { text: 'bad' }),
    outputs.take('stdout', { text: 'two' }),
  ]).toEqual([[{ type: 'stdout', text: 'one ' }], [{ type: 'stderr', text: 'bad' }], [{ type: 'stdout', text: 'two' }]])
  expect(outputs.folded()).toEqual({ stdout: 'one two', stderr: 'bad', displays: [] })
})

test('keeps one display in its last state, and shows nothing for an update of none', () => {
  const outputs = foldOutputs()
  outputs.take('display', { ...text('first'), id: 'a' })
  outputs.take('display', text('other'))
  expect(outputs.take('update', { ...text('second'), id: 'a' })).toEqual([{ type: 'display', display: text('second') }])
  expect(outputs.take('update', { ...text('of nothing'), id: 'b' })).toEqual([])
  expect(outputs.folded().displays).toEqual([text('second'), text('other')])
})

test('clears displays at once, or with the next one', () => {
  const outputs = foldOutputs()
  outputs.take('display', text('gone'))
  outputs.take('clear', { wait: false })
  expect(outputs.folded().displays).toEqual([])
  outputs.take('display', text('stays until the next'))
  outputs.take('clear', { wait: true })
  expect(outputs.folded().displays).toEqual([text('stays until the next')])
  outputs.take('display', text('next'))
  expect(outputs.folded().displays).toEqual([text('next')])
})

test('takes the last shown expression as the value, those before as displays', () => {
  const outputs = foldOutputs()
  outputs.take('value', text('1'))
  outputs.take('value', text('2'))
  expect(outputs.folded()).toEqual({ stdout: '', stderr: '', displays: [text('1')], value: text('2') })
})

test('leaves out of a bundle what is no text, and passes over kinds that it does not know', () => {
  const outputs = foldOutputs()
  expect(outputs.take('display', { data: { 'text/plain': 'kept', 'application/json': { no: 'text' } }, metadata: { width: 1 } })).toEqual([
    { type: 'display', display: { data: { 'text/plain': 'kept' }, metadata: { width: 1 } } },
  ])
  expect(outputs.take('started', {})).toEqual([])
})

test('reads the end of a program', () => {
  const end = {
    reason: 'exception',
    events: 3,
    wasInterrupted: false,
    stopped: 'deadline',
    error: { name: 'KeyError', value: "'x'", traceback: 'Traceback', line: 2 },
    files: [{ path: 'a.csv', change: 'created', size: 3, sha256: 'abc', mimeType: 'text/csv' }],
    dropped: { stdoutBytes: 5, displays: 0 },
    usage: { wallMs: 12.5, cpuMs: 3, toolMs: 0, peakMemoryBytes: 1024 },
  }
  expect(guestEndOf(end)).toEqual({ ...end, dropped: { stdoutBytes: 5 } })
})

test.each([undefined, null, {}, { reason: 'OUTCOME_OK', events: 1 }, { reason: 'completed' }, { reason: 'violation', events: 0 }])(
  'takes %j for no end',
  (value) => {
    expect(guestEndOf(value)).toBeUndefined()
  },
)

test('makes plain data of what a program put into its end', () => {
  expect(
    guestEndOf({
      reason: 'exit',
      events: 0,
      exitCode: 'seven',
      files: [null, { path: 1, change: 'hacked', size: 'large' }],
      usage: 'none',
    }),
  ).toEqual({
    reason: 'exit',
    events: 0,
    wasInterrupted: false,
    files: [
      { path: 'undefined', change: 'created', size: 0 },
      { path: '1', change: 'created', size: 0 },
    ],
    usage: { wallMs: 0, toolMs: 0 },
  })
})
