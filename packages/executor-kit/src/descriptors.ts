import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NotConfinable } from './bubblewrap.ts'

/** Descriptors of this process, by the number that they are to have in another. */
export interface OpenDescriptors {
  readonly descriptors: ReadonlyMap<number, number>
  close(): Promise<void>
}

/**
 * Bytes that another process reads once, from descriptors whose files have no name any more. They are made in the first of `folders` that can be
 * written. Rejects with `NotConfinable` where none can.
 */
export async function openAsDescriptors(
  inputs: ReadonlyMap<number, Uint8Array>,
  folders: readonly string[] = [tmpdir(), '/dev/shm'],
): Promise<OpenDescriptors> {
  const folder = await makeFolder(folders)
  try {
    const opened = await Promise.all(
      [...inputs].map(async ([number, bytes]) => {
        const file = join(folder, String(number))
        await writeFile(file, bytes, { mode: 0o400 })
        return { number, handle: await open(file) }
      }),
    )
    return {
      descriptors: new Map(opened.map(({ number, handle }) => [number, handle.fd])),
      close: async () => {
        await Promise.all(opened.map(({ handle }) => handle.close()))
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeFolder(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const made = await mkdtemp(join(folder, 'interloop-')).catch(() => undefined)
    if (made !== undefined) return made
  }
  throw new NotConfinable(`what a confined program is given needs a folder that can be written: ${folders.join(', ')}`)
}

/**
 * `/dev/null` at each number above `last` that a child of this process would inherit open: what a shell, a supervisor or
 * an add-on left without close-on-exec. Node cannot close them for its children, but what stands at their number wins.
 */
export async function shadowInherited(last: number): Promise<OpenDescriptors> {
  const numbers = (await readdir('/proc/self/fd')).map(Number).filter((number) => number > last)
  const inherited = (await Promise.all(numbers.map(async (number) => ((await isInherited(number)) ? [number] : [])))).flat()
  if (inherited.length === 0) return { descriptors: new Map(), close: async () => {} }
  const nothing = await open('/dev/null')
  return { descriptors: new Map(inherited.map((number) => [number, nothing.fd])), close: () => nothing.close() }
}

/** proc(5), `fdinfo`: flags in octal, close-on-exec among them. */
async function isInherited(number: number): Promise<boolean> {
  // One that was closed meanwhile, as that of the listing itself, is nobody's.
  const info = await readFile(`/proc/self/fdinfo/${number}`, 'utf8').catch(() => undefined)
  const flags = /^flags:\s+([0-7]+)$/m.exec(info ?? '')?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
}

const CLOSE_ON_EXEC = 0o2000000
