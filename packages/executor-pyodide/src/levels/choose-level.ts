import { ExecutorError } from '@interloop/core/executor'
import type { LoadedImage } from '../image/image.ts'
import { controlFolders, createControlFile } from './control-file.ts'
import type { Level } from './guest-handle.ts'
import { type Launcher, plainLauncher } from './launcher.ts'
import { findNativeStack } from './native-stack.ts'
import { isAtLeast, type NodeProgram, nodeProgram } from './node-program.ts'
import { findOrphanWatch } from './orphan-watch.ts'
import { processLevel } from './process.ts'
import { sandboxLauncher } from './sandbox.ts'
import { threadLevel } from './thread.ts'

/** A level that this system gives, and what people should know of it. */
export interface ChosenLevel {
  readonly isolation: 'thread' | 'process' | 'sandbox'
  readonly notes: readonly string[]
  /** Guests that start from this image. */
  open(image: LoadedImage): Level
}

/** What is wanted. */
export interface LevelOptions {
  readonly isolation: 'auto' | 'thread' | 'process' | 'sandbox'
  readonly node?: string | undefined
  readonly cacheFolder?: string | undefined
}

/** Rejects with `ExecutorError` `unsupported` where the level that was named cannot be had here. */
export async function chooseLevel({ isolation, node, cacheFolder }: LevelOptions): Promise<ChosenLevel> {
  if (isolation === 'thread') return { isolation, notes: [], open: threadLevel }
  const program = await nodeProgram(node)
  const stack = await findNativeStack()
  const folders = controlFolders(cacheFolder)
  const notes = canControl(folders) ? [] : [CONTROL_NOTE]
  const open = (launcher: Launcher) => (image: LoadedImage) => processLevel({ image, launcher, stack, controlFolders: folders })
  const sandbox = isolation === 'process' ? undefined : await sandboxOrReason(program, isolation)
  if (typeof sandbox === 'object') return { isolation: 'sandbox', notes, open: open(sandbox) }
  const watch = await findOrphanWatch()
  return {
    isolation: 'process',
    notes: [
      ...(sandbox === undefined ? [] : [sandbox]),
      ...(isAtLeast(program.version, NETWORK_DENIED) ? [] : [NETWORK_NOTE]),
      ...(watch.kind === 'thread' ? [WATCH_NOTE] : []),
      ...notes,
    ],
    open: open(plainLauncher(program, watch)),
  }
}

/** Where none was named, why there is none is no error. */
async function sandboxOrReason(node: NodeProgram, isolation: 'auto' | 'sandbox'): Promise<Launcher | string> {
  try {
    return await sandboxLauncher(node)
  } catch (error) {
    if (isolation === 'auto' && ExecutorError.is(error) && error.code === 'unsupported')
      return `${error.message} Interpreters run in processes.`
    throw error
  }
}

/** Node denies network to a process without rights from this version on (pyodide.md 12). */
const NETWORK_DENIED = [26, 0] as const

const NETWORK_NOTE = 'Node denies its processes the network from 26 on; in this older one the import boundary alone keeps programs from it.'
const WATCH_NOTE =
  'There is no setpriv here, so each interpreter watches its parent by a thread of its own, and its process may start threads (--allow-worker).'
const CONTROL_NOTE =
  'No folder can be written, so a busy interpreter cannot be told to stop: aborting a program ends its interpreter, and variables are lost.'

function canControl(folders: readonly string[]): boolean {
  const file = createControlFile(folders)
  file?.closeRead()
  file?.close()
  return file !== undefined
}
