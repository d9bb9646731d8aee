import { answering, type ImportContext, type Imports, systemCalls, wasiCalls } from './import-context.ts'
import { USER } from './status.ts'

/** What a process finds around it: environment, name, user, mask, random numbers. */
export function surroundingImports(context: ImportContext): Imports {
  const { memory, options } = context
  const entries = Object.entries(options.environment).map(([name, value]) => encoder.encode(`${name}=${value}\0`))
  return {
    ...wasiCalls({
      /** How many entries the environment has, and how many bytes. */
      environ_sizes_get: (count: number, bytes: number) => {
        memory.slice(bytes, 4)
        memory.setInt32(count, entries.length)
        memory.setInt32(
          bytes,
          entries.reduce((sum, entry) => sum + entry.length, 0),
        )
        return 0
      },
      /** The entries one after another, and where each begins. */
      environ_get: (places: number, target: number) => {
        let start = target
        for (const [index, entry] of entries.entries()) {
          memory.slice(start, entry.length).set(entry)
          memory.setInt32(places + index * 4, start)
          start += entry.length
        }
        return 0
      },
      /** getrandom(2). */
      random_get: (target: number, length: number) => {
        if (length !== 0) options.randomFill(memory.slice(target, length))
        return 0
      },
    }),
    ...answering(
      {
        /** Name of the program; nothing where there is no room for it. */
        _emscripten_get_progname: (target: number, size: number) => {
          if (size >>> 0 >= PROGRAM.length) memory.slice(target, PROGRAM.length).set(PROGRAM)
        },
      },
      () => undefined,
    ),
    ...systemCalls({
      /** getuid(2) and its like. */
      __syscall_getuid32_js: () => USER,
      /** umask(2): the mask that was there before. */
      __syscall_umask_js: (mask: number) => {
        const { volume } = context.fileSystem.guest
        const before = volume.mask
        volume.mask = mask & 0o777
        return before
      },
    }),
    /** system(3): there is no shell, which is how it answers to both of its questions. */
    _emscripten_system: (command: number) => (command === 0 ? 0 : -1),
  }
}

const encoder = new TextEncoder()
const PROGRAM: Uint8Array = encoder.encode('python\0')
