import { shadowInherited } from '@interloop/executor-kit'
import { DESCRIPTORS } from '../guest/pipe-port.ts'
import type { NodeProgram } from './node-program.ts'
import { type OrphanWatch, tied } from './orphan-watch.ts'

/** How the Node of a guest is started, so that it ends with its parent. */
export interface Launcher {
  /** The guest has to watch its parent by a thread of its own. */
  readonly hasWorkers: boolean
  /** The command that runs Node with these arguments, once. Rejects with `ExecutorError`. */
  prepare(nodeArguments: readonly string[]): Promise<Launch>
}

/** One command, with what it has to inherit. */
export interface Launch {
  readonly command: readonly string[]
  /** Descriptors of this process by the number that they have in the command, all above those of a guest. */
  readonly descriptors: ReadonlyMap<number, number>
  /** Once the process was started. */
  close(): Promise<void>
}

/** Starts Node as it is. */
export function plainLauncher(node: NodeProgram, watch: OrphanWatch): Launcher {
  return {
    hasWorkers: watch.kind === 'thread',
    async prepare(nodeArguments) {
      const command = [node.path, ...nodeArguments]
      const shadow = process.platform === 'linux' ? await shadowInherited(DESCRIPTORS.watch) : NOTHING
      return { command: watch.kind === 'kernel' ? [watch.setpriv, ...tied(command)] : command, ...shadow }
    },
  }
}

const NOTHING = { descriptors: new Map<number, number>(), close: async () => {} }
