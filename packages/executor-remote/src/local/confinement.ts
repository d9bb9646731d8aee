import { readFile } from 'node:fs/promises'
import { ExecutorError, type Limits, type Strength } from '@interloop/core/executor'
import { type Bubblewrap, findBubblewrap, NotConfinable, openAsDescriptors, shadowInherited } from '@interloop/executor-kit'
import { bubblewrapArguments, WORK_FOLDER } from './bubblewrap-arguments.ts'
import { ENTER, makeControlGroup } from './cgroup.ts'
import { DEFAULT_MEMORY_BYTES } from './default-limits.ts'
import { hostPlaces } from './host-places.ts'
import { probe } from './probe.ts'
import { processLimits } from './process-limits.ts'
import { inspectPython } from './python-installation.ts'
import { layOutPython } from './python-layout.ts'
import { SECCOMP_FILTERS } from './seccomp-filter.ts'

/** What is to be confined. */
export interface ConfineRequest {
  /** The Python of the host, also that of a virtual environment. */
  readonly python: string
  /** Further files and folders of the host that the program may read, at their own places. */
  readonly readOnly: readonly string[]
  /** `memoryBytes` of all processes, `fileBytes` of the working folder. @default 512 MiB, 128 MiB */
  readonly limits: Limits
  readonly network: 'none' | 'open'
}

