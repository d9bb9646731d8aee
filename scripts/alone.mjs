// One installation at a time in this checkout. Plain JavaScript that Node 16 runs.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tools } from './npm.mjs'

/**
 * One installation at a time; a second one waits, and finds it done.
 * @template Value
 * @param {(text: string) => void} say
 * @param {AbortSignal} signal ends the waiting
 * @param {() => Promise<Value>} work
 * @returns {Promise<Value>}
 */
export async function alone(say, signal, work) {
  const lock = join(tools, 'lock')
  mkdirSync(tools, { recursive: true })
  for (let told = false; !taken(lock); told = true) {
    if (!told) say(`· waiting for another installation (remove ${lock} if there is none)\n`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (signal.aborted) throw new Error('interrupted')
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock holds the id of the process that has it; it counts no longer when that process is gone, or after ten minutes */
function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  try {
    const owner = readFileSync(lock, 'utf8')
    const overdue = Date.now() - statSync(lock).mtimeMs > 600_000
    if (!overdue && (!owner || alive(Number(owner)))) return false
    rmSync(lock, { force: true })
  } catch {
    // It was given back in between.
  }
  return taken(lock)
}

/**
 * Whether there is a process of this id.
 * @param {number} pid
 */
export function alive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
