import { findOnPath, runProgram } from '@interloop/executor-kit'

/** How a guest is made to end with its parent, also while it spins in C and hears nothing (pyodide.md 12). */
export type OrphanWatch =
  /** The kernel kills it: `setpriv --pdeathsig KILL`. */
  | { readonly kind: 'kernel'; readonly setpriv: string }
  /** A thread of its own waits for the end of a pipe, and kills it. */
  | { readonly kind: 'thread' }

/** What this system has. Found out once. */
export function findOrphanWatch(): Promise<OrphanWatch> {
  found ??= find()
  return found
}

let found: Promise<OrphanWatch> | undefined

async function find(): Promise<OrphanWatch> {
  const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : undefined
  // Some have the program without the option.
  return setpriv !== undefined && (await works(setpriv)) ? { kind: 'kernel', setpriv } : { kind: 'thread' }
}

async function works(setpriv: string): Promise<boolean> {
  try {
    const { code } = await runProgram(setpriv, tied([process.execPath, '--version']), { env: {} })
    return code === 0
  } catch {
    return false
  }
}

/** The arguments of `setpriv` that run a command which is killed when the thread that started it ends. */
export function tied(command: readonly string[]): readonly string[] {
  return ['--pdeathsig', 'KILL', ...command]
}
