import { findOnPath, runProgram } from '@interloop/executor-kit'

/** The stack that a process has for its interpreter. A thread's is told to `Worker`; a process has what the system gives its main thread. */
export interface NativeStack {
  /** What V8 may use, KiB. */
  readonly kilobytes: number
  /** The shell that starts a command with this stack; undefined where it is the one that every process has. */
  readonly shell?: string | undefined
}

/** What every Linux and macOS gives: 8 MiB, of which V8 takes no more than half, for what is not its own. */
const ORDINARY: NativeStack = { kilobytes: 3_900 }

/** On Windows 1 MiB, which is V8's default. */
const WINDOWS: NativeStack = { kilobytes: 984 }

/** The most that macOS allows. Address space: only what recursion reaches becomes memory. */
const WIDE_KILOBYTES = 65_520

/** The largest stack that this system gives. Found out once. */
export function findNativeStack(): Promise<NativeStack> {
  found ??= process.platform === 'win32' ? Promise.resolve(WINDOWS) : find()
  return found
}

let found: Promise<NativeStack> | undefined

async function find(): Promise<NativeStack> {
  const shell = findOnPath('sh')
  const wide: NativeStack = { kilobytes: WIDE_KILOBYTES - 4_096, shell }
  return shell !== undefined && (await works(wide)) ? wide : ORDINARY
}

/** Where the limit may not be raised, the shell says so and starts nothing. */
async function works(stack: NativeStack): Promise<boolean> {
  const [file = '', ...given] = withStack(stack, [process.execPath, '--version'])
  try {
    const { code } = await runProgram(file, given, { env: {} })
    return code === 0
  } catch {
    return false
  }
}

/** The command that runs another one with this stack, as the same process. */
export function withStack({ shell }: NativeStack, command: readonly string[]): readonly string[] {
  return shell === undefined ? command : [shell, '-c', `ulimit -s ${WIDE_KILOBYTES} && exec "$@"`, 'sh', ...command]
}
