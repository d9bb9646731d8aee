import { createRequire } from 'node:module'
import type { Capabilities } from '@interloop/core/executor'
import type { Confined } from './confinement.ts'
import type { PythonEnvironment } from './environment.ts'

/** The supervisor kills a program that did not heed its interrupts after one second (execution.py); the rest is for a busy machine, milliseconds. */
const STOP_MS = 2_500

const CPU_NOTE = 'limits.cpuMs counts the interpreter, and those of its children that have ended.'

const NOTES = {
  none: [
    'Programs run with all rights of the process that made the executor: its files, its network, its other processes.',
    'limits.memoryBytes holds for each process of a program alone.',
    CPU_NOTE,
  ],
  sandbox: [],
} as const

/** What is true of a local executor; packages, memory and the version of Python are known once a session was started or prepared. */
export function describeCapabilities(
  isolation: 'sandbox' | 'none',
  network: 'none' | 'open',
  environment?: PythonEnvironment,
  confined?: Confined,
): Capabilities {
  const { version } = createRequire(import.meta.url)('../../package.json')
  return {
    version,
    languages: ['python'],
    runtime: environment?.runtime ?? 'CPython',
    isolation,
    network: isolation === 'none' ? 'open' : network,
    limits: {
      wallMs: 'enforced',
      // Where no process of others can be seen, those of a program are all counted.
      cpuMs: isolation === 'none' ? 'advisory' : 'enforced',
      memoryBytes: confined?.memory ?? 'advisory',
      outputBytes: 'enforced',
      outputHardBytes: 'enforced',
      displayBytes: 'enforced',
      sourceBytes: 'enforced',
      toolCalls: 'enforced',
      fileBytes: isolation === 'none' ? 'none' : 'enforced',
      files: 'none',
    },
    stopMs: STOP_MS,
    idempotent: true,
    tools: true,
    snapshots: 'none',
    packages: environment?.packages ?? [],
    notes: [...NOTES[isolation], ...(confined?.notes ?? [])],
  }
}
