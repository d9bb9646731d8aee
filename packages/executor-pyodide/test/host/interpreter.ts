import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createFileSystem, type FileSystemOptions } from '../../src/host/file-system/create-file-system.ts'
import type { FileSystem } from '../../src/host/file-system/file-system.ts'
import type { Device, Host, HostOptions } from '../../src/host/host.ts'
import { instantiateHost } from '../../src/host/instance.ts'
import { limitMemory } from '../../src/host/memory-limit.ts'

/** Python under the host, as it comes from the package and without an image, and what it wrote. */
export interface Interpreter {
  readonly host: Host
  /** Runs code; all that was written meanwhile, to descriptors 1 and 2. */
  run(code: string): string
  /** A file system like the one it began with. */
  freshFiles(): FileSystem
  /** Milliseconds that were waited: no test waits for real. */
  waited(): number
}

/** What a test may want otherwise. */
export interface InterpreterOptions {
  readonly maxMemoryBytes?: number | undefined
  readonly files?: Partial<FileSystemOptions> | undefined
  readonly dueSignal?: (() => number) | undefined
  /** What lies on descriptor 3. */
  readonly device?: Device | undefined
}

/** One that has begun, with time and chance that are always the same. */
export function startInterpreter(options: InterpreterOptions = {}): Interpreter {
  const interpreter = newInterpreter(options)
  interpreter.host.boot()
  return interpreter
}

/** One that has not begun. */
export function newInterpreter(options: InterpreterOptions = {}): Interpreter {
  const maxMemoryBytes = options.maxMemoryBytes ?? 256 * 2 ** 20
  let written: Uint8Array[] = []
  let waited = 0
  let random = 1
  const clock = { now: () => 1_000 + waited, date: () => FIRST_DATE + waited }
  const randomFill = (target: Uint8Array): void => {
    for (let index = 0; index < target.length; index += 1) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      target[index] = random >>> 16
    }
  }
  const output: Device = { write: (bytes) => written.push(bytes.slice()) }
  const freshFiles = (): FileSystem => {
    const files = createFileSystem({ clock, randomFill, ...options.files })
    files.setDevice(0, { read: () => 0 })
    files.setDevice(1, output)
    files.setDevice(2, output)
    files.setDevice(3, options.device ?? {})
    files.mountFile('/lib/python314.zip', {
      size: standardLibrary.length,
      read: (target, position) => target.set(standardLibrary.subarray(position, position + target.length)),
    })
    for (const folder of ['/lib/python3.14/site-packages', '/lib/python3.14/lib-dynload', '/tmp']) files.makeFolder(folder)
    files.setWorkingFolder('/home')
    return files
  }
  const hostOptions: HostOptions = {
    fileSystem: freshFiles(),
    environment: { HOME: '/home', LANG: 'C.UTF-8', PYTHONINSPECT: '1', PYTHONUNBUFFERED: '1', PYTHONHASHSEED: '0' },
    maxMemoryBytes,
    clock,
    randomFill,
    wait: (ms) => {
      waited += ms
    },
    dueSignal: options.dueSignal ?? (() => 0),
  }
  const host = instantiateHost(moduleWith(maxMemoryBytes), hostOptions)
  return {
    host,
    run: (code) => {
      written = []
      host.run(code)
      return new TextDecoder().decode(Buffer.concat(written))
    },
    freshFiles,
    waited: () => waited,
  }
}

function moduleWith(maxMemoryBytes: number): WebAssembly.Module {
  const module = modules.get(maxMemoryBytes) ?? new WebAssembly.Module(limitMemory(binary, maxMemoryBytes))
  modules.set(maxMemoryBytes, module)
  return module
}

/** Known beforehand: nothing here may ask the host for it while it is watched. */
const FIRST_DATE = Date.UTC(2026, 0, 1)
const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
const binary = readFileSync(join(folder, 'pyodide.asm.wasm'))
const standardLibrary = readFileSync(join(folder, 'python_stdlib.zip'))
const modules = new Map<number, WebAssembly.Module>()
