import { CallError } from '../errno.ts'
import { type ImportContext, type Imports, wasiCalls } from './import-context.ts'

/** What time it is. */
export function clockImports(context: ImportContext): Imports {
  const { memory, options } = context
  return {
    ...wasiCalls({
      /** clock_gettime(2): the date, or a clock that only goes forward, in nanoseconds. */
      clock_time_get: (clock: number, _precision: bigint, target: number) => {
        memory.setInt64(target, nanoseconds(timeOf(context, clock)))
        return 0
      },
      /** clock_getres(2): a microsecond. */
      clock_res_get: (clock: number, target: number) => {
        timeOf(context, clock)
        memory.setInt64(target, RESOLUTION_NS)
        return 0
      },
    }),
    /** Milliseconds of the clock that only goes forward. */
    emscripten_get_now: () => options.clock.now(),
    /** Milliseconds since 1970. */
    emscripten_date_now: () => options.clock.date(),
    /** setitimer(2): the signal never comes. */
    _setitimer_js: () => 0,
  }
}

/** Of WASI's clocks: the date, and three that go forward (the time of the process and of the thread are not known apart). */
function timeOf({ options }: ImportContext, clock: number): number {
  if (clock === DATE) return options.clock.date()
  if (clock > DATE && clock <= LAST_CLOCK) return options.clock.now()
  throw new CallError('EINVAL')
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n
}

const DATE = 0
const LAST_CLOCK = 3
const RESOLUTION_NS = 1_000n
