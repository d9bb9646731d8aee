import { ExecutorError } from '@interloop/core/executor'
import { KERNEL_SOURCES, SOURCES } from '@interloop/python'
import { recordOf } from './frames.ts'

/** What the guest is told when it is put into a kernel. */
export interface BootOptions {
  /** A random id: another one, or none, proves that the interpreter is another one. */
  readonly epoch: string
  readonly owner: string
  /** Name of the folder to be made for the session. */
  readonly folder: string
  readonly imports: readonly string[]
  /** How much of results is kept, bytes. */
  readonly keepBytes: number
  readonly orphanMs: number
}

/** What it answers. */
export interface Booted {
  readonly epoch: string
  /** Whole path of the working folder, on the kernel's machine. */
  readonly folder: string
  /** `3.14.2` */
  readonly python: string
  readonly implementation: string
  /** Modules of `imports` that are not there. */
  readonly missing: readonly string[]
}

/** The results that a kernel keeps, bytes (remote.md 9, "Exactly once"). */
export const KEEP_BYTES: number = 64 * 2 ** 20

/** The request that puts the guest into a kernel. As an expression of `user_expressions` it leaves no name behind, and is not tokenised by IPython. */
export function bootRequest(options: BootOptions): object {
  const given = `__import__('json').loads(${pythonString(JSON.stringify({ options, sources: CARRIED }))})`
  const space = `{'__name__': 'interloop', **${given}}`
  const run = `exec(compile(${pythonString(BOOT)}, '<interloop>', 'exec'), space)`
  return {
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { interloop: `(lambda space: (${run}, space['booted'])[1])(${space})` },
    allow_stdin: false,
    stop_on_error: false,
  }
}

const { boot: BOOT = '', ...GUEST } = KERNEL_SOURCES

/** Of the runtime, what the guest imports. */
const SHARED = [
  ...['clock', 'console', 'displays', 'event_loop', 'figures', 'files', 'loader', 'outputs', 'patches', 'processes', 'program'],
  ...['tools', 'tracebacks'],
]

/** One meaning everywhere: a kernel has the same files as the other executors, and beside them those that are a kernel's. */
const CARRIED = { ...GUEST, ...Object.fromEntries(Object.entries(SOURCES).filter(([name]) => SHARED.includes(name))) }

/** The guest's answer; undefined where the kernel is no IPython and knows nothing of expressions. Throws where the guest failed. */
export function bootedOf(reply: Readonly<Record<string, unknown>>): Booted | undefined {
  const answer = recordOf(recordOf(reply['user_expressions'])['interloop'])
  if (answer['status'] === 'error') {
    const said = `${String(answer['ename'])}: ${String(answer['evalue'])}`
    throw new ExecutorError('unsupported', `the kernel could not take up what it needs: ${said}`, { started: 'no' })
  }
  const told = recordOf(answer['data'])['text/plain']
  return typeof told === 'string' && told.startsWith('{') ? bootedValue(recordOf(JSON.parse(told))) : undefined
}

/** What a guest says of itself; undefined where that is nothing. */
export function bootedValue({ epoch, folder, python, implementation, missing }: Readonly<Record<string, unknown>>): Booted | undefined {
  if (typeof epoch !== 'string' || typeof folder !== 'string' || typeof python !== 'string') return undefined
  return {
    epoch,
    folder,
    python,
    implementation: String(implementation),
    missing: Array.isArray(missing) ? missing.map(String) : [],
  }
}

/** JSON's strings are Python's, but for the half pairs of UTF-16, which do not occur here. */
function pythonString(text: string): string {
  return JSON.stringify(text)
}
