import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type Spread, spread } from './blocks.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..')

/** What an import costs above a Node that imports nothing. */
export interface ImportCost {
  readonly cpuMs: Spread
  readonly megabytes: Spread
}

/** Fresh processes of each kind, in turn; the more, the less one slow start says. */
const TIMES = 21

/** Imports the main entry and `./gemini` as they are published, built, each in fresh processes beside as many that import nothing. */
export async function importCosts(): Promise<{ readonly main: ImportCost; readonly gemini: ImportCost }> {
  // A folder of the package, so that its dependencies are found.
  const folder = await mkdtemp(join(root, 'packages/core/node_modules/.bench-'))
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const target = ['--outDir', join(folder, 'dist'), '--tsBuildInfoFile', join(folder, 'built')]
    await execute(process.execPath, [compiler, '-p', join(root, 'packages/core'), ...target], { cwd: root })
    const main: Start[] = []
    const gemini: Start[] = []
    for (let time = 0; time < TIMES; time += 1) {
      const bare = await start('')
      const [ofMain, ofGemini] = [await start(join(folder, 'dist/index.js')), await start(join(folder, 'dist/gemini/index.js'))]
      main.push({ cpuMs: ofMain.cpuMs - bare.cpuMs, megabytes: ofMain.megabytes - bare.megabytes })
      gemini.push({ cpuMs: ofGemini.cpuMs - bare.cpuMs, megabytes: ofGemini.megabytes - bare.megabytes })
    }
    return { main: costOf(main), gemini: costOf(gemini) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Start {
  readonly cpuMs: number
  readonly megabytes: number
}

function costOf(starts: readonly Start[]): ImportCost {
  return { cpuMs: spread(starts.map(({ cpuMs }) => cpuMs)), megabytes: spread(starts.map(({ megabytes }) => megabytes)) }
}

/** One process that imports this file, or nothing, and says what it has used until then. */
async function start(file: string): Promise<Start> {
  const importing = file === '' ? '' : `await import(${JSON.stringify(pathToFileURL(file).href)});`
  const program = `${importing} const { user, system } = process.cpuUsage(); console.log(JSON.stringify({ cpuMs: (user + system) / 1e3, megabytes: process.memoryUsage.rss() / 1e6 }))`
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program])
  return JSON.parse(stdout) as Start
}
