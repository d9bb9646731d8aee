import type { FileInput, SessionFiles } from '../executor.ts'
import type { SessionLog } from './session-log.ts'

/** What the files of a session that may move stand on. */
export interface MovingFilesParts {
  /** Of the session in its place. Throws where it was disposed. */
  current(): SessionFiles
  /** Resolves when no move goes on. */
  moveSettled(): Promise<void>
  /** A program runs in the first. */
  isRunning(): boolean
  /** Where changes are entered; undefined after a move. */
  log(): SessionLog | undefined
}

/** Files of a session that may move. */
export interface MovingFiles {
  readonly files: SessionFiles
  /** Resolves when what changes files now has ended. */
  changesSettled(): Promise<unknown>
  /** Resolves when all that uses files now has ended. */
  usesSettled(): Promise<unknown>
}

/** Uses of files that wait for a move that goes on, and that a move waits for in turn. */
export function createMovingFiles({ current, moveSettled, isRunning, log }: MovingFilesParts): MovingFiles {
  const uses = new Set<Promise<unknown>>()
  const changes = new Set<Promise<unknown>>()

  async function use<Value>(using: (files: SessionFiles) => Promise<Value>): Promise<Value> {
    await moveSettled()
    return tracked(uses, using(current()))
  }

  async function change(changing: (files: SessionFiles) => Promise<void>, enter: (entered: SessionLog) => void): Promise<void> {
    await moveSettled()
    const wasRunning = isRunning()
    const entered = log()
    const changed = changing(current()).then(() => {
      // Their order would not be known.
      if (wasRunning || isRunning()) entered?.breakOff('a file was changed while a program ran')
      if (entered !== undefined) enter(entered)
    })
    return tracked(changes, changed)
  }

  return {
    files: {
      put: (file: FileInput) =>
        change(
          (files) => files.put(file),
          (entered) => void entered.put(file),
        ),
      read: (path) => use((files) => files.read(path)),
      list: () => use((files) => files.list()),
      remove: (path) =>
        change(
          (files) => files.remove(path),
          (entered) => entered.remove(path),
        ),
    },
    changesSettled: () => Promise.allSettled(changes),
    usesSettled: () => Promise.allSettled([...uses, ...changes]),
  }
}

async function tracked<Value>(open: Set<Promise<unknown>>, promise: Promise<Value>): Promise<Value> {
  open.add(promise)
  try {
    return await promise
  } finally {
    open.delete(promise)
  }
}
