// Everything that can be said about the sources without starting an interpreter or a browser. Each check prints one line, and its output when it fails.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkApi } from './check-api.ts'
import { checkPackages } from './check-packages.ts'

const root = join(import.meta.dirname, '..')
const failed: string[] = []

// Two at a time; what reads the built declarations waits for them.
await Promise.all([
  (async () => {
    const typed = await check('types', () => program('typescript/bin/tsc', '-b'))
    await check('api', async () => (typed ? checkApi() : ['needs the types']))
    await check('packages', () => (typed ? inTemporaryFolder(checkPackages) : Promise.resolve(['needs the types'])))
  })(),
  (async () => {
    await check('biome', () => program('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off'))
    await check('knip', () => program('knip/bin/knip.js', '--no-progress'))
    await check('unit tests', () => program('vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=dot'))
  })(),
])
if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0

/** Runs one check, which answers with what is wrong, and says how it went. */
async function check(name: string, run: () => Promise<readonly string[]>): Promise<boolean> {
  const start = performance.now()
  const problems = await run().catch((error: unknown) => [error instanceof Error ? error.message : String(error)])
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}  ${seconds} s`)
  for (const problem of problems) console.log(problem.replace(/^/gm, '       '))
  if (problems.length > 0) failed.push(name)
  return problems.length === 0
}

/** A program of the workspace; what is wrong is all that it said. */
function program(script: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  child.on('error', reject)
  child.on('close', (code) => resolve(code === 0 ? [] : [output.trim() || `exit code ${code}`]))
  return promise
}

async function inTemporaryFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-check-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
