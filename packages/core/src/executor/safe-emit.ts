import type { ExecutorEvent } from '../executor.ts'

/** `emit` of the port never throws: what a listener throws changes nothing for the program, and there is nobody to tell it to. */
export function safeEmit(emit: ((event: ExecutorEvent) => void) | undefined): (event: ExecutorEvent) => void {
  return (event) => {
    try {
      emit?.(event)
    } catch {
      // See above.
    }
  }
}
