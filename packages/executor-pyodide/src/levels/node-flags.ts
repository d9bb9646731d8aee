/** How a guest's Node is started: what it must not do, and what makes it small and quick to start (pyodide.md 9.3, 12). */
export function guestFlags({ stackKilobytes, hasWorkers }: GuestFlagOptions): readonly string[] {
  return [...CONFINING, ...(hasWorkers ? ['--allow-worker'] : []), ...SPARING, `--stack-size=${stackKilobytes}`, '--input-type=module']
}

/** What differs from one guest to the next. */
export interface GuestFlagOptions {
  /** Of the stack that V8 may use; the process has to have it (native-stack.ts). */
  readonly stackKilobytes: number
  /** It has to watch its parent by a thread of its own. */
  readonly hasWorkers: boolean
}

/** Rights, all that Node can withhold: the script comes on standard input, so that none has to be given for it. */
const CONFINING = ['--permission', '--disallow-code-generation-from-strings', '--no-addons', '--disable-proto=throw', '--disable-sigusr1']

const SPARING = [
  '--no-warnings',
  // Files and the interpreter's memory are no part of it.
  '--max-old-space-size=96',
  // Compiling the interpreter's own loop better costs 150 ms and 20 MB, and makes no program quicker (pyodide.md 2.2).
  '--wasm-tiering-budget=200000000',
  '--wasm-lazy-validation',
]
