import { readFileSync } from 'node:fs'

/** Of the clock in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Processor time of a process and of those that it started, so far, milliseconds; undefined where it is gone, or this system does not say it. */
export function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return (ticksOf(pid) * 1_000) / TICKS_PER_SECOND
  } catch {
    return undefined
  }
}

/** A guest in a sandbox is a process below the one that was started. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name stands in brackets and may have any character; what follows has a fixed order: state is the first, utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')
  const below = children.map((child) => (child.trim() === '' ? 0 : ticksOf(Number(child))))
  return Number(fields[11]) + Number(fields[12]) + below.reduce((sum, ticks) => sum + ticks, 0)
}
