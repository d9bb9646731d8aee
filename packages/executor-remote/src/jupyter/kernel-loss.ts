import { ExecutorError } from '@interloop/core/executor'
import type { DeathSign } from './execution-state.ts'

/** A kernel of another language would take Python for its own. */
export function notPython(kernel: string, language: string): ExecutorError {
  const told = `the kernel ${JSON.stringify(kernel)} runs ${language}, not Python: say another one as the option kernel`
  return new ExecutorError('unsupported', told, { started: 'no' })
}

/** For one that its server gave up, or somebody ended, before it answered. */
export function neverReady(kernel: string, cause: unknown): ExecutorError {
  const told = `the kernel ${JSON.stringify(kernel)} ended before it was ready: the log of the Jupyter server says why`
  return new ExecutorError('unavailable', told, { started: 'no', cause })
}

/** The error for a kernel that is no more. */
export function lost(sign: DeathSign, started: ExecutorError['started'] = 'no'): ExecutorError {
  const code = sign === 'unauthorized' ? 'unauthorized' : 'session_lost'
  return new ExecutorError(code, SENTENCES[sign], { started, stateLost: true })
}

const SENTENCES: Readonly<Record<DeathSign, string>> = {
  died: 'the interpreter died while no program ran: all variables are gone',
  died_before: 'the interpreter died before the program began: all variables are gone',
  shut_down: 'the kernel was shut down by its server or by somebody else: all variables are gone',
  gone: 'the kernel is gone, deleted by its server or by somebody else: all variables are gone',
  replaced: 'the interpreter was started anew by somebody else: all variables are gone',
  unreachable: 'the Jupyter server could not be reached for too long: the session is given up',
  unauthorized: 'the Jupyter server does not accept our token any more: the session is given up. Check the option token',
  cut: 'the line was lost while the program ran in a kernel that is no IPython, which cannot say what became of it: the session is given up',
  fenced: 'another process has taken this session over',
}
