// The first minute of a stranger: a fresh clone in a folder with a space and an umlaut, an old Node first on the path, empty caches.
// `npm run newcomer -- 16.20.2 20.20.2` tries these Nodes; without arguments it is 20. It installs everything anew, so it is no part of the tests.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { eventProblems } from './check-events.mjs'
import { fetchNode } from './fetch-node.mjs'
import { npm } from './npm.mjs'

const root = join(import.meta.dirname, '..')
const versions = process.argv.slice(2)
let failed = false

for (const version of versions.length > 0 ? versions : ['20.20.2']) {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-newcomer-'))
  try {
    await arrive(version, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exitCode = failed ? 1 : 0

/** Does what a newcomer does, and prints how long each command took. */
async function arrive(version: string, folder: string): Promise<void> {
  const env = await newEnvironment(version, folder)
  const clone = join(folder, 'für alle')
  execFileSync('git', ['clone', '--quiet', root, clone])
  const commands = ['run demo', 'test', 'run demo', 'test', 'run -s demo -- --json']
  for (const command of commands) {
    const start = performance.now()
    const { code, stdout, stderr } = await started('npm', command.split(' '), clone, env)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    const changed = execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' })
    const problems = [...(code === 0 ? [] : [`exit code ${code}`]), ...(changed ? [`the work tree is not clean:\n${changed}`] : [])]
    if (command.endsWith('--json')) problems.push(...eventProblems(stdout))
    console.log(`Node ${version}: npm ${command}  ${seconds} s  ${problems.length === 0 ? 'ok' : 'FAILED'}`)
    if (problems.length === 0) continue
    failed = true
    console.log([...problems, ...`${stdout}\n${stderr}`.split('\n').slice(-60)].join('\n'))
  }
}

/** This Node with its npm first on the path, an empty home, empty caches; how a registry is reached stays as it is. */
async function newEnvironment(version: string, folder: string): Promise<NodeJS.ProcessEnv> {
  const major = Number.parseInt(version, 10)
  const home = join(folder, 'home')
  const prefix = join(folder, 'prefix')
  for (const empty of [home, join(prefix, 'lib')]) mkdirSync(empty, { recursive: true })
  // The package of Node has no npm in it: the one that this Node came with, or the newest that it runs.
  const tool = join(folder, 'npm')
  mkdirSync(tool)
  await npm(['install', '--no-audit', '--no-fund', '--prefix', '.', `npm@${major < 18 ? 8 : major < 20 ? 9 : 10}`], tool)
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|xdg_|vitest|node_options|init_cwd|interloop_|gemini_|google_|ci$)/i.test(name),
  )
  // Not the programs of this checkout, which the door has put there.
  const others = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.startsWith(root))
  const path = [dirname(await fetchNode(version)), join(tool, 'node_modules', '.bin'), ...others].join(delimiter)
  const registry = process.env['npm_config_userconfig']
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    HOME: home,
    USERPROFILE: home,
    npm_config_prefix: prefix,
    ...(registry ? { npm_config_userconfig: registry } : {}),
  }
}

/** A command and all that it said. */
function started(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; stdout: string; stderr: string }>()
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.on('error', reject)
  child.on('close', (code) => resolve({ code, stdout, stderr }))
  return promise
}
