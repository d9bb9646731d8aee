import { describe, expect, test } from 'vitest'
import { bubblewrapArguments, type Confinement } from './bubblewrap-arguments.ts'

const confinement: Confinement = {
  identity: { kind: 'user', disableUserNamespaces: true },
  python: {
    binds: [{ from: '/usr/bin/python3.11', to: '/usr/bin/python3.11' }],
    links: [],
    python: '/usr/bin/python3.11',
    libraryPath: [],
    environmentConfig: undefined,
  },
  readOnly: [{ from: '/etc/fonts', to: '/etc/fonts' }],
  links: [{ target: 'usr/lib', at: '/lib' }],
  network: 'none',
  bounds: { fileBytes: 1_000_000, scratchBytes: 500_000, process: { nproc: 64, core: 0 } },
  prlimit: '/usr/bin/prlimit',
  descriptors: { filter: 9, environmentConfig: 8 },
}

/** What stands before what lies in the confinement. */
function until(stop: string, programArguments: readonly string[]): string {
  return programArguments.slice(0, programArguments.indexOf(stop)).join(' ')
}

/** From the filter on. */
function tail(programArguments: readonly string[]): string {
  return programArguments.slice(programArguments.indexOf('--seccomp')).join(' ')
}

describe('the arguments of bubblewrap', () => {
  test('give an ordinary user a namespace in which no other can be made', () => {
    expect(until('--clearenv', bubblewrapArguments(confinement))).toBe(
      '--unshare-user --uid 61001 --gid 61001 --disable-userns --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --unshare-net --die-with-parent --new-session --hostname sandbox --as-pid-1 --cap-drop ALL',
    )
    expect(tail(bubblewrapArguments(confinement))).toBe('--seccomp 9 -- /usr/bin/prlimit --nproc=64 --core=0 /usr/bin/python3.11')
  })

  test('leave the filter alone to forbid namespaces where bubblewrap cannot', () => {
    const older = bubblewrapArguments({ ...confinement, identity: { kind: 'user', disableUserNamespaces: false } })
    expect(older).not.toContain('--disable-userns')
    expect(older).toContain('--unshare-user')
  })

  test('make root a user of its own for the session, without a user namespace', () => {
    const ofRoot = bubblewrapArguments({ ...confinement, identity: { kind: 'root', uid: 70_001, setpriv: '/usr/bin/setpriv' } })
    expect(until('--clearenv', ofRoot)).toBe(
      '--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --unshare-net --die-with-parent --new-session --hostname sandbox --cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID',
    )
    expect(tail(ofRoot)).toBe(
      '--seccomp 9 -- /usr/bin/setpriv --reuid 70001 --regid 70001 --clear-groups --inh-caps=-all --no-new-privs /usr/bin/prlimit --nproc=64 --core=0 /usr/bin/python3.11',
    )
  })

  test('share the network only where it is to be open', () => {
    expect(bubblewrapArguments({ ...confinement, network: 'open' })).not.toContain('--unshare-net')
  })

  test('give every writable mount a size, and make the rest read-only', () => {
    const all = bubblewrapArguments(confinement)
    const mounts = all.flatMap((word, index) => (word === '--tmpfs' ? [all.slice(index - 4, index + 2).join(' ')] : []))
    expect(mounts).toEqual([
      '--size 500000 --perms 1777 --tmpfs /tmp',
      '--size 1000000 --perms 1777 --tmpfs /session',
      '--size 500000 --perms 1777 --tmpfs /dev/shm',
    ])
    expect(all.join(' ')).toContain('--tmpfs /dev/shm --remount-ro / --chdir /session')
    expect(all.filter((word) => word.startsWith('--bind'))).toEqual([])
  })

  test('never mean no size by a small one', () => {
    const all = bubblewrapArguments({ ...confinement, bounds: { ...confinement.bounds, fileBytes: 0.5 } })
    expect(all.join(' ')).toContain('--size 4096 --perms 1777 --tmpfs /session')
  })

  test('open the folders above each place to the user of the session', () => {
    const folders = bubblewrapArguments(confinement)
      .join(' ')
      .match(/--perms 0755 --dir \S+/g)
    expect(folders).toEqual([
      '--perms 0755 --dir /etc',
      '--perms 0755 --dir /usr',
      '--perms 0755 --dir /usr/bin',
      '--perms 0755 --dir /dev',
    ])
  })

  test('write down where a virtual environment has its Python', () => {
    const python = { ...confinement.python, environmentConfig: 'home = /usr/bin\n', python: '/environment/bin/python3' }
    expect(bubblewrapArguments({ ...confinement, python }).join(' ')).toContain('--perms 0444 --file 8 /environment/pyvenv.cfg')
  })
})
