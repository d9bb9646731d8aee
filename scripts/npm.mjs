// npm and pnpm, run quietly. Plain JavaScript that Node 16 runs.
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const pnpmVersion = '12.21.0'

/** The folder of what is fetched for this checkout alone; git-ignored. */
export const tools = join(dirname(dirname(fileURLToPath(import.meta.url))), '.tools')

/**
 * Runs pnpm, which npm fetches, and says nothing unless it fails.
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env]
 */
export function pnpm(args, cwd, env = process.env) {
  return npm(['exec', '--yes', '--', `pnpm@${pnpmVersion}`, ...args], cwd, env)
}

/**
 * Runs npm and says nothing unless it fails.
 * @param {readonly string[]} args contain no path: on Windows they go through a shell, which would split one with spaces
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env]
 */
export function npm(args, cwd, env = process.env) {
  const asScript = /npm-cli\.js$/.test(env['npm_execpath'] || '')
  // `npm run -s` hands its silence down to this npm, whose errors are wanted.
  const told = { ...env, ...writableCaches(env), npm_config_loglevel: 'error' }
  if (asScript) return quietly(process.execPath, [String(env['npm_execpath']), ...args], cwd, told)
  return quietly('npm', args, cwd, told, process.platform === 'win32')
}

/**
 * Where the home folder cannot be written to, the caches move beside what is fetched.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function writableCaches(env) {
  const own = join(tools, 'cache')
  const moved = writable(homedir()) ? {} : { XDG_CACHE_HOME: own, XDG_DATA_HOME: own, XDG_STATE_HOME: own }
  return writable(env['npm_config_cache'] || join(homedir(), '.npm')) ? moved : { ...moved, npm_config_cache: join(own, 'npm') }
}

/** @param {string} folder */
function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Runs a program with its output hidden; its last eight lines are the message of the error when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} [shell]
 * @returns {Promise<void>}
 */
export function quietly(program, args, cwd, env, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    // Also where no terminal tells the whole group: an interrupted installation ends at once.
    const stop = () => child.kill('SIGINT')
    process.once('SIGINT', stop)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output = (output + bytes).slice(-10_000)))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('SIGINT', stop)
      if (code === 0) return resolve()
      const last = output.trimEnd().split('\n').slice(-8).join('\n')
      reject(new Error(last || `${program} ${args.join(' ')} ended with ${signal || `exit code ${code}`}`))
    })
  })
}
