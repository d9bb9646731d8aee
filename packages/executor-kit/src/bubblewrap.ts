import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { findOnPath } from './find-on-path.ts'
import { sessionUid } from './identity.ts'
import { type Ended, runProgram } from './run-program.ts'

/** How a confined program gets a user without rights: `root` sets a uid of its own for each session, `user` has a user namespace. */
export type Identity =
  | { readonly kind: 'root'; readonly uid: number; readonly setpriv: string }
  | { readonly kind: 'user'; readonly disableUserNamespaces: boolean }

/** What confines programs on this host. */
export interface Bubblewrap {
  readonly bwrap: string
  readonly prlimit: string
  /** Only where this process is root. */
  readonly setpriv: string | undefined
  /** Another one for each program. Throws `NotConfinable`. */
  readonly identity: () => Identity
}

/** Why programs cannot be confined here, and how to change that. */
export class NotConfinable extends Error {
  override readonly name = 'NotConfinable'
}

/** Finds what confines programs. Rejects with `NotConfinable`. */
export async function findBubblewrap(): Promise<Bubblewrap> {
  if (process.platform !== 'linux') throw new NotConfinable(`bubblewrap is there on Linux alone, this is ${process.platform}`)
  const isRoot = process.getuid?.() === 0
  const bwrap = findOnPath('bwrap')
  if (bwrap === undefined) {
    throw new NotConfinable('there is no bwrap on the PATH; install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap)')
  }
  const prlimit = findOnPath('prlimit')
  const setpriv = isRoot ? findOnPath('setpriv') : undefined
  if (prlimit === undefined || (isRoot && setpriv === undefined)) {
    throw new NotConfinable(`there is no ${prlimit === undefined ? 'prlimit' : 'setpriv'} on the PATH; install util-linux`)
  }
  const identity = setpriv === undefined ? await userIdentity(bwrap) : await rootIdentity(setpriv)
  return { bwrap, prlimit, setpriv, identity }
}

async function rootIdentity(setpriv: string): Promise<() => Identity> {
  const map = await readFile('/proc/self/uid_map', 'utf8')
  return () => {
    const uid = sessionUid(map)
    if (uid !== undefined) return { kind: 'root', uid, setpriv }
    throw new NotConfinable('this root has too few user ids to give each session one; run as an ordinary user')
  }
}

async function userIdentity(bwrap: string): Promise<() => Identity> {
  const help = helps.get(bwrap) ?? runProgram(bwrap, ['--help'])
  helps.set(bwrap, help)
  // From bubblewrap 0.8 on; before, the filter of system calls alone keeps programs from making user namespaces.
  const disableUserNamespaces = (await help).stdout.includes('--disable-userns')
  return () => ({ kind: 'user', disableUserNamespaces })
}

/** By path: what bubblewrap says of itself. */
const helps = new Map<string, Promise<Ended>>()

/** The uid and gid that an ordinary user's program has in its namespace; on the host it stays the user. */
const INNER_ID = '61001'

/** Arguments of bubblewrap: namespaces of everything, of the network too unless it is to be open. */
export function namespaceArguments(identity: Identity, network: 'none' | 'open'): readonly string[] {
  const user = identity.kind === 'root' ? [] : ['--unshare-user', '--uid', INNER_ID, '--gid', INNER_ID]
  return [
    ...user,
    ...(identity.kind === 'user' && identity.disableUserNamespaces ? ['--disable-userns'] : []),
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network === 'none' ? ['--unshare-net'] : []),
  ]
}

/** Arguments of bubblewrap: no capability but those that `withoutRights` needs, of which it leaves none. */
export function capabilityArguments(identity: Identity): readonly string[] {
  return ['--cap-drop', 'ALL', ...(identity.kind === 'root' ? ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'] : [])]
}

/** What stands before a confined command, so that it becomes the session's user; nothing where it is that already. */
export function withoutRights(identity: Identity): readonly string[] {
  if (identity.kind === 'user') return []
  const { uid, setpriv } = identity
  return [setpriv, '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--inh-caps=-all', '--no-new-privs']
}

/** Arguments of bubblewrap: the folders above these places. It would make them for its own user alone; another user could not pass them. */
export function parentArguments(places: readonly string[]): readonly string[] {
  const above = (path: string): readonly string[] => (dirname(path) === '/' ? [] : [...above(dirname(path)), dirname(path)])
  return [...new Set(places.flatMap(above))]
    .filter((folder) => folder !== '/tmp')
    .sort()
    .flatMap((folder) => ['--perms', '0755', '--dir', folder])
}
