import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Decision } from './approval.ts'
import { createApprovals } from './approvals.ts'
import { OptionsError } from './errors.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an approval that is waited for', () => {
  it.each<[Decision, 'code' | 'tool']>([
    ['allow', 'code'],
    ['show', 'code'],
    ['deny', 'code'],
    [{ deny: 'too dear', ends: true }, 'code'],
    [{ edit: { code: 'print(4)' } }, 'code'],
    ['allow', 'tool'],
    ['deny', 'tool'],
    [{ deny: '' }, 'tool'],
    [{ edit: { arguments: undefined } }, 'tool'],
  ])('is answered by %j for %s', async (decision, kind) => {
    const { approvals, signal } = approvalsOf()
    const waiting = approvals.wait('a', kind)
    approvals.resolve('a', decision)
    expect(await waiting).toBe(decision)
    expectNothingLeft(signal)
  })

  it.each<[unknown, 'code' | 'tool', string]>([
    ['allowed', 'code', "must be one of 'allow', 'show', 'deny', { deny }, { edit: { code } }, got \"allowed\""],
    ['show', 'tool', "must be one of 'allow', 'deny', { deny }, { edit: { arguments } }, got \"show\""],
    [{ edit: { arguments: {} } }, 'code', 'got {"edit":{"arguments":{}}}'],
    [{ edit: { code: 'a' } }, 'tool', 'got {"edit":{"code":"a"}}'],
    [{ edit: { code: 4 } }, 'code', 'got {"edit":{"code":4}}'],
    [{ edit: 'a' }, 'code', 'got {"edit":"a"}'],
    [{ deny: true }, 'code', 'got {"deny":true}'],
    [undefined, 'code', 'got undefined'],
    [null, 'code', 'got null'],
    [4n, 'code', 'got 4n'],
  ])('refuses %o for %s, and still waits', async (decision, kind, message) => {
    const { approvals } = approvalsOf()
    const waiting = approvals.wait('a', kind)
    // What a caller without types may say.
    const thrown = errorOf(() => approvals.resolve('a', decision as Decision))
    expect(thrown).toBeInstanceOf(OptionsError)
    expect(thrown).toMatchObject({ option: 'decision', message: expect.stringContaining(message) })
    approvals.resolve('a', 'deny')
    expect(await waiting).toBe('deny')
  })

  it('expires after its time', async () => {
    const { approvals, signal } = approvalsOf()
    const waiting = approvals.wait('a', 'code')
    await vi.advanceTimersByTimeAsync(50)
    expect(await waiting).toBe('expired')
    expect(errorOf(() => approvals.resolve('a', 'allow'))).toMatchObject({ option: 'approvalId' })
    expectNothingLeft(signal)
  })

  it('rejects with the reason of an abort', async () => {
    const { approvals, controller, signal } = approvalsOf()
    const waiting = expect(approvals.wait('a', 'code')).rejects.toBe('enough')
    controller.abort('enough')
    await waiting
    expectNothingLeft(signal)
  })

  it('rejects at once after an abort', async () => {
    const { approvals, controller, signal } = approvalsOf()
    controller.abort('enough')
    await expect(approvals.wait('a', 'code')).rejects.toBe('enough')
    expect(errorOf(() => approvals.resolve('a', 'allow'))).toMatchObject({ option: 'approvalId' })
    expectNothingLeft(signal)
  })
})

describe('an approval that is not waited for', () => {
  it('cannot be answered, and neither can one twice', async () => {
    const { approvals } = approvalsOf()
    const waiting = approvals.wait('a', 'code')
    expect(errorOf(() => approvals.resolve('b', 'allow'))).toMatchObject({
      option: 'approvalId',
      message: 'No approval "b" is waited for in this run; loop.approval_required tells those that are',
    })
    approvals.resolve('a', 'allow')
    expect(errorOf(() => approvals.resolve('a', 'allow'))).toBeInstanceOf(OptionsError)
    expect(await waiting).toBe('allow')
  })
})

function approvalsOf() {
  const controller = new AbortController()
  return { approvals: createApprovals(50, controller.signal), controller, signal: controller.signal }
}

function errorOf(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

function expectNothingLeft(signal: AbortSignal): void {
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
}
