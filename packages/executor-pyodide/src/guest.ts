// The process of one interpreter. This thread only listens, so that an interrupt and the end of the host reach a busy program too.
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Request, readLines, SLOT } from './protocol.ts'

/** A program may catch its interrupt, so it is told again. */
const REPEAT_MS = 50

const shared = new Int32Array(new SharedArrayBuffer(12))
const interpreter = new Worker(new URL(`./interpreter${extname(import.meta.url)}`, import.meta.url), {
  workerData: { shared, packageFolder: process.argv[2] },
  // With the 4 MB of a thread, deep recursion in C (json, repr) would end V8's stack before Python's own limit.
  resourceLimits: { stackSizeMb: 64 },
})
interpreter.on('exit', (code) => process.exit(code))
// Ctrl-C in a terminal reaches this process too, but what it means is the host's to say.
process.on('SIGINT', () => {})
// Not `process.exit`: it waits for the other thread.
process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL'))
readLines(process.stdin, (line) => {
  const request: Request = JSON.parse(line)
  if (request.type === 'interrupt') interrupt(request.number)
  else interpreter.postMessage(line)
})

function interrupt(number: number): void {
  if (Atomics.load(shared, SLOT.finished) >= number) return
  Atomics.store(shared, SLOT.cancelled, number)
  Atomics.store(shared, SLOT.signal, 2)
  Atomics.notify(shared, SLOT.signal)
  setTimeout(interrupt, REPEAT_MS, number)
}
