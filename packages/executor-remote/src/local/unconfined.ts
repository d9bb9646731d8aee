import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ExecutorError } from '@interloop/core/executor'
import type { Confined } from './confinement.ts'

/**
 * A Python without any confinement: the rights of this process, but an environment of its own, which holds no secret of the host.
 * Throws `ExecutorError` `unsupported` on Windows.
 */
export async function unconfined(python: string): Promise<Confined> {
  if (process.platform === 'win32') {
    throw new ExecutorError(
      'unsupported',
      'localExecutor() runs on Linux and macOS: its supervisor forks interpreters. No program was run',
      {
        started: 'no',
      },
    )
  }
  const workFolder = await mkdtemp(join(tmpdir(), 'interloop-'))
  return {
    file: python,
    args: [],
    env: {
      PATH: process.env['PATH'] ?? ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      LANG: 'C.UTF-8',
      ...inherited('HOME', 'TMPDIR', 'TZ'),
    },
    descriptors: new Map(),
    python,
    memory: 'advisory',
    oomKills: () => Promise.resolve(0),
    notes: [],
    workFolder,
    // Its supervisor removes it, unless a program ended that.
    close: () => rm(workFolder, { recursive: true, force: true }).catch(() => undefined),
  }
}

/** Prints once that programs are not confined (design.md 12). */
export function warnUnconfined(): void {
  if (hasWarned) return
  hasWarned = true
  process.emitWarning(
    `localExecutor({ isolation: 'none' }) runs programs with all rights of this process. Run no program there that you would not run yourself.`,
    { code: 'INTERLOOP_ISOLATION_NONE' },
  )
}

let hasWarned = false

function inherited(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
