// The thread in which Python runs. A request is answered without a break; what is told meanwhile is written at once, so that it is told live.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadPyodide } from 'pyodide'
import { readLock } from './lock.ts'
import { type Message, SLOT } from './protocol.ts'
import { RUNTIME } from './runtime.ts'

const { shared, packageFolder } = workerData as { readonly shared: Int32Array; readonly packageFolder?: string }
let running = 0
let memoryLimit = Number.POSITIVE_INFINITY

// Without the types of the browser, TypeScript does not know it.
const { Memory } = (
  globalThis as unknown as { WebAssembly: { Memory: { prototype: { buffer: ArrayBuffer; grow(pages: number): number } } } }
).WebAssembly
const { grow } = Memory.prototype
Memory.prototype.grow = function (pages) {
  // Python makes a MemoryError of it.
  if (this.buffer.byteLength + pages * 65_536 > memoryLimit) throw new RangeError('beyond limits.memoryBytes')
  return grow.call(this, pages)
}

const pyodide = await loadPyodide({ env: { LANG: 'C.UTF-8' } })
// Otherwise Pyodide would write Python's stack to stdout, as if the program had.
const { _api } = pyodide as unknown as { _api: { fatal_error(): void } }
_api.fatal_error = () => process.exit(1)
const streams = (['stdout', 'stderr'] as const).map((type) => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const write = (bytes?: Uint8Array): number => {
    const text = decoder.decode(bytes, { stream: bytes !== undefined })
    if (text !== '') tell({ type, text })
    return bytes?.length ?? 0
  }
  if (type === 'stdout') pyodide.setStdout({ write })
  else pyodide.setStderr({ write })
  return write
})
pyodide.setStdin({ read: () => 0 })

const host = {
  packages: JSON.stringify(packageFolder === undefined ? {} : readLock(packageFolder)),
  read_wheel: (file: string) => new Uint8Array(readFileSync(join(packageFolder ?? '', file))),
  tell: (line: string) => writeFileSync(3, `${line}\n`),
  sleep(milliseconds: number): void {
    if (Atomics.wait(shared, SLOT.signal, 0, milliseconds) !== 'timed-out') pyodide.checkInterrupt()
  },
  begin(number: number, memoryBytes: number): void {
    running = number
    memoryLimit = memoryBytes
    Atomics.store(shared, SLOT.signal, Atomics.load(shared, SLOT.cancelled) === number ? 2 : 0)
    pyodide.setInterruptBuffer(shared)
    pyodide.checkInterrupt()
  },
  end(): void {
    Atomics.store(shared, SLOT.finished, running)
    pyodide.setInterruptBuffer(undefined as never) // documented, but its type says otherwise
    memoryLimit = Number.POSITIVE_INFINITY
  },
}
const runtime = pyodide.toPy({ __name__: 'interloop' })
runtime.set('host', host)
pyodide.runPython(RUNTIME, { globals: runtime, filename: '<interloop>' })
const answer: (line: string) => string = runtime.get('answer')

parentPort?.on('message', (line: string) => {
  const answered = answer(line)
  for (const flush of streams) flush()
  host.tell(answered)
})
tell({ type: 'ready' })

function tell(message: Message): void {
  host.tell(JSON.stringify(message))
}
