import { DESCRIPTORS } from './pipe-port.ts'

/**
 * The thread of a guest that kills it when its parent is gone: the guest itself may spin in C, and hear nothing. It blocks in reading
 * a pipe that nobody writes to, so it costs no time. Text, for it has no file; whether it is read as a module depends on the Node.
 */
export const WATCHDOG: string = `
const { readSync } = process.getBuiltinModule('node:fs')
try {
  while (readSync(${DESCRIPTORS.watch}, new Uint8Array(1)) > 0);
} catch {}
process.kill(process.pid, 'SIGKILL')
`
