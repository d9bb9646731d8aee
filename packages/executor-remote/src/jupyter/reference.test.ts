import { expect, test } from 'vitest'
import { readReference } from './reference.ts'

const DATA = { kernelId: 'kernel-1', serverSession: 'server-1', sessionId: 'socket-1', epoch: 'epoch-1' }

test('reads what another process needs', () => {
  expect(readReference({ executor: 'jupyter', id: 'session-1', generation: 2, data: encoded(DATA) })).toEqual(DATA)
})

test.each([
  ['another executor', { executor: 'pyodide', data: encoded(DATA) }],
  ['no data', { executor: 'jupyter' }],
  ['no JSON', { executor: 'jupyter', data: btoa('no JSON') }],
  ['no kernel', { executor: 'jupyter', data: encoded({ ...DATA, kernelId: undefined }) }],
])('refuses a reference with %s', (_, ref) => {
  expect(() => readReference({ id: 'session-1', generation: 1, ...ref })).toThrow(
    expect.objectContaining({ code: 'session_lost', started: 'no' }),
  )
})

function encoded(data: object): string {
  return btoa(JSON.stringify(data))
}
