/** A program that tells its process, its supervisor's and its folder, as the host of an unconfined session sees them. */
export const WHO = 'import os\nprint(os.getpid(), os.getppid(), os.getcwd(), flush=True)'

/** What a session must not leave behind. */
export interface Left {
  readonly interpreter: number
  readonly supervisor: number
  readonly folder: string
}

/** Reads what `WHO` told. */
export function whoIs(line: string): Left {
  const [interpreter, supervisor, folder = ''] = line.trim().split(' ')
  return { interpreter: Number(interpreter), supervisor: Number(supervisor), folder }
}

/** Whether there is a process of that number. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
