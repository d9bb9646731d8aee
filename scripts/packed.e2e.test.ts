// The packages as a stranger gets them: packed, installed by npm into an empty project, compiled there, and run by the oldest Node that is promised.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findOnPath } from '../packages/executor-kit/src/index.ts'
import { PINNED } from '../packages/executor-pyodide/src/image/pinned.ts'
import { fetchNode } from './fetch-node.mjs'
import { npm } from './npm.mjs'
import { pack } from './pack.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const project = mkdtempSync(join(tmpdir(), 'interloop packed ü-'))
const compilers = [
  { name: 'TypeScript 5.9', path: join(project, 'node_modules', 'typescript', 'bin', 'tsc') },
  { name: 'the TypeScript of the workspace', path: join(root, 'node_modules', 'typescript', 'bin', 'tsc') },
]
/** Without a registry there is nothing to install; offline the rest of the suite still runs. */
let offline = false

beforeAll(async () => {
  const packed = await pack(join(project, 'tarballs'))
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:tarballs/${basename(tarball)}`]))
  const others = Object.fromEntries(['@google/genai', '@types/node', 'vitest', 'zod'].map((name) => [name, catalogVersion(name)]))
  write('package.json', { private: true, type: 'module', dependencies: { ...dependencies, ...others, typescript: '5.9.3' } })
  for (const programs of globSync('packages/*/test/packed', { cwd: root }))
    cpSync(join(root, programs), join(project, 'programs'), { recursive: true })
  mkdirSync(join(project, 'examples'))
  for (const example of globSync('examples/*.{ts,json,csv,html}', { cwd: root })) {
    if (basename(example) !== 'package.json') cpSync(join(root, example), join(project, example))
  }
  await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], project).catch((error: Error) => {
    offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(error.message)
    if (!offline) throw error
    console.warn('the packed packages are not tested: no package registry can be reached')
  })
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the packed packages in an empty project', () => {
  it.for(compilers)('compile with the programs that users write first, by $name', async ({ path }, { skip }) => {
    skip(offline, 'no package registry')
    expect(await compile(path, ['programs/*.ts', 'examples/*.ts'])).toEqual([])
  })

  it('compile against the libraries of 2022, which do not know how to dispose', async ({ skip }) => {
    skip(offline, 'no package registry')
    const programs = ['scripted', 'wire', 'print'].map((name) => `programs/${name}.ts`)
    const options = { target: 'es2022', lib: ['es2022', 'dom'], types: [], noEmit: true }
    expect(await compile(compilers[0]?.path ?? '', programs, options)).toEqual([])
  })

  it.for(compilers)('do not let a wrong tool argument compile, by $name', async ({ path }, { skip }) => {
    skip(offline, 'no package registry')
    const right = readFileSync(join(project, 'programs', 'tool.ts'), 'utf8')
    mkdirSync(join(project, 'wrong'), { recursive: true })
    writeFileSync(join(project, 'wrong', 'tool.ts'), right.replace('amount.toFixed(2)', 'amount.toUpperCase()'))
    expect(await compile(path, ['wrong/*.ts'])).toEqual([
      expect.stringContaining("wrong/tool.ts(9,59): error TS2339: Property 'toUpperCase' does not exist on type 'number'."),
    ])
  })

  it.for(['22.19.0', '24.21.0', '26.10.0'])('run on Node %s', async (version, { skip }) => {
    skip(offline, 'no package registry')
    expect(await output(version, 'scripted')).toEqual({ status: 'completed', regenerations: 1, output_text: 'It is 5117.' })
    expect(await output(version, 'wire')).toEqual({ status: 'completed', output_text: 'It is 4.' })
  })

  it.for(['22.19.0', '24.21.0', '26.10.0'])('run real Python on Node %s', async (version, { skip }) => {
    skip(offline, 'no package registry')
    for (const program of ['print', 'print-local'])
      expect(await output(version, program)).toEqual({ outcome: 'OUTCOME_OK', stdout: '42\n' })
  })

  it('run real Python where nothing can be written, neither at home nor in the temporary folder', async ({ skip }) => {
    skip(offline, 'no package registry')
    const bubblewrap = findOnPath('bwrap') ?? skip('no bubblewrap')
    const node = await fetchNode('26.10.0')
    const { stdout } = await run(bubblewrap, ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', node, await compiled('print')])
    expect(JSON.parse(stdout)).toEqual({ outcome: 'OUTCOME_OK', stdout: '42\n' })
  })

  it('carry the image of the interpreter that the sources name, byte for byte, and the licences of what is in it', ({ skip }) => {
    skip(offline, 'no package registry')
    const installed = join(project, 'node_modules', '@interloop', 'executor-pyodide')
    const image = readFileSync(join(installed, 'image', 'interloop.image'))
    expect(createHash('sha256').update(image).digest('hex')).toBe(PINNED.sha256)
    const texts = readdirSync(join(installed, 'licenses')).filter((name) => name !== 'README.md')
    const table = readFileSync(join(installed, 'licenses', 'README.md'), 'utf8')
    expect(texts.toSorted()).toEqual(Array.from(table.matchAll(/`([\w-]+\.(?:txt|rst|md))`/g), ([, name]) => name).toSorted())
  })
})

/** Compiles files of the project as a strict user does, libraries included, into `out`; the errors, one each. */
async function compile(compiler: string, include: readonly string[], options: object = {}): Promise<readonly string[]> {
  write('tsconfig.json', {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      rewriteRelativeImportExtensions: true,
      rootDir: '.',
      outDir: 'out',
      ...options,
    },
    include,
  })
  const { stdout } = await run(process.execPath, [compiler, '--pretty', 'false'], { cwd: project }).catch(
    (error: { stdout: string }) => error,
  )
  return stdout.split('\n').filter((line) => / error TS\d+: /.test(line))
}

/** What a compiled program prints, as JSON, on this Node. */
async function output(version: string, program: string): Promise<unknown> {
  const { stdout } = await run(await fetchNode(version), [await compiled(program)], { cwd: project })
  return JSON.parse(stdout)
}

async function compiled(program: string): Promise<string> {
  const path = join(project, 'out', 'programs', `${program}.js`)
  if (!existsSync(path)) await compile(compilers[0]?.path ?? '', ['programs/*.ts'])
  return path
}

/** The version in the workspace's catalog. */
function catalogVersion(name: string): string {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const version = new RegExp(`^ {2}"?${name}"?: (\\S+)$`, 'm').exec(catalog)?.[1]
  if (!version) throw new Error(`${name} is not in the catalog`)
  return version
}

function write(file: string, content: object): void {
  writeFileSync(join(project, file), `${JSON.stringify(content, null, 2)}\n`)
}
