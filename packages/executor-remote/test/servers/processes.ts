import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A process of this machine, and the words that it was started with. */
export interface ProcessEntry {
  readonly pid: number
  readonly command: string
}

/** The processes whose command names this text: kernels name the connection file in their server's private folder. */
export async function processesNaming(text: string): Promise<readonly ProcessEntry[]> {
  const all = process.platform === 'linux' ? fromProc() : await fromPs()
  return all.filter(({ pid, command }) => pid !== process.pid && command.includes(text))
}

/** SIGKILL; a process that is gone already is no error. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until something is so. Rejects after `timeoutMs`, with what was waited for. */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  timeoutMs = 20_000,
): Promise<Value> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value) return value
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await delay(20)
  }
}

function fromProc(): readonly ProcessEntry[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return [{ pid: Number(entry), command }]
    } catch {
      return [] // it ended in between
    }
  })
}

async function fromPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    return pid ? [{ pid: Number(pid), command }] : []
  })
}
