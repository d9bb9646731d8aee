import { spawn } from 'node:child_process'
import { NotConfinable } from '@interloop/executor-kit'
import type { Launcher } from './launcher.ts'

/** A cold disk and a loaded machine included, milliseconds. */
const PROBE_MS = 20_000

/**
 * Runs a Node in a sandbox once, which has all of Node's rights and looks at what is left of them. Rejects with `NotConfinable` where it
 * does not hold, in the words of what refused it: bubblewrap is often there and not let.
 */
export async function probeSandbox(launcher: Launcher): Promise<void> {
  const { command, descriptors, close } = await launcher.prepare(['--input-type=module', '-'])
  const [file = '', ...programArguments] = command
  const last = Math.max(2, ...descriptors.keys())
  const child = spawn(file, programArguments, {
    env: {},
    cwd: '/',
    stdio: Array.from({ length: last + 1 }, (_, number) => descriptors.get(number) ?? (number < 3 ? 'pipe' : 'ignore')),
    timeout: PROBE_MS,
    killSignal: 'SIGKILL',
  })
  let told = ''
  let complaint = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  child.stdin?.on('error', () => {}).end(PROBE)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', reject)
  child.once('close', (code, signal) => {
    if (told === CONFINED) resolve()
    else reject(new NotConfinable(`${refusal(told, complaint) || `it ended with ${code ?? signal}`} (${HINT})`))
  })
  try {
    await promise
  } catch (error) {
    throw error instanceof NotConfinable ? error : new NotConfinable(String(error))
  } finally {
    await close()
  }
}

function refusal(told: string, complaint: string): string {
  return (complaint.trim() || told.trim()).slice(-1_000)
}

const HINT = 'the kernel, or the container that this runs in, may forbid namespaces'
const CONFINED = 'confined'

/** What must fail, and with which error: attempts that end otherwise are told by their names. */
const PROBE = `
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'

const wrong = []
function fails(what, attempt, codes) {
  try {
    const result = attempt()
    if (result?.error) throw result.error
    wrong.push(what)
  } catch (error) {
    if (!codes.includes(error.code)) wrong.push(what + ': ' + error.message)
  }
}
const refused = ['EPERM', 'EACCES', 'EROFS', 'ENOENT']
if (process.getuid() === 0) wrong.push('it is root')
fails('a file can be written', () => writeFileSync('/interloop-probe', ''), refused)
fails('a folder can be made', () => mkdirSync('/interloop-probe'), refused)
fails('the files of users are there', () => readdirSync('/home'), ['ENOENT'])
fails('processes are there', () => readdirSync('/proc/1'), ['ENOENT'])
fails('a process can be started', () => spawnSync(process.execPath, ['--version']), ['EPERM', 'EACCES'])
fails('a process can be signalled', () => process.kill(process.pid, 'SIGTERM'), ['EPERM'])
// Only where there is a filter of system calls.
fails('networks are there', () => { if (Object.keys(networkInterfaces()).length === 0) throw Object.assign(new Error(), { code: 'NONE' }) }, ['NONE', 'ERR_SYSTEM_ERROR'])
createServer().on('error', ({ code }) => end(refused.includes(code) ? [] : ['a socket can be made: ' + code])).listen(0, '127.0.0.1', () => end(['a port can be opened']))
function end(more) {
  process.stdout.write([...wrong, ...more].join('; ') || '${CONFINED}')
  process.exit()
}
`
