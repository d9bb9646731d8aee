import { readdir, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bind, PythonLayout } from './python-layout.ts'

/** What programs of the system need to start at all, wherever the Python is from. */
export interface HostPlaces {
  readonly binds: readonly Bind[]
  readonly links: PythonLayout['links']
}

/** The dynamic linker, a shell, names and time zones, and the given programs; with a network, what resolves and trusts names. Nothing that tells of users. */
export async function hostPlaces(network: 'none' | 'open', programs: readonly string[]): Promise<HostPlaces> {
  const roots = await Promise.all(['/lib', '/lib64', '/bin'].map(linkedFolder))
  const linkers = await Promise.all(['/lib', '/lib64'].map(linkersIn))
  const shell = await Promise.all(SHELL_PROGRAMS.map(programOfSystem))
  const places = [...PLACES, ...(network === 'open' ? NETWORK_PLACES : []), ...programs]
  return {
    binds: [...linkers.flat(), ...shell.flat(), ...places.map((path) => ({ from: path, to: path }))],
    links: roots.flat(),
  }
}

const PLACES = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/fonts', '/usr/share/fonts', '/usr/share/zoneinfo']
const NETWORK_PLACES = [
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/nsswitch.conf',
  '/etc/ssl/certs',
  '/etc/pki/tls/certs',
  '/usr/share/ca-certificates',
]

/** What `os.system` and `subprocess` are most often asked for, in the folder of a session; a shell has no right that its Python lacks. */
const SHELL_PROGRAMS = ['sh', 'ls', 'cat', 'cp', 'mv', 'rm', 'mkdir', 'head', 'tail', 'wc', 'sort', 'grep', 'sed', 'find', 'date', 'sleep']

/** Where `/bin` has it, at the place where its folder's link leads. */
async function programOfSystem(name: string): Promise<readonly Bind[]> {
  const file = await realpath(join('/bin', name)).catch(() => undefined)
  return file === undefined ? [] : [{ from: file, to: join(await realpath('/bin'), name) }]
}

/** `/lib` is a link to `usr/lib` on most systems, and has to be the same inside. */
async function linkedFolder(folder: string): Promise<PythonLayout['links']> {
  const target = await readlink(folder).catch(() => undefined)
  return target === undefined ? [] : [{ target, at: folder }]
}

/** The loader that executables name, `/lib64/ld-linux-x86-64.so.2`: the file itself, at the place where its folder's link leads. */
async function linkersIn(folder: string): Promise<readonly Bind[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^ld(-linux|-musl|64)?[-.]/.test(name))
  return Promise.all(names.map(async (name) => ({ from: await realpath(join(folder, name)), to: join(await realpath(folder), name) })))
}
