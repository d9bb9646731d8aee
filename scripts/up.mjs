// The door of a fresh clone: `npm run demo`, `npm test` and others get a Node that runs the sources, the dependencies of
// the lock file, and then do their job. Plain JavaScript that Node 16 runs. What it says goes to stderr: stdout is the job's.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alone } from './alone.mjs'
import { fetchNode } from './fetch-node.mjs'
import { pnpm, tools } from './npm.mjs'

const nodeVersion = '26.10.0'
const oldestMajor = 24 // the first that runs the sources as they are: types stripped, `using` understood
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** @type {Record<string, string[] | undefined>} */
const jobs = {
  demo: ['examples/demo.ts'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  'test:chaos': ['packages/executor-remote/test/chaos/long-form.ts'],
  'bench:remote': ['bench/remote.ts'],
  'bench:pyodide': ['bench/pyodide.ts'],
  check: ['scripts/check.ts'],
  api: ['scripts/api.ts'],
  newcomer: ['scripts/newcomer.ts'],
}

const [name = '', ...args] = process.argv.slice(2)
const job = jobs[name]
if (!job) {
  say(`usage: node scripts/up.mjs ${Object.keys(jobs).join('|')} [arguments]\n`)
  process.exit(2)
}
// Ctrl-C reaches the child as well; this process outlives it, to tidy up and to pass its exit code on.
const interrupt = new AbortController()
process.on('SIGINT', () => interrupt.abort())
try {
  const node = await prepare()
  if (interrupt.signal.aborted) throw new Error('interrupted')
  process.exitCode = await perform(node, [...job, ...args])
} catch (error) {
  say(interrupt.signal.aborted ? '\ninterrupted; the same command starts again\n' : `\n${error instanceof Error ? error.message : error}\n`)
  process.exitCode = interrupt.signal.aborted ? 130 : 1
}

/** Node and the dependencies, fetched and installed where they are not there yet; the path of the node to use. */
async function prepare() {
  const present = process.versions.node
  const fits = parseInt(present, 10) >= oldestMajor
  const stamp = join(root, 'node_modules', '.interloop-installed')
  const wanted = fingerprint(fits ? present : nodeVersion)
  const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (fits && installed()) return process.execPath
  return alone(say, interrupt.signal, async () => {
    const node = fits ? process.execPath : await fetched(present)
    if (!installed()) {
      rmSync(stamp, { force: true })
      await install(node)
      writeFileSync(stamp, wanted)
    }
    return node
  })
}

/** @param {string} node */
async function install(node) {
  const start = Date.now()
  say('· installing dependencies (once) … ')
  await pnpm(['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'], root, withNode(node))
  say(`${((Date.now() - start) / 1000).toFixed(1)} s\n`)
}

/** @param {string} present the version that is too old */
async function fetched(present) {
  if (!existsSync(join(tools, `node-${nodeVersion}`))) {
    say(`· Node ${present} found, >= ${oldestMajor} needed: fetching Node ${nodeVersion} from npm for this project only (once, ~50 MB)\n`)
  }
  return fetchNode(nodeVersion).catch((error) => {
    throw new Error(
      `${error.message}\nNode ${oldestMajor} or newer is needed and could not be fetched: install it from https://nodejs.org and try again.`,
    )
  })
}

/** @param {string} version what the dependencies were installed with */
function fingerprint(version) {
  const manifests = ['packages', '.'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((entry) => join(folder, entry, 'package.json')),
  )
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests.sort()].filter((file) =>
    existsSync(join(root, file)),
  )
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${version}`)
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/**
 * Runs the job and answers its exit code.
 * @param {string} node
 * @param {string[]} command
 * @returns {Promise<number>}
 */
function perform(node, command) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, command, { cwd: root, env: withNode(node), stdio: 'inherit' })
    // A terminal tells the whole group of an interrupt; elsewhere only this process hears of it.
    if (!process.stdin.isTTY) process.on('SIGINT', () => child.kill('SIGINT'))
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code === null ? 128 + constants.signals[signal || 'SIGTERM'] : code))
  })
}

/**
 * The environment with this node first.
 * @param {string} node
 */
function withNode(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  const folders = [dirname(node), join(root, 'node_modules', '.bin'), process.env[key]]
  return { ...process.env, [key]: folders.filter(Boolean).join(delimiter) }
}

/** @param {string} text */
function say(text) {
  process.stderr.write(text)
}
