import { expect, test } from 'vitest'
import { type Effect, type End, type ExecutionState, type Heard, NEW_EXECUTION, transition } from './execution-state.ts'

const END: End = { events: 2, wasInterrupted: false }
const FOREIGN: End = { events: 2, wasInterrupted: true, errorName: 'KeyboardInterrupt' }

/** All that was to be done after the last thing heard, and the state it led to. */
function after(...heard: readonly Heard[]): { readonly state: ExecutionState; readonly effects: readonly Effect[] } {
  let step = transition(NEW_EXECUTION, { type: 'begin', isUp: true })
  for (const each of heard) step = transition(step.state, each)
  return step
}

const event = (number: number): Heard => ({ type: 'event', number })
const stop = (reason: 'deadline' | 'aborted'): Heard => ({ type: 'stop', reason })
const settled = (verdict: object) => [{ type: 'settle', verdict }]

test('submits at once where the line is up, and waits where it is down', () => {
  expect(transition(NEW_EXECUTION, { type: 'begin', isUp: true }).effects).toEqual([{ type: 'submit' }])
  expect(transition(NEW_EXECUTION, { type: 'begin', isUp: false })).toEqual({ state: NEW_EXECUTION, effects: [] })
})

test('runs from its first event on', () => {
  expect(after(event(0)).state).toEqual({ phase: 'running', isSubmitted: true, hasStarted: true, taken: 1, interrupts: 0 })
})

test('ends once the kernel has said so and all that it told was taken', () => {
  expect(after(event(0), event(1), { type: 'end', end: END }).effects).toEqual(settled({ type: 'ended' }))
})

test('waits for events that are on their way after the end, then asks for them, once each', () => {
  const early = after(event(0), { type: 'end', end: END })
  expect([early.state.phase, early.effects]).toEqual(['collecting', [{ type: 'await_events' }]])
  expect(transition(early.state, event(1)).effects).toEqual(settled({ type: 'ended' }))
  expect(transition(early.state, { type: 'late' }).effects).toEqual([{ type: 'query' }])
  expect(transition(early.state, { type: 'end', end: END }).effects).toEqual([])
})

test('passes over an event that it has, and asks the ledger where one is missing', () => {
  expect(after(event(0), event(0)).state.taken).toBe(1)
  expect(after(event(0), event(2))).toMatchObject({ state: { taken: 1 }, effects: [{ type: 'query' }] })
  expect(after({ type: 'end', end: { ...END, events: 3 } }, event(2)).effects).toEqual([])
  expect(after({ type: 'late' }).effects).toEqual([])
})

test('asks the ledger after each cut, wherever it stood', () => {
  for (const before of [[], [event(0)], [event(0), stop('aborted')]]) {
    expect(after(...before, { type: 'up' }).effects).toEqual([{ type: 'query' }])
  }
})

test('submits anew where the ledger does not know it, since that attempt never begins', () => {
  expect(after({ type: 'absent' }).effects).toEqual([{ type: 'submit' }])
  expect(after(event(0), { type: 'absent' }).effects).toEqual([])
})

test('never runs where it was stopped before it began', () => {
  expect(after(stop('aborted'), { type: 'absent' }).effects).toEqual(settled({ type: 'never' }))
})

test('takes up what the ledger knows: it runs, it has ended, its result is gone', () => {
  expect(after({ type: 'known', state: 'running' }).state).toMatchObject({ phase: 'running', hasStarted: true })
  expect(after({ type: 'known', state: 'ended' }).effects).toEqual([{ type: 'query' }])
  expect(after({ type: 'end', end: END }, { type: 'known', state: 'ended' }).effects).toEqual([])
  expect(after({ type: 'known', state: 'gone' }).effects).toEqual(settled({ type: 'result_gone' }))
})

test('is interrupted by the guest, then by the server, then given up', () => {
  const first = after(event(0), stop('deadline'))
  expect(first.effects).toEqual([{ type: 'interrupt', by: 'guest' }])
  const second = transition(first.state, { type: 'grace' })
  expect(second.effects).toEqual([{ type: 'interrupt', by: 'server' }])
  expect(transition(second.state, { type: 'grace' }).effects).toEqual(settled({ type: 'runaway' }))
})

test('keeps the first reason to stop, and needs none after its end', () => {
  expect(after(stop('deadline'), stop('aborted'))).toMatchObject({ state: { stopped: 'deadline', interrupts: 1 }, effects: [] })
  expect(after({ type: 'end', end: END }, stop('aborted')).effects).toEqual([])
  expect(after(event(0), stop('aborted'), { type: 'end', end: END }, { type: 'grace' }).effects).toEqual([])
  expect(after(event(0), { type: 'grace' }).effects).toEqual([])
})

