import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { OptionsError, type PrepareProgress } from '@interloop/core/executor'
import { findOnPath, runProgram } from '@interloop/executor-kit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { pythonFor } from '../src/local/environment.ts'

const python3 = findOnPath('python3')
const uv = findOnPath('uv')
const ENVIRONMENT_FILE = new URL('../src/local/environment.ts', import.meta.url).href

let folder: string
let index: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interloop-environment-'))
  index = join(folder, 'index')
  await mkdir(index)
  await makeIndex()
})
// An index of our own: a folder with one wheel and one source distribution. No other is asked.
beforeEach(() => {
  for (const tool of ['UV', 'PIP']) {
    vi.stubEnv(`${tool}_NO_INDEX`, '1')
    vi.stubEnv(`${tool}_FIND_LINKS`, index)
  }
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(python3 === undefined)('the Python that runs programs', () => {
  test('is the python3 of the path, with what it has', async () => {
    const found = await pythonFor({})
    expect(found).toMatchObject({ python: python3, runtime: expect.stringMatching(/^CPython 3\.\d+\.\d+/) })
  })

  test('is told where there is none, or an old one', async () => {
    vi.stubEnv('PATH', join(folder, 'nothing'))
    await expect(pythonFor({})).rejects.toMatchObject({
      code: 'unsupported',
      message: 'there is no python3 on the PATH; install Python 3.10 or newer, or name one by the option python',
    })
    await expect(pythonFor({ python: 'python3.99' })).rejects.toThrow('python must be on the PATH or a path, got "python3.99"')
    const old = join(folder, 'old-python')
    const answer = { implementation: 'CPython', version: [3, 9, 18], executable: old, platform: 'linux-x86_64', packages: [] }
    await writeFile(old, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 })
    await expect(pythonFor({ python: old })).rejects.toThrow(`Python must be 3.10 or newer, ${old} is 3.9.18`)
  })

  test('of a virtual environment brings everything itself', async () => {
    await expect(pythonFor({ venv: folder, packages: ['numpy'] })).rejects.toThrow(OptionsError)
    await expect(pythonFor({ venv: folder })).rejects.toMatchObject({ code: 'unsupported' })
  })
})

const installers = [
  { name: 'uv', path: () => process.env['PATH'] ?? '', isThere: uv !== undefined },
  { name: 'pip', path: pathWithoutUv, isThere: python3 !== undefined },
]

describe.each(installers)('packages installed by $name', ({ name, path, isThere }) => {
  const packages = ['interloop-sample']
  let cache: string

  beforeEach((context) => {
    if (!isThere) {
      console.log(`no ${name}: packages are not installed by it`)
      context.skip()
    }
    cache = join(folder, `cache-${name}`)
    vi.stubEnv('PATH', path())
  })

  test('are there with version and import names, once, and everything that happens is told', async () => {
    const told: PrepareProgress[] = []
    const first = await pythonFor({ packages, cacheFolder: cache }, (progress) => told.push(progress))
    const again: PrepareProgress[] = []
    const second = await pythonFor({ packages, cacheFolder: cache }, (progress) => again.push(progress))

    expect(first.packages.filter((each) => each.name === 'interloop-sample')).toEqual([
      { name: 'interloop-sample', version: '1.0', imports: ['interloop_sample'] },
    ])
    expect(await runProgram(first.python, ['-I', '-c', 'import interloop_sample; print(interloop_sample.VALUE)'])).toMatchObject({
      stdout: '42\n',
    })
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
      'making an environment',
      'resolving packages',
      'installing packages',
      'reading packages',
      'packages are there',
    ])
    expect({ second, again }).toEqual({ second: first, again: [] })
  })

  test('are compiled, and locked by their hashes', async () => {
    const { python } = await pythonFor({ packages, cacheFolder: cache })
    const files = await readdir(dirname(dirname(python)), { recursive: true })
    const compiled = files.map((file) => basename(file)).filter((file) => /^interloop_sample\.cpython-\d+\.pyc$/.test(file))
    expect(compiled).not.toEqual([])
    const [lock = ''] = await readdir(join(cache, 'locks'))
    expect(await readFile(join(cache, 'locks', lock), 'utf8')).toMatch(/^interloop[-_]sample==1\.0[\s\\]+--hash=sha256:[0-9a-f]{64}\n$/)
  })

  test('are never built: a source distribution is refused by name, and its setup does not run', async () => {
    const error = await pythonFor({ packages: ['interloop-source'], cacheFolder: cache }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OptionsError)
    expect(error).toMatchObject({
      option: 'packages',
      message: expect.stringMatching(/^packages \["interloop-source"\] cannot be had as wheels: /),
    })
    expect(existsSync(join(folder, 'setup-ran'))).toBe(false)
    // What would have shown it: the same setup, run.
    await runProgram(python3 ?? '', [join(folder, 'setup.py')])
    expect(existsSync(join(folder, 'setup-ran'))).toBe(true)
    await rm(join(folder, 'setup-ran'))
  })

  test('that nobody has are refused', async () => {
    await expect(pythonFor({ packages: ['interloop-nobody'], cacheFolder: cache })).rejects.toThrow(/interloop-nobody/)
    expect((await readdir(join(cache, 'environments'))).filter((each) => each.startsWith('building-'))).toEqual([])
  })
})

