import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONTROL_BYTES } from '../guest/pipe-port.ts'

/**
 * What a parent tells a guest that is busy: a file of a few bytes, which a guest can look at for next to nothing. The file has no
 * name any more, and the guest can only read it (pyodide.md 12).
 */
export interface ControlFile {
  /** What the guest gets. */
  readonly readDescriptor: number
  /** Once the guest has it. */
  closeRead(): void
  stop(number: number): void
  countFrame(): void
  close(): void
}

/** Makes one in the first of these folders that can be written; undefined where none can, or this system does not let files lose their names. */
export function createControlFile(folders: readonly string[]): ControlFile | undefined {
  if (process.platform === 'win32') return undefined
  for (const folder of folders) {
    const file = createIn(folder)
    if (file !== undefined) return file
  }
  return undefined
}

/** Where it may be made, in the order in which it is tried. */
export function controlFolders(cacheFolder?: string | undefined): readonly string[] {
  return [...(cacheFolder === undefined ? [] : [cacheFolder]), tmpdir(), '/dev/shm']
}

function createIn(folder: string): ControlFile | undefined {
  const path = join(folder, `.interloop-${crypto.randomUUID()}`)
  let writeDescriptor: number | undefined
  try {
    writeDescriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    const opened = writeDescriptor
    const readDescriptor = openSync(path, constants.O_RDONLY)
    const bytes = new DataView(new ArrayBuffer(CONTROL_BYTES))
    let frames = 0
    const write = () => writeSync(opened, bytes, 0, CONTROL_BYTES, 0)
    write()
    return {
      readDescriptor,
      closeRead: () => closeSync(readDescriptor),
      stop(number) {
        bytes.setUint32(0, number, true)
        write()
      },
      countFrame() {
        frames += 1
        bytes.setUint32(4, frames >>> 0, true)
        write()
      },
      close: () => closeSync(opened),
    }
  } catch {
    if (writeDescriptor !== undefined) closeSync(writeDescriptor)
    return undefined
  } finally {
    if (writeDescriptor !== undefined) unlinkQuietly(path)
  }
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is somebody else's by now: nothing of it is ours.
  }
}
