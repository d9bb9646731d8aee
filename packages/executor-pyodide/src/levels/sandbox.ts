import { realpath } from 'node:fs/promises'
import { ExecutorError } from '@interloop/core/executor'
import {
  type Bubblewrap,
  capabilityArguments,
  findBubblewrap,
  NotConfinable,
  namespaceArguments,
  openAsDescriptors,
  parentArguments,
  runProgram,
  shadowInherited,
  withoutRights,
} from '@interloop/executor-kit'
import type { Launch, Launcher } from './launcher.ts'
import type { NodeProgram } from './node-program.ts'
import { probeSandbox } from './probe.ts'
import { SECCOMP_FILTERS } from './seccomp-filter.ts'

/** Where bubblewrap reads the filter; what a guest gets stands below. */
const FILTER_DESCRIPTOR = 8

/**
 * Starts Node under bubblewrap and seccomp, where nothing is but itself and its libraries. Finds out, by running one, whether this system
 * gives that. Rejects with `ExecutorError` `unsupported`, with what is missing and how to get it.
 */
export async function sandboxLauncher(node: NodeProgram): Promise<Launcher> {
  try {
    const filter = SECCOMP_FILTERS[process.arch]
    const bubblewrap = await findBubblewrap()
    if (filter === undefined) throw new NotConfinable(`there is a filter of system calls for x64 and arm64, this is ${process.arch}`)
    const layout = await layOut(node, bubblewrap)
    const launcher: Launcher = {
      hasWorkers: false,
      prepare: (nodeArguments) => launch(bubblewrap, layout, Buffer.from(filter, 'base64'), nodeArguments),
    }
    await probeSandbox(launcher)
    return launcher
  } catch (error) {
    if (!(error instanceof NotConfinable)) throw error
    throw new ExecutorError('unsupported', `isolation: 'sandbox' cannot be had here: ${error.message}`, { started: 'no', cause: error })
  }
}

/** What is bound, read-only: from where, and where it is seen. */
interface Layout {
  readonly binds: readonly { readonly from: string; readonly to: string }[]
}

/** Its own place may be closed to the user that it gets, as `/root` is, and tells who runs it. */
const NODE = '/node/node'

async function layOut(node: NodeProgram, { setpriv }: Bubblewrap): Promise<Layout> {
  const files = new Set([...(await librariesOf(node)), ...(setpriv === undefined ? [] : [setpriv, ...(await linkedBy(setpriv))])])
  // The loader finds libraries of multiarch systems by it, and does without where there is none.
  const binds = [...files, '/etc/ld.so.cache'].map((path) => ({ from: path, to: path }))
  return { binds: [{ from: await realpath(node.path), to: NODE }, ...binds] }
}

/** Its shared objects, the loader among them, as Node says itself. */
async function librariesOf({ path }: NodeProgram): Promise<readonly string[]> {
  const code = 'process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))'
  const { stdout } = await runProgram(path, ['-e', code], { env: {} })
  const found: readonly string[] = JSON.parse(stdout)
  return found.filter((name) => name.startsWith('/') && name !== path)
}

/** The shared objects of a program, as the loader of glibc says instead of running it (ld.so(8)). */
async function linkedBy(program: string): Promise<readonly string[]> {
  const { stdout } = await runProgram(program, [], { env: { LD_TRACE_LOADED_OBJECTS: '1' } })
  return stdout.split('\n').flatMap((line) => /(?:=>)?\s(\/\S+)\s\(0x/.exec(line)?.[1] ?? [])
}

async function launch(
  { bwrap, prlimit, identity }: Bubblewrap,
  { binds }: Layout,
  filter: Uint8Array,
  nodeArguments: readonly string[],
): Promise<Launch> {
  const who = identity()
  const opened = await openAsDescriptors(new Map([[FILTER_DESCRIPTOR, filter]]))
  const shadow = await shadowInherited(FILTER_DESCRIPTOR)
  return {
    command: [
      ...[prlimit, ...LIMITS.map(([name, most]) => `--${name}=${most}`)],
      ...[bwrap, ...namespaceArguments(who, 'none'), '--die-with-parent', '--new-session', '--hostname', 'sandbox'],
      ...[...capabilityArguments(who), '--clearenv'],
      ...parentArguments(binds.map(({ to }) => to)),
      ...binds.flatMap(({ from, to }) => ['--ro-bind-try', from, to]),
      ...['--remount-ro', '/', '--chdir', '/', '--seccomp', String(FILTER_DESCRIPTOR), '--'],
      ...[...withoutRights(who), NODE, ...nodeArguments],
    ],
    descriptors: new Map([...opened.descriptors, ...shadow.descriptors]),
    async close() {
      await Promise.all([opened.close(), shadow.close()])
    },
  }
}

/** Of each process, by the names of prlimit. Memory is that of the interpreter: V8 reserves addresses that it never uses (pyodide.md 4). */
const LIMITS = [
  ['core', 0],
  ['nofile', 256],
  ['fsize', 0],
  ['memlock', 0],
  ['msgqueue', 0],
  ['rttime', 0],
] as const