test('is a result of a stop where the program was interrupted by us', () => {
  expect(after(event(0), event(1), stop('aborted'), { type: 'end', end: FOREIGN }).effects).toEqual(settled({ type: 'ended' }))
})

test('finds out whose interrupt it was where nobody here asked for one', () => {
  const checking = after(event(0), event(1), { type: 'end', end: FOREIGN })
  expect([checking.state.phase, checking.effects]).toEqual(['checking', [{ type: 'check' }]])
  expect(transition(checking.state, { type: 'end', end: FOREIGN }).effects).toEqual([])
  // The same interpreter answers, or nothing was proved in time: the program's own.
  expect(transition(checking.state, { type: 'alive' }).effects).toEqual(settled({ type: 'ended' }))
  expect(transition(checking.state, { type: 'unproven' }).effects).toEqual(settled({ type: 'ended' }))
  expect(transition(checking.state, { type: 'death', sign: 'shut_down' }).effects).toEqual(
    settled({ type: 'lost', sign: 'shut_down', started: 'yes' }),
  )
  expect(after(event(0), { type: 'alive' }).effects).toEqual([])
  expect(after(event(0), { type: 'unproven' }).effects).toEqual([])
})

test('takes a KeyboardInterrupt that the program raised itself as its end', () => {
  const own: End = { events: 2, wasInterrupted: false, errorName: 'KeyboardInterrupt' }
  expect(after(event(0), event(1), { type: 'end', end: own }).effects).toEqual(settled({ type: 'ended' }))
})

test('is a result where the interpreter died by itself, and an error where others ended it', () => {
  expect(after(event(0), { type: 'death', sign: 'died' }).effects).toEqual(settled({ type: 'died' }))
  for (const sign of ['shut_down', 'gone', 'replaced', 'unreachable', 'unauthorized', 'fenced'] as const) {
    expect(after({ type: 'death', sign }).effects).toEqual(settled({ type: 'lost', sign, started: 'unknown' }))
    expect(after(event(0), { type: 'death', sign }).effects).toEqual(settled({ type: 'lost', sign, started: 'yes' }))
  }
})

test('doubts whether it had begun where the interpreter died before its first event', () => {
  const doubting = after({ type: 'death', sign: 'died' })
  expect([doubting.state.phase, doubting.effects]).toEqual(['doubting', [{ type: 'await_answer' }]])
  // The next interpreter got what was meant for the one before, or nobody did.
  expect(transition(doubting.state, { type: 'no_guest' }).effects).toEqual(settled({ type: 'lost', sign: 'died_before', started: 'no' }))
  expect(transition(doubting.state, { type: 'late' }).effects).toEqual(settled({ type: 'died' }))
})

test('says that nothing started where nothing was written', () => {
  const waiting = transition(NEW_EXECUTION, { type: 'begin', isUp: false }).state
  for (const sign of ['died', 'gone', 'unreachable'] as const) {
    expect(transition(waiting, { type: 'death', sign }).effects).toEqual(settled({ type: 'lost', sign, started: 'no' }))
  }
})

test('has its result where the interpreter died only after the end', () => {
  const checking = after(event(0), event(1), { type: 'end', end: FOREIGN })
  expect(transition(checking.state, { type: 'death', sign: 'died' }).effects).toEqual(settled({ type: 'ended' }))
})

test('says that nothing started where the kernel has no guest, since such a kernel gets an empty program', () => {
  expect(after({ type: 'no_guest' }).effects).toEqual(settled({ type: 'lost', sign: 'replaced', started: 'no' }))
  expect(after(event(0), { type: 'no_guest' }).effects).toEqual(settled({ type: 'lost', sign: 'replaced', started: 'yes' }))
})

test('ends in the result of a stop where the line stays down meanwhile', () => {
  expect(after(event(0), stop('deadline'), { type: 'death', sign: 'unreachable' }).effects).toEqual(settled({ type: 'runaway' }))
})

test('hears nothing after its end', () => {
  const over = after(event(0), event(1), { type: 'end', end: END }).state
  for (const heard of [event(2), { type: 'up' }, stop('aborted'), { type: 'death', sign: 'died' }] as const) {
    expect(transition(over, heard)).toEqual({ state: over, effects: [] })
  }
})

test('says of a program that was cut off from a kernel which keeps nothing that nobody knows, unless it was never sent', () => {
  const cut: Heard = { type: 'death', sign: 'cut' }
  expect(after(cut).effects).toEqual(settled({ type: 'lost', sign: 'cut', started: 'unknown' }))
  expect(after(event(0), cut).effects).toEqual(settled({ type: 'lost', sign: 'cut', started: 'unknown' }))
  expect(after(event(0), stop('aborted'), cut).effects).toEqual(settled({ type: 'runaway' }))
  expect(transition(NEW_EXECUTION, cut).effects).toEqual(settled({ type: 'lost', sign: 'cut', started: 'no' }))
})
