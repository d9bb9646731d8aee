// Runs in a package's folder before it is packed: builds it, and removes from `dist` what no longer has a source.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

for (const built of globSync('dist/**/*.{js,js.map,d.ts,d.ts.map}')) {
  const source = built.replace(/^dist/, 'src').replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
  if (!existsSync(source) || source.endsWith('.test.ts')) rmSync(built)
}
const compiler = join('..', '..', 'node_modules', 'typescript', 'bin', 'tsc')
process.exitCode = spawnSync(process.execPath, [compiler, '-b'], { stdio: 'inherit' }).status ?? 1
