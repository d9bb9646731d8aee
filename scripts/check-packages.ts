import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData, type Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { pack } from './pack.ts'

/** What is wrong with the packages as they would be published, line by line; nothing where all is well. Packs them into the folder `into`. */
export async function checkPackages(into: string): Promise<readonly string[]> {
  const problems: string[] = []
  for (const { name, tarball } of await pack(into)) {
    const bytes = new Uint8Array(readFileSync(tarball))
    const found = createPackageFromTarballData(bytes)
    const of = [...contentProblems(found), ...(await lint(bytes)), ...(await typeProblems(found))]
    problems.push(...of.map((problem) => `${name}: ${problem}`))
  }
  return problems
}

/** The licence is in, built files and their sources are in, tests are not. */
function contentProblems(found: Package): readonly string[] {
  const files = found.listFiles().map((file) => file.replace(`/node_modules/${found.packageName}/`, ''))
  const wanted = ['LICENSE', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']
  const missing = wanted.filter((file) => !files.includes(file)).map((file) => `${file} is missing`)
  const sourceless = files.filter((file) => /^dist\/.*\.js$/.test(file) && !files.includes(file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')))
  const strange = files.filter(
    (file) =>
      !/^(dist|src|licenses)\/|^(LICENSE|NOTICE|README\.md|package\.json|image\/interloop\.image)$/.test(file) ||
      /\.test\.|tsbuildinfo/.test(file),
  )
  return [...missing, ...sourceless.map((file) => `${file} has no source`), ...strange.map((file) => `${file} should not be published`)]
}

/** What publint says. */
async function lint(tarball: Uint8Array<ArrayBuffer>): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true })
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
}

/** Where TypeScript resolves an import otherwise than Node does. The packages are ESM alone: what concerns `require` and Node 10 is meant to be so. */
async function typeProblems(found: Package): Promise<readonly string[]> {
  const result = await checkPackage(found)
  if (result.types === false) return ['has no types']
  return result.problems
    .filter((problem) => !('resolutionKind' in problem) || problem.resolutionKind === 'node16-esm' || problem.resolutionKind === 'bundler')
    .map((problem) => JSON.stringify(problem))
}
