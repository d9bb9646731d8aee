import { ExecutorError } from '@interloop/core/executor'
import type { LoadedImage } from '../image/image.ts'
import { controlFolders, createControlFile } from './control-file.ts'
import type { Level } from './guest-handle.ts'
import { findNativeStack } from './native-stack.ts'
import { isAtLeast, nodeProgram } from './node-program.ts'
import { findOrphanWatch } from './orphan-watch.ts'
import { processLevel } from './process.ts'
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
  if (isolation === 'sandbox') throw new ExecutorError('unsupported', 'isolation: sandbox is not there yet', { started: 'no' })
  const program = await nodeProgram(node)
  const [watch, stack] = await Promise.all([findOrphanWatch(), findNativeStack()])
  const folders = controlFolders(cacheFolder)
  return {
    isolation: 'process',
    notes: [
      ...(isAtLeast(program.version, NETWORK_DENIED) ? [] : [NETWORK_NOTE]),
      ...(watch.kind === 'thread' ? [WATCH_NOTE] : []),
      ...(canControl(folders) ? [] : [CONTROL_NOTE]),
    ],
    open: (image) => processLevel({ image, node: program, watch, stack, controlFolders: folders }),
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
