// The whole of a guest that is a process: built to one text by build-guest.ts, and read by Node from its standard input.
import { Worker } from 'node:worker_threads'
import { ParentGone } from './guest-port.ts'
import { openInterpreter } from './interpreter.ts'
import { runGuest } from './loop.ts'
import type { Start } from './messages.ts'
import { nodeSystem } from './node-system.ts'
import { openPipePort } from './pipe-port.ts'
import { WATCHDOG } from './watchdog.ts'

const { port, wait } = openPipePort()
const system = nodeSystem(() => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}, wait)
try {
  const start = port.receive().header as unknown as Start // a parent is trusted
  if (start.watch === 'thread') new Worker(WATCHDOG, { eval: true, stdin: false, env: {} })
  runGuest({ port, system, wishes: start, openInterpreter: (options, prepare) => openInterpreter(start, options, prepare) })
} catch (error) {
  if (!(error instanceof ParentGone)) throw error
}
process.exit()
