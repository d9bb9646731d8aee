import { runProgram } from '@interloop/executor-kit'

/** The processes that descend from one, itself not counted, nor the one that is asked. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await runProgram('ps', ['-A', '-o', 'pid=,ppid=,comm='], { env: { PATH: '/usr/bin:/bin' } })
  const processes = stdout.split('\n').flatMap((line) => {
    const [child = '', parent = '', ...name] = line.trim().split(/\s+/)
    return child === '' || name.join(' ').endsWith('ps') ? [] : [{ child: Number(child), parent: Number(parent) }]
  })
  const found = new Set([pid])
  // Parents may be listed after their children.
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const { child, parent } of processes) if (found.has(parent)) found.add(child)
  }
  found.delete(pid)
  return [...found]
}

/** Whether a process is there; one that has ended and was not waited for by its parent counts. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
