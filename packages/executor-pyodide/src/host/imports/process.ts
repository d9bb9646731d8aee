import { GuestAbort, GuestExit } from '../faults.ts'
import { byteText, fromByteText } from '../file-system/byte-text.ts'
import type { ImportContext, Imports } from './import-context.ts'

/** How the interpreter ends, and what it does with signals. */
export function processImports(context: ImportContext): Imports {
  return {
    /** exit(3): ends the run with a `GuestExit`. */
    exit: leave,
    /** _exit(2): the same. */
    proc_exit: leave,
    /** abort(3): ends the run with a `GuestAbort`. */
    _abort_js: () => {
      throw new GuestAbort('the interpreter gave up')
    },
    /** assert(3) that did not hold: a `GuestAbort` with its text. */
    __assert_fail: (text: number) => {
      throw new GuestAbort(`the interpreter gave up: ${shortText(context, text)}`)
    },
    /** Asked between instructions of Python: the number of a signal that is due, or 0. The host is asked every 32nd time, as that costs something. */
    _Py_CheckEmscriptenSignals_Helper: () => {
      const { state, options } = context
      const pending = state.pendingSignal
      if (pending !== 0) {
        state.pendingSignal = 0
        return pending
      }
      state.checks += 1
      return state.checks % CHECKS_BETWEEN === 0 ? options.dueSignal() : 0
    },
    /** Calls a handler that C set for a signal; what is none ends the run. */
    __call_sighandler: (slot: number, signal: number) => {
      const handler: unknown =
        slot > 0 && slot < context.exports.__indirect_function_table.length ? context.exports.__indirect_function_table.get(slot) : null
      if (typeof handler !== 'function' || handler.length !== 1) throw new GuestAbort(`the handler of signal ${signal} is no function`)
      handler(signal)
    },
  }
}

function leave(code: number): never {
  throw new GuestExit(code)
}

/** A text for people, whatever the pointer is. */
function shortText({ memory }: ImportContext, pointer: number): string {
  try {
    return fromByteText(byteText(memory.zeroTerminated(pointer, MOST_TEXT_BYTES))) ?? ''
  } catch {
    return ''
  }
}

const CHECKS_BETWEEN = 32
const MOST_TEXT_BYTES = 1_024
