// Writes docs/api.md.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { checkApi } from './check-api.ts'

const compiler = join(import.meta.dirname, '..', 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-b'], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' })
const problems = status === 0 ? checkApi(true) : ['docs/api.md needs sources that compile']
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
