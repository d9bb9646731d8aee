import { expect, test } from 'vitest'
import type { Capabilities } from '../executor.ts'
import { combineCapabilities } from './combine-capabilities.ts'

const first: Capabilities = {
  version: '1',
  languages: ['python', 'r'],
  runtime: 'Pyodide',
  isolation: 'sandbox',
  limits: { wallMs: 'enforced', memoryBytes: 'enforced', files: 'none' },
  stopMs: 100,
  idempotent: true,
  tools: true,
  network: 'none',
  packages: [{ name: 'numpy' }],
  snapshots: 'full',
  notes: ['one'],
}

test('of two executors the weaker promise holds, and what is there is the first’s', () => {
  const second: Capabilities = {
    ...first,
    version: '2',
    languages: ['python'],
    runtime: 'CPython',
    isolation: 'none',
    limits: { wallMs: 'enforced', memoryBytes: 'advisory', files: 'enforced', cpuMs: 'enforced' },
    stopMs: 5_000,
    idempotent: false,
    tools: false,
    network: 'open',
    packages: [{ name: 'chess' }],
    snapshots: 'files',
    notes: ['two'],
  }
  expect(combineCapabilities(first, second)).toEqual({
    version: '1',
    languages: ['python'],
    runtime: 'Pyodide',
    isolation: 'none',
    limits: { wallMs: 'enforced', memoryBytes: 'advisory', files: 'none' },
    stopMs: 5_000,
    idempotent: false,
    tools: false,
    network: 'open',
    packages: [{ name: 'numpy' }],
    snapshots: 'none',
    notes: ['one', 'after a move: two'],
  })
})
