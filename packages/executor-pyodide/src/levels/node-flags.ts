/** How a guest's Node is started: what it must not do, and what makes it small and quick to start (pyodide.md 9.3, 12). */
export function guestFlags({ platform = process.platform, hasWorkers = false }: GuestFlagOptions = {}): readonly string[] {
  return [
    ...CONFINING,
    ...(hasWorkers ? ['--allow-worker'] : []),
    ...SPARING,
    // The stack of the main thread is 1 MB there, and Node does not grow it.
    ...(platform === 'win32' ? [] : ['--stack-size=3900']),
    '--input-type=module',
  ]
}

/** What differs from one guest to the next. */
export interface GuestFlagOptions {
  readonly platform?: NodeJS.Platform | undefined
  /** It has to watch its parent by a thread of its own. */
  readonly hasWorkers?: boolean | undefined
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