/** A command that runs one Python under bubblewrap and seccomp, once. */
export interface Confined {
  readonly file: string
  /** Up to and with the interpreter: `-I`, `-c`, a program are appended. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /**
   * Descriptors of this process by the number, 8 or more, that they have in the command; for one start. What is told of no
   * number is to be `ignore`, so that nothing else of this process is inherited.
   */
  readonly descriptors: ReadonlyMap<number, number>
  /** The interpreter, as the program names it. */
  readonly python: string
  /** `enforced` where a control group holds the session's processes together, otherwise `advisory`. */
  readonly memory: Strength
  /** What a person who chooses this should know. */
  readonly notes: readonly string[]
  /** Where the program may keep files; empty at first, gone with the last process. */
  readonly workFolder: string
  /** How often the kernel ended a process of this session because its memory was used up; 0 where nothing counts it. */
  oomKills(): Promise<number>
  /** Gives back descriptors and control group, once the process has ended. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Makes the command that confines a session (remote.md 9, "Confinement"). The first one of its kind is tried, with the real
 * filter, before it is given out. Throws `ExecutorError` `unsupported`, with what is missing and how to get it.
 */
export async function confine(request: ConfineRequest): Promise<Confined> {
  const host = await readHost(request)
  const kind = JSON.stringify([host.tools, request.python, request.readOnly, request.network])
  let proof = proofs.get(kind)
  if (proof === undefined) {
    proof = prove(host, request)
    proofs.set(kind, proof)
    // What was missing may be there the next time.
    proof.catch(() => proofs.delete(kind))
  }
  await proof
  return prepare(host, request)
}

/** By kind of command: that it was tried and held. */
const proofs = new Map<string, Promise<void>>()

/** What the confinement is made of on this host. */
interface Host {
  readonly tools: Omit<Bubblewrap, 'identity'>
  readonly filter: string
  readonly identity: Bubblewrap['identity']
  readonly layout: ReturnType<typeof layOutPython>
}

async function readHost({ python }: ConfineRequest): Promise<Host> {
  const { identity, ...tools } = await findBubblewrap().catch(refused)
  const filter = SECCOMP_FILTERS[process.arch]
  if (filter === undefined) throw unsupported(`there is a filter of system calls for x64 and arm64, this is ${process.arch}`)
  return { tools, filter, identity, layout: await layoutOf(python) }
}

function refused(error: unknown): never {
  throw error instanceof NotConfinable ? unsupported(error.message) : error
}

function unsupported(reason: string): ExecutorError {
  return new ExecutorError(
    'unsupported',
    `localExecutor() confines Python by bubblewrap, which cannot be had here: ${reason}. No program was run; isolation: 'none' runs programs unconfined`,
    { started: 'no' },
  )
}

/** By path: where a Python lies does not change while it is used. */
const layouts = new Map<string, ReturnType<typeof layOutPython>>()

async function layoutOf(python: string): Promise<ReturnType<typeof layOutPython>> {
  const known = layouts.get(python)
  if (known !== undefined) return known
  const layout = layOutPython(await inspectPython(python))
  layouts.set(python, layout)
  return layout
}

async function prove(host: Host, request: ConfineRequest): Promise<void> {
  const confined = await prepare(host, request)
  try {
    const reason = await probe(confined, request.network)
    if (reason === undefined) return
    throw unsupported(`${reason} (the kernel, or the container that this runs in, may forbid namespaces)`)
  } finally {
    await confined.close()
  }
}

async function prepare(host: Host, request: ConfineRequest): Promise<Confined> {
  const { tools, layout } = host
  const identity = identityOf(host)
  const memoryBytes = request.limits.memoryBytes ?? DEFAULT_MEMORY_BYTES
  const fileBytes = request.limits.fileBytes ?? DEFAULT_FILES
  const scratchBytes = Math.min(fileBytes, MOST_SCRATCH)
  const places = await hostPlaces(request.network, [tools.prlimit, tools.setpriv ?? tools.prlimit])
  const hardLimits = await readFile('/proc/self/limits', 'utf8')
  const inputs = new Map([[FILTER, Buffer.from(host.filter, 'base64')]])
  if (layout.environmentConfig !== undefined) inputs.set(ENVIRONMENT_CONFIG, Buffer.from(layout.environmentConfig))
  const opened = await openAsDescriptors(inputs)
  const shadow = await shadowInherited(FILTER)
  // Files in memory are counted with the processes; the two sized mounts beside the working folder are scratch.
  const group = await makeControlGroup({ memoryBytes: memoryBytes + fileBytes + 2 * scratchBytes, processes: PROCESSES })
  const bubblewrap = bubblewrapArguments({
    identity,
    python: layout,
    readOnly: [...places.binds, ...request.readOnly.map((path) => ({ from: path, to: path }))],
    links: places.links,
    network: request.network,
    bounds: {
      fileBytes,
      scratchBytes,
      process: processLimits({ processes: PROCESSES, memoryBytes, fileBytes }, hardLimits),
    },
    prlimit: tools.prlimit,
    descriptors: { filter: FILTER, environmentConfig: ENVIRONMENT_CONFIG },
  })
  return {
    file: '/bin/sh',
    args: ['-c', ENTER, 'sh', ...group.entrances, '--', tools.bwrap, ...bubblewrap],
    env: {},
    descriptors: new Map([...opened.descriptors, ...shadow.descriptors]),
    python: layout.python,
    memory: group.memory ? 'enforced' : 'advisory',
    notes: notesOn(request.network, group.memory),
    workFolder: WORK_FOLDER,
    oomKills: () => group.oomKills(),
    close: async () => {
      await Promise.all([opened.close(), shadow.close(), group.close()])
    },
  }
}

function identityOf({ identity }: Host): ReturnType<Host['identity']> {
  try {
    return identity()
  } catch (error) {
    return refused(error)
  }
}

const MIB = 1024 * 1024
const DEFAULT_FILES = 128 * MIB
const MOST_SCRATCH = 64 * MIB

/** Threads count as processes. */
const PROCESSES = 128

const ENVIRONMENT_CONFIG = 8
const FILTER = 9

function notesOn(network: 'none' | 'open', hasGroup: boolean): readonly string[] {
  return [
    ...(hasGroup ? [] : ['limits.memoryBytes holds for each process alone: no control group can be made here']),
    ...(network === 'open' ? ['with an open network, programs reach the services that listen on this machine, abstract sockets too'] : []),
  ]
}
