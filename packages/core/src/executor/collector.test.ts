import { describe, expect, test } from 'vitest'
import type { Display, ExecutorEvent } from '../executor.ts'
import { collect } from './collector.ts'

const LIMITS = { outputBytes: 100, outputHardBytes: 1_000, displayBytes: 20 }
const FIGURE: Display = { data: { 'image/png': 'iVBORw0=' } }

describe('collect', () => {
  test('passes events on in order and collects them by kind', () => {
    const { collector, events } = collecting()
    const file = { path: 'a.txt', change: 'created' as const, size: 1 }
    const emitted: ExecutorEvent[] = [
      { type: 'status', status: 'running' },
      { type: 'stdout', text: 'a' },
      { type: 'stderr', text: 'e' },
      { type: 'stdout', text: 'b' },
      { type: 'display', display: FIGURE },
      { type: 'file', file },
    ]
    for (const event of emitted) collector.emit(event)
    expect(events).toEqual(emitted)
    expect(collector.collected()).toEqual({ stdout: 'ab', stderr: 'e', displays: [FIGURE], files: [file] })
  })

  test('ignores what comes after it was closed', () => {
    const { collector, events } = collecting()
    collector.emit({ type: 'stdout', text: 'in time' })
    collector.close()
    collector.emit({ type: 'stdout', text: 'late' })
    expect([events.length, collector.collected().stdout]).toEqual([1, 'in time'])
  })

  test('counts what is beyond the limits, for each stream and for displays', () => {
    const { collector, events } = collecting()
    collector.emit({ type: 'stdout', text: 'o'.repeat(150) })
    collector.emit({ type: 'stderr', text: 'e'.repeat(101) })
    for (let number = 0; number < 4; number += 1) collector.emit({ type: 'display', display: FIGURE })
    const collected = collector.collected()
    expect(collected.dropped).toEqual({ stdoutBytes: 50, stderrBytes: 1, displays: 2 })
    expect([collected.displays.length, events.filter((event) => event.type === 'display').length]).toEqual([2, 2])
  })

  test('tells once that the hard limit was passed, by both streams together', () => {
    const { collector, hits } = collecting()
    collector.emit({ type: 'stdout', text: 'o'.repeat(600) })
    collector.emit({ type: 'stderr', text: 'e'.repeat(400) })
    expect(hits()).toBe(0)
    collector.emit({ type: 'stdout', text: 'o' })
    collector.emit({ type: 'stdout', text: 'o' })
    expect(hits()).toBe(1)
  })

  test('emits what was only returned', () => {
    const { collector, events } = collecting()
    const file = { path: 'a.txt', change: 'created' as const, size: 1 }
    collector.addUntold('stdout', 'returned')
    collector.addUntold('stderr', '')
    collector.addUntoldDisplays([FIGURE])
    collector.addUntoldFiles([file])
    expect(events).toEqual([
      { type: 'stdout', text: 'returned' },
      { type: 'display', display: FIGURE },
      { type: 'file', file },
    ])
    expect(collector.collected()).toEqual({ stdout: 'returned', stderr: '', displays: [FIGURE], files: [file] })
  })

  test('takes what was returned instead of what was emitted, and does not tell it twice', () => {
    const { collector, events } = collecting()
    const file = { path: 'a.txt', change: 'created' as const, size: 1 }
    collector.emit({ type: 'stdout', text: 'emitted' })
    collector.emit({ type: 'display', display: FIGURE })
    collector.emit({ type: 'file', file })
    collector.addUntold('stdout', 'emitted, and the rest')
    collector.addUntoldDisplays([])
    collector.addUntoldFiles([file, { ...file, path: 'b.txt' }])
    expect(events.length).toBe(3)
    const collected = collector.collected()
    expect([collected.stdout, collected.displays, collected.files.map(({ path }) => path)]).toEqual([
      'emitted, and the rest',
      [],
      ['a.txt', 'b.txt'],
    ])
  })
})

function collecting() {
  const events: ExecutorEvent[] = []
  let hardLimitHits = 0
  const collector = collect(
    LIMITS,
    (event) => events.push(event),
    () => {
      hardLimitHits += 1
    },
  )
  return { collector, events, hits: () => hardLimitHits }
}
