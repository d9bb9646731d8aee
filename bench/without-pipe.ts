// The same programs through the same runtime file, in a thread that asks itself: what is left when there is no pipe.
import { parentPort, workerData } from 'node:worker_threads'
import type { Frame } from '../packages/executor-pyodide/src/guest/frames.ts'
import { type GuestPort, ParentGone } from '../packages/executor-pyodide/src/guest/guest-port.ts'
import { openInterpreter } from '../packages/executor-pyodide/src/guest/interpreter.ts'
import { runGuest } from '../packages/executor-pyodide/src/guest/loop.ts'
import type { ProgramLimits, StartLimits } from '../packages/executor-pyodide/src/guest/messages.ts'
import { nodeSystem } from '../packages/executor-pyodide/src/guest/node-system.ts'
import { loadImage } from '../packages/executor-pyodide/src/image/load.ts'

const { code, times } = workerData as { readonly code: string; readonly times: number } // so it is started by pyodide.ts
const NO_CONTENT = new Uint8Array()
const START: StartLimits = { memoryBytes: 512 * 2 ** 20, fileBytes: 128 * 2 ** 20, files: 20_000 }
const PROGRAM: ProgramLimits = {
  wallMs: 30_000,
  memoryBytes: START.memoryBytes,
  outputBytes: 2 ** 20,
  outputHardBytes: 2 ** 28,
  displayBytes: 2 ** 23,
  toolCalls: 5_000,
}

const trips: number[] = []
let number = 0
let begun = 0
const port: GuestPort = {
  receive: next,
  receiveWithin: () => undefined,
  send(message) {
    if (message.type === 'ended') trips.push(performance.now() - begun)
  },
  stopNumber: () => 0,
}
const image = await loadImage({})
const system = nodeSystem(
  () => 0,
  () => {},
)
try {
  runGuest({
    port,
    system,
    wishes: { limits: START, isRehearsed: false },
    openInterpreter: (options, prepare) => openInterpreter({ image: image.parts, limits: START, stackBytes: 4_000_000 }, options, prepare),
  })
} catch (error) {
  if (!(error instanceof ParentGone)) throw error
}
image.close()
parentPort?.postMessage(trips)

function next(): Frame {
  if (number === times) throw new ParentGone('all programs ran')
  number += 1
  begun = performance.now()
  return { header: { type: 'execute', number, code, limits: PROGRAM }, content: NO_CONTENT }
}
