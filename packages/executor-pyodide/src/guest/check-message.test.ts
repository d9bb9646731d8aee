import { describe, expect, test } from 'vitest'
import { checkMessage } from './check-message.ts'
import { FrameError } from './frames.ts'
import type { Message } from './messages.ts'

const MESSAGES: readonly Message[] = [
  { type: 'ready', memoryBytes: 30 },
  { type: 'stdout', number: 1, text: 'ä' },
  { type: 'display', number: 1, display: { data: { 'text/plain': '1' } } },
  { type: 'status', number: 1, status: 'interrupting', detail: 'deadline' },
  { type: 'call', number: 1, id: '1', name: '__proto__', arguments: '{}' },
  { type: 'waiting', number: 1, isWaiting: true },
  { type: 'wake', id: 1, ms: 0.5 },
  { type: 'files', number: 1, files: [{ path: 'a', change: 'created', size: 1, sha256: '0', mimeType: 'text/plain' }] },
  { type: 'ended', number: 1, ran: {} },
  {
    type: 'ended',
    number: 1,
    ran: {
      reason: 'exception',
      value: { data: {} },
      error: { name: 'A', value: '', traceback: '', line: 1, missingModule: 'm' },
      exitCode: -1,
      state: 'lost',
      warnings: ['w'],
      dropped: { stdoutBytes: 1, displays: 2 },
      usage: { wallMs: 1.5, cpuMs: 1 },
    },
  },
  { type: 'piece', ask: 1 },
  { type: 'done', ask: 1 },
  { type: 'listed', ask: 1, files: [{ path: 'a', size: 1 }] },
  { type: 'failed', ask: 1, code: 'not_found', message: 'm' },
]

test.each(MESSAGES)('passes on what a guest tells: $type', (message) => {
  expect(checkMessage({ ...message })).toEqual(message)
})

test.each(MESSAGES)('leaves out what is no member of a message: $type', (message) => {
  expect(checkMessage({ ...message, more: 1, outcome: 'OUTCOME_OK' })).toEqual(message)
})

describe('ends at', () => {
  test.each([
    {},
    { type: 'unknown' },
    { type: '__proto__' },
    { type: 'toString' },
    { type: 1 },
    { type: 'ready', memoryBytes: -1 },
    { type: 'ready', memoryBytes: 1.5 },
    { type: 'stdout', number: 1, text: 1 },
    { type: 'stdout', text: 'no number' },
    { type: 'display', number: 1, display: {} },
    { type: 'display', number: 1, display: { data: [] } },
    { type: 'display', number: 1, display: { data: { 'text/plain': { deep: 1 } } } },
    { type: 'status', number: 1, status: 'running', detail: 'deadline' },
    { type: 'call', number: 1, id: '1', name: 'a', arguments: {} },
    { type: 'wake', id: 1, ms: -1 },
    { type: 'files', number: 1, files: {} },
    { type: 'files', number: 1, files: [{ path: 'a', change: 'stolen', size: 1 }] },
    { type: 'ended', number: 1 },
    { type: 'ended', number: 1, ran: { reason: 'aborted' } },
    { type: 'ended', number: 1, ran: { usage: { wallMs: 'long' } } },
    { type: 'ended', number: 1, ran: { error: { name: 'A' } } },
    { type: 'listed', ask: 1, files: [{ path: 1, size: 1 }] },
    { type: 'failed', ask: 1, code: 'session_lost', message: '' },
  ])('%j', (header) => {
    expect(() => checkMessage(header)).toThrow(FrameError)
  })
})

test('what a program says of its state and outcome is not believed', () => {
  const ran = { reason: 'exception', state: 'kept', outcome: 'OUTCOME_OK', generation: 7, moved: {}, stdout: 'x' }
  expect(checkMessage({ type: 'ended', number: 1, ran })).toEqual({ type: 'ended', number: 1, ran: { reason: 'exception' } })
})

test('names that objects have are names like others', () => {
  const data = JSON.parse('{"__proto__":"<b>","constructor":"x"}')
  const message = checkMessage({ type: 'display', number: 1, display: { data } })
  expect(JSON.stringify(message)).toBe('{"type":"display","number":1,"display":{"data":{"__proto__":"<b>","constructor":"x"}}}')
  expect(Object.getPrototypeOf(message)).toBe(Object.prototype)
})
