import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runProgram } from '@interloop/executor-kit'

/** A control group of one session: its processes together may not use more. */
export interface ControlGroup {
  /** Files to which a process writes `0` to enter. */
  readonly entrances: readonly string[]
  /** Memory is limited by it, files of sized mounts included. */
  readonly memory: boolean
  /** How often the kernel ended a process because the memory was used up. */
  oomKills(): Promise<number>
  /** Removes the group, once its processes have ended. */
  close(): Promise<void>
}

/** Where groups could be made: version 1 has one hierarchy for each controller. */
export interface ControlGroupPlace {
  readonly version: 1 | 2
  readonly controllers: readonly string[]
  readonly folder: string
}

/** Runs a command in groups: `sh -c ENTER sh …entrances -- …command`. What a process started before it entered would stay outside. */
export const ENTER = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 1; shift; done; shift; exec "$@"'

/** What a group allows; `memoryBytes` with the files of sized mounts. */
export interface GroupLimits {
  readonly memoryBytes: number
  readonly processes: number
}

/** Makes a group with these limits, where this process may; `memory` is false, and entrances are few or none, where it may not. */
export async function makeControlGroup(limits: GroupLimits): Promise<ControlGroup> {
  entering ??= tryToEnter()
  return (await entering) ? make(limits) : NO_GROUP
}

/** Whether what is made can be entered: the right to make a group is not the right to move a process there. */
let entering: Promise<boolean> | undefined

const NO_GROUP: ControlGroup = { entrances: [], memory: false, oomKills: () => Promise.resolve(0), close: () => Promise.resolve() }

async function tryToEnter(): Promise<boolean> {
  const group = await make({ memoryBytes: 64 * 1024 ** 2, processes: 8 })
  const ended = await runProgram('/bin/sh', ['-c', ENTER, 'sh', ...group.entrances, '--', '/bin/sh', '-c', 'exit 0'])
  await group.close()
  return ended.code === 0
}

async function make(limits: GroupLimits): Promise<ControlGroup> {
  const places = controlGroupPlaces(await readOr('/proc/self/cgroup'), await readOr('/proc/self/mountinfo'))
  const name = `interloop-${process.pid}-${randomUUID()}`
  await Promise.all(places.map(({ folder }) => removeAbandoned(folder)))
  const made: Made[] = []
  for (const place of places) {
    // A process is in one group of version 2 alone, so the first that can be had is the last to enter.
    if (made.some(({ version }) => version === 2)) break
    const group = await makeIn(place, name, limits)
    if (group !== undefined) made.push(group)
  }
  return {
    entrances: made.map(({ folder }) => join(folder, 'cgroup.procs')),
    memory: made.some(({ memoryEvents }) => memoryEvents !== undefined),
    oomKills: async () => {
      const events = made.find(({ memoryEvents }) => memoryEvents !== undefined)?.memoryEvents
      return events === undefined ? 0 : Number(/^oom_kill (\d+)$/m.exec(await readOr(events))?.[1] ?? 0)
    },
    close: async () => {
      await Promise.all(made.map(({ folder }) => removeGroup(folder)))
    },
  }
}

/** Which folders can hold a group for `memory` and `pids`, by `/proc/self/cgroup` and `/proc/self/mountinfo`. */
export function controlGroupPlaces(own: string, mounts: string): readonly ControlGroupPlace[] {
  const mounted = mounts.split('\n').flatMap(parseMount)
  return own.split('\n').flatMap((line): readonly ControlGroupPlace[] => {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const version = names === '' ? 2 : 1
    const wanted = names.split(',').filter((name) => CONTROLLERS.has(name))
    const isIts = (mount: Mount) => (version === 2 ? mount.type === 'cgroup2' : wanted.some((name) => mount.controllers.includes(name)))
    const mount = mounted.find(isIts)
    if (mount === undefined || !path.startsWith('/') || path.split('/').includes('..') || (version === 1 && wanted.length === 0)) return []
    const inside = mount.root !== '/' && path.startsWith(mount.root) ? path.slice(mount.root.length) : path
    if (version === 1) return [{ version, controllers: wanted, folder: resolve(mount.point, `.${inside}`) }]
    // A group of version 2 that holds processes has no limited children: a sibling of ours can be limited, a child only where we are the root.
    const folders = inside === '/' ? [inside] : [dirname(inside), inside]
    return folders.map((folder) => ({ version, controllers: [...CONTROLLERS], folder: resolve(mount.point, `.${folder}`) }))
  })
}

interface Mount {
  readonly root: string
  readonly point: string
  readonly type: string
  readonly controllers: readonly string[]
}

const CONTROLLERS: ReadonlySet<string> = new Set(['memory', 'pids'])

/** proc(5): `id parent device root point options … - type source controllers`. */
function parseMount(line: string): readonly Mount[] {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root = '', point = ''] = before.split(' ')
  const [type = '', , controllers = ''] = after.split(' ')
  return type === 'cgroup' || type === 'cgroup2' ? [{ root, point, type, controllers: controllers.split(',') }] : []
}

interface Made {
  readonly version: 1 | 2
  readonly folder: string
  readonly memoryEvents: string | undefined
}

async function makeIn(place: ControlGroupPlace, name: string, limits: GroupLimits): Promise<Made | undefined> {
  const folder = join(place.folder, name)
  try {
    await mkdir(folder)
  } catch {
    return undefined
  }
  const set = (file: string, value: number) => attempt(() => writeFile(join(folder, file), String(value)))
  try {
    // Entering is what is often not allowed, where making a group is: version 2 wants the right on the common ancestor too.
    await access(join(folder, 'cgroup.procs'), constants.W_OK)
    if (place.version === 2) await access(join(place.folder, 'cgroup.procs'), constants.W_OK)
  } catch {
    await removeGroup(folder)
    return undefined
  }
  const processes = place.controllers.includes('pids') && (await set('pids.max', limits.processes))
  const memory = place.controllers.includes('memory') && (await limitMemory(place.version, set, limits.memoryBytes))
  if (!processes && !memory) {
    await removeGroup(folder)
    return undefined
  }
  const events = place.version === 2 ? 'memory.events' : 'memory.oom_control'
  return { version: place.version, folder, memoryEvents: memory ? join(folder, events) : undefined }
}

async function limitMemory(version: 1 | 2, set: (file: string, value: number) => Promise<boolean>, bytes: number): Promise<boolean> {
  const limited = await set(version === 2 ? 'memory.max' : 'memory.limit_in_bytes', bytes)
  // Swap would be memory beyond the limit; where the kernel does not count it, there is nothing to set.
  if (limited) await (version === 2 ? set('memory.swap.max', 0) : set('memory.memsw.limit_in_bytes', bytes))
  return limited
}

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch {
    return false
  }
}

/** Processes that were killed leave a little later than their parent. */
async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      return await rmdir(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return
      await delay(20)
    }
  }
}

/** Groups of processes that were killed before they could remove them. One that still holds a process cannot be removed. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const abandoned = names.filter((name) => {
    const pid = /^interloop-(\d+)-/.exec(name)?.[1]
    return pid !== undefined && !isAlive(Number(pid))
  })
  await Promise.all(abandoned.map((name) => attempt(() => rmdir(join(folder, name)))))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function readOr(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
