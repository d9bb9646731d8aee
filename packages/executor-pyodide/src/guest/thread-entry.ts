// The whole of a guest that is a thread: built to one text by build-guest.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { openInterpreter } from './interpreter.ts'
import { runGuest } from './loop.ts'
import { nodeSystem } from './node-system.ts'
import { openThreadPort, type ThreadData } from './thread-port.ts'

const { control, nonce, start } = workerData as ThreadData // so it is started by thread.ts
if (parentPort === null) throw new Error('a guest of this kind is a thread')
const { port, wait } = openThreadPort(parentPort, control, nonce)
// Newer Nodes know the time of a thread alone; elsewhere a program only has to keep to the clock on the wall.
const system = nodeSystem(() => {
  const usage = process.threadCpuUsage?.()
  return usage === undefined ? 0 : (usage.user + usage.system) / 1_000
}, wait)
runGuest({ port, system, wishes: start, openInterpreter: (options, prepare) => openInterpreter(start, options, prepare) })
process.exit()
