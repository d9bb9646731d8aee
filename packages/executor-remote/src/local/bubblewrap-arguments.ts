import { capabilityArguments, type Identity, namespaceArguments, parentArguments, withoutRights } from '@interloop/executor-kit'
import type { Bind, PythonLayout } from './python-layout.ts'

/** Where a session's files lie for its program; a tmpfs of `fileBytes`. */
export const WORK_FOLDER = '/session'

/** What bounds a confined program; sizes in bytes. */
export interface Bounds {
  /** Of the working folder. */
  readonly fileBytes: number
  /** Of `/tmp`, and again of `/dev/shm`. */
  readonly scratchBytes: number
  /** By limits of each process, in the words of prlimit: `nproc`, `data`, … */
  readonly process: Readonly<Record<string, number>>
}

/** All that decides how bubblewrap is called. */
export interface Confinement {
  readonly identity: Identity
  readonly python: PythonLayout
  /** Places of the host that are there, read-only, beside the Python. */
  readonly readOnly: readonly Bind[]
  readonly links: PythonLayout['links']
  readonly network: 'none' | 'open'
  readonly bounds: Bounds
  readonly prlimit: string
  /** Numbers of the descriptors that bubblewrap reads. */
  readonly descriptors: { readonly filter: number; readonly environmentConfig: number }
}

/**
 * The arguments of bubblewrap, up to and with the interpreter: `-I`, `-c` and the like are appended.
 * As `prototypes/remote/harden/root.sh` and remote.md 9 ("Confinement") show; every writable mount is sized, all else is read-only.
 */
export function bubblewrapArguments(confinement: Confinement): readonly string[] {
  const { identity, python, bounds, descriptors, prlimit } = confinement
  return [
    ...namespaceArguments(identity, confinement.network),
    ...['--die-with-parent', '--new-session', '--hostname', 'sandbox'],
    // The first process of a namespace gets no signal from inside that it does not want, SIGKILL and SIGSTOP neither. Not as root: the
    // process that bubblewrap leaves outside could no longer end one of another uid, and all would outlive a killed host.
    ...(identity.kind === 'user' ? ['--as-pid-1'] : []),
    ...capabilityArguments(identity),
    ...environment(python),
    // Before the host's places, some of which may lie in them.
    ...sized('/tmp', bounds.scratchBytes),
    ...sized(WORK_FOLDER, bounds.fileBytes),
    ...files(confinement),
    ...['--proc', '/proc'],
    ...devices(bounds),
    ...['--remount-ro', '/', '--chdir', WORK_FOLDER],
    ...['--seccomp', String(descriptors.filter), '--'],
    ...withoutRights(identity),
    ...[prlimit, ...Object.entries(bounds.process).map(([name, most]) => `--${name}=${most}`), python.python],
  ]
}

function environment({ libraryPath }: PythonLayout): readonly string[] {
  const variables = {
    HOME: WORK_FOLDER,
    LANG: 'C.UTF-8',
    PATH: '/usr/bin:/bin',
    TMPDIR: '/tmp',
    // Beside the session's files, which are told as what the program made.
    MPLCONFIGDIR: '/tmp/.matplotlib',
    XDG_CACHE_HOME: '/tmp/.cache',
    // A thread for each core of a large host would use up the processes and the memory of the session.
    OMP_NUM_THREADS: '2',
    OPENBLAS_NUM_THREADS: '2',
    ...(libraryPath.length > 0 && { LD_LIBRARY_PATH: libraryPath.join(':') }),
  }
  return ['--clearenv', ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value])]
}

function files({ python, readOnly, links, descriptors }: Confinement): readonly string[] {
  const binds = [...python.binds, ...readOnly].flatMap(({ from, to }) => ['--ro-bind-try', from, to])
  const symlinks = [...links, ...python.links].flatMap(({ target, at }) => ['--symlink', target, at])
  const { environmentConfig } = python
  const config = environmentConfig === undefined ? [] : ['--perms', '0444', '--file', String(descriptors.environmentConfig), CONFIG]
  const places = [...python.binds, ...readOnly].map(({ to }) => to)
  const names = [...places, ...[...links, ...python.links].map(({ at }) => at), ...(environmentConfig === undefined ? [] : [CONFIG])]
  return [...parentArguments(names), ...binds, ...symlinks, ...config]
}

const CONFIG = '/environment/pyvenv.cfg'

/** No terminals and nothing of the host's but what gives or takes bytes. */
function devices({ scratchBytes }: Bounds): readonly string[] {
  const nodes = ['null', 'zero', 'full', 'random', 'urandom'].flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`])
  const links = [
    ['/proc/self/fd', '/dev/fd'],
    ['/proc/self/fd/0', '/dev/stdin'],
    ['/proc/self/fd/1', '/dev/stdout'],
    ['/proc/self/fd/2', '/dev/stderr'],
  ].flatMap(([target = '', at = '']) => ['--symlink', target, at])
  return [...parentArguments(['/dev/null']), ...nodes, ...links, ...sized('/dev/shm', scratchBytes)]
}

/** `--size` stands before the mount that it limits; 0 would mean no limit at all. */
function sized(folder: string, bytes: number): readonly string[] {
  return ['--size', String(Math.max(Math.floor(bytes), 4096)), '--perms', '1777', '--tmpfs', folder]
}