describe.skipIf(python3 === undefined)('an environment', () => {
  const packages = ['interloop-sample']

  test('is built once for several processes that want them at the same time', async () => {
    const shared = join(folder, 'shared')
    const program = `const { pythonFor } = await import(${JSON.stringify(ENVIRONMENT_FILE)})
process.stdout.write((await pythonFor(${JSON.stringify({ packages, cacheFolder: shared })})).python)`
    const ended = await Promise.all(
      Array.from({ length: 3 }, () => runProgram(process.execPath, ['--input-type=module', '-e', program], { env: process.env })),
    )
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1)
    expect(await readdir(join(shared, 'environments'))).toHaveLength(1)
  })

  test('is never half made, also where the process that built it was killed', async () => {
    const cut = join(folder, 'cut')
    const program = `const { pythonFor } = await import(${JSON.stringify(ENVIRONMENT_FILE)})
await pythonFor(${JSON.stringify({ packages, cacheFolder: cut })}, ({ phase }) => process.stdout.write(phase + '\\n'))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: process.env, stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        if (text.includes('resolving')) resolve()
      })
    })
    child.kill('SIGKILL')
    await once(child, 'close')

    const { python } = await pythonFor({ packages, cacheFolder: cut })
    expect(await runProgram(python, ['-I', '-c', 'import interloop_sample'])).toMatchObject({ code: 0 })
  })
})

/** The same path, but for the folders that have uv. */
function pathWithoutUv(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.filter((each) => !existsSync(join(each, 'uv'))).join(delimiter)
}

async function makeIndex(): Promise<void> {
  const setup = `open(${JSON.stringify(join(folder, 'setup-ran'))}, 'w').close()\n`
  await writeFile(join(folder, 'setup.py'), setup)
  const program = `
import io, os, sys, tarfile, zipfile
os.chdir(sys.argv[1])
info = 'interloop_sample-1.0.dist-info/'
with zipfile.ZipFile('interloop_sample-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('interloop_sample.py', 'VALUE = 42\\n')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: interloop-sample\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', 'interloop_sample.py,,\\n' + ''.join(info + name + ',,\\n' for name in ('METADATA', 'WHEEL', 'RECORD')))
with tarfile.open('interloop_source-1.0.tar.gz', 'w:gz') as source:
    for name, text in {'setup.py': sys.argv[2], 'PKG-INFO': 'Metadata-Version: 1.0\\nName: interloop-source\\nVersion: 1.0\\n'}.items():
        member = tarfile.TarInfo('interloop_source-1.0/' + name)
        member.size = len(text)
        source.addfile(member, io.BytesIO(text.encode()))
`
  const made = await runProgram(python3 ?? 'python3', ['-c', program, index, setup])
  if (made.code !== 0) throw new Error(made.stderr)
}
