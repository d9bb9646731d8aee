import { readdirSync, readFileSync } from 'node:fs'

/** CPU of this process and of all its children that have ended, milliseconds. Linux: children are counted in ticks of 10 ms. */
export function cpuOfAll(): number {
  const { user, system } = process.cpuUsage()
  const fields = statOf('self')
  return (user + system) / 1000 + (Number(fields[13]) + Number(fields[14])) * 10
}

/** Proportional memory of a process, bytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}

/** The processes that this one has started and that live. */
export function childrenOf(parent: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.filter((name) => Number(statOf(name)[1]) === parent).map(Number)
}

/** From the state of the process on, which is the third field of proc_pid_stat(5). */
function statOf(process: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return [] // it has ended meanwhile
  }
}
