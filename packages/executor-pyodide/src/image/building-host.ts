import { createFileSystem } from '../host/file-system/create-file-system.ts'
import type { FileSystem, Host } from '../host/host.ts'
import { instantiateHost } from '../host/instance.ts'
import { ImageError } from './image-error.ts'
import { layOutInterpreter } from './interpreter-files.ts'

/** An interpreter in a world that is always the same: no time passes, and chance repeats itself. So equal inputs make equal images. */
export interface BuildingHost {
  readonly host: Host
  /** Runs Python; throws `ImageError` with what it printed where it raised. */
  run(code: string): void
}

/** 2020-01-01. */
const DATE = 1_577_836_800_000
const MOST_FILE_BYTES = 256 * 2 ** 20
/** Of the module that is compiled for building. */
export const BUILDING_MEMORY_BYTES: number = 512 * 2 ** 20

/** Starts an interpreter over this standard library. */
export function startBuildingHost(module: WebAssembly.Module, library: Uint8Array): BuildingHost {
  const printed: Uint8Array[] = []
  const randomFill = repeatedChance()
  const clock = { now: () => 0, date: () => DATE }
  const fileSystem = createFileSystem({ clock, randomFill, maxBytes: MOST_FILE_BYTES })
  layOutInterpreter(fileSystem, {
    size: library.length,
    read: (target, position) => target.set(library.subarray(position, position + target.length)),
  })
  layDescriptors(fileSystem, printed)
  const host = instantiateHost(module, {
    fileSystem,
    environment: { HOME: '/home/user', LANG: 'C.UTF-8', PATH: '/' },
    maxMemoryBytes: BUILDING_MEMORY_BYTES,
    clock,
    randomFill,
    wait: () => {},
    dueSignal: () => 0,
  })
  host.boot()
  return {
    host,
    run(code) {
      if (!host.run(code)) throw new ImageError(`the image cannot be built: ${Buffer.concat(printed).toString().trim()}`)
    },
  }
}

/** As they are in a session: nothing to read, output, and the line to the host on 3. */
function layDescriptors(fileSystem: FileSystem, printed: Uint8Array[]): void {
  const write = (bytes: Uint8Array): void => {
    printed.push(bytes.slice())
  }
  fileSystem.setDevice(0, { read: () => 0 })
  fileSystem.setDevice(1, { write })
  fileSystem.setDevice(2, { write })
  fileSystem.setDevice(3, { read: () => 0, write, waitReadable: () => false })
}

/** Bytes that look random: a linear congruential generator (constants of Numerical Recipes). Sessions get true ones when they start. */
function repeatedChance(): (target: Uint8Array) => void {
  let state = 1
  return (target) => {
    for (let index = 0; index < target.length; index += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      target[index] = state >>> 24
    }
  }
}
