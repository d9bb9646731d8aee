import { expect, test } from 'vitest'
import type { ExecutorEvent } from '../executor.ts'
import { rememberOutput } from './continued-output.ts'

const out = (text: string): ExecutorEvent => ({ type: 'stdout', text })
const figure = (text: string): ExecutorEvent => ({ type: 'display', display: { data: { 'text/plain': text } } })

/** What comes through of a second run, after a first. */
function continued(first: readonly ExecutorEvent[], second: readonly ExecutorEvent[]): readonly ExecutorEvent[] {
  const passed: ExecutorEvent[] = []
  const told = rememberOutput((event) => passed.push(event))
  for (const event of first) told.emit(event)
  expect(passed).toEqual(first)
  const emit = told.continued()
  for (const event of second) emit(event)
  return passed.slice(first.length)
}

test('what comes again as it was is told once, however it is cut', () => {
  expect(continued([out('one\n'), out('two\n')], [out('o'), out('ne\ntwo\nthree\n'), out('four\n')])).toEqual([
    out('three\n'),
    out('four\n'),
  ])
  expect(continued([out('one\n')], [out('one\n')])).toEqual([])
})

test('what differs is told whole', () => {
  expect(continued([out('one\ntwo\n')], [out('one\n'), out('other\n'), out('end\n')])).toEqual([out('one\nother\n'), out('end\n')])
})

test('streams are apart, displays are told once, and all else passes', () => {
  const running: ExecutorEvent = { type: 'status', status: 'running' }
  const warned: ExecutorEvent = { type: 'stderr', text: 'one\n' }
  expect(continued([running, out('one\n'), figure('a')], [running, warned, figure('a'), figure('a'), out('one\n')])).toEqual([
    running,
    warned,
    figure('a'),
  ])
})

test('of a program that told more than is remembered, all is told again', () => {
  const long = out('x'.repeat(2 ** 20 + 1))
  expect(continued([long], [long])).toEqual([long])
})
