import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toNotebook } from '../src/exports/notebook.ts'
import { sampleSummary } from './sample-summary.ts'
import { summaryOf } from './told-run.ts'

const run = promisify(execFile)

let folder: string
/** A Python that has nbformat: the one that is there, or one of its own in a temporary folder. */
let python: string | undefined
let missing = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interloop-notebook-'))
  python = await run('python3', ['-c', 'import nbformat']).then(
    () => 'python3',
    () => installed(),
  )
  if (!python) console.warn(`notebook.e2e: skipped: ${missing}`)
})
afterAll(() => rm(folder, { recursive: true }))

async function installed(): Promise<string | undefined> {
  const own = join(folder, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  try {
    await run('python3', ['-m', 'venv', join(folder, 'venv')])
    await run(own, ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--timeout', '10', 'nbformat'], { timeout: 90_000 })
    return own
  } catch (error) {
    missing = `Python's nbformat is not there and cannot be installed (${String(error).split('\n', 1)[0]})`
    return undefined
  }
}

test.for([['a run in which everything happened', sampleSummary()] as const, ['a run in which nothing happened', summaryOf()] as const])(
  'Jupyter’s own nbformat finds the notebook of %s valid, and reads it as version 4.5',
  async ([name, summary], { skip }) => {
    if (!python) return skip(missing)
    const file = join(folder, `${name.length}.ipynb`)
    await writeFile(file, JSON.stringify(toNotebook(summary)))
    const program =
      'import nbformat, sys\nnotebook = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)\n' +
      'nbformat.validate(notebook, relax_add_props=False)\nprint(notebook.nbformat, notebook.nbformat_minor, len(notebook.cells))'
    const { stdout } = await run(python, ['-W', 'error', '-c', program, file])
    expect(stdout).toBe(`4 5 ${toNotebook(summary).cells.length}\n`)
  },
)
