import type { Capabilities } from '@interloop/core/executor'
import { PYODIDE_VERSION, PYTHON_VERSION } from './image/pyodide-version.ts'
import { GRACE_MS } from './program-watch.ts'
import { VERSION } from './version.ts'

/** From the kill to the result, on a busy machine, milliseconds. */
const KILL_MS = 1_000

/** What is true of one executor, as far as it is known. */
export interface Facts {
  readonly isolation: 'thread' | 'process' | 'sandbox'
  /** What was found out of this system and its image, for people. */
  readonly notes: readonly string[]
  /** That programs can import without a download. */
  readonly packages: Capabilities['packages']
}

/** What is true of a Pyodide executor; its level is final once it was prepared. */
export function describeCapabilities({ isolation, notes, packages }: Facts): Capabilities {
  const measuresCpu = isolation !== 'thread' && process.platform === 'linux'
  return {
    version: VERSION,
    languages: ['python'],
    runtime: `CPython ${PYTHON_VERSION} (Pyodide ${PYODIDE_VERSION})`,
    isolation,
    network: 'none',
    limits: {
      wallMs: 'enforced',
      cpuMs: measuresCpu ? 'enforced' : 'advisory',
      memoryBytes: 'enforced',
      outputBytes: 'enforced',
      outputHardBytes: 'enforced',
      displayBytes: 'enforced',
      fileBytes: 'enforced',
      files: 'enforced',
      sourceBytes: 'enforced',
      toolCalls: 'enforced',
    },
    stopMs: GRACE_MS + KILL_MS,
    idempotent: true,
    tools: true,
    snapshots: 'none',
    packages,
    notes: [...(isolation === 'thread' ? [THREAD_NOTE] : []), ...notes],
  }
}

const THREAD_NOTE =
  'Interpreters run in threads of this process: they have no way out but one through a defect of the engine, and one that brings the engine down takes the process along. For programs of one tenant.'
