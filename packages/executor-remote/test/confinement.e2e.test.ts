import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ExecutorError } from '@interloop/core/executor'
import { findOnPath, runProgram } from '@interloop/executor-kit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Confined, type ConfineRequest, confine } from '../src/local/confinement.ts'
import { pythonOf } from '../src/local/installer.ts'
import { spawnConfined } from './spawn-confined.ts'

const bwrap = findOnPath('bwrap')
const python = findOnPath('python3') ?? '/usr/bin/python3'
const request: ConfineRequest = { python, readOnly: [], limits: {}, network: 'none' }

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interloop-confinement-'))
  await chmod(folder, 0o755)
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rm(folder, { recursive: true, force: true }))

if (bwrap === undefined) console.log('no bubblewrap: confinement is not tried')

describe.skipIf(bwrap === undefined)('confine', () => {
  test('runs a Python in an empty folder of its own', async () => {
    expect(await run(request, 'import os; print(os.getcwd(), os.listdir("."), 6 * 7)')).toEqual({
      code: 0,
      stdout: '/session [] 42\n',
      stderr: '',
    })
  })

  test('gives it what programs need: threads, processes, shared memory, time zones, temporary files, certificates of none', async () => {
    const program = `
import concurrent.futures, multiprocessing, sqlite3, ssl, tempfile, threading, zoneinfo
multiprocessing.Lock()
with concurrent.futures.ThreadPoolExecutor(4) as threads: print(sum(threads.map(len, ['a', 'bb'])))
with multiprocessing.get_context('fork').Pool(2) as processes: print(processes.map(abs, [-1, -2]))
with tempfile.NamedTemporaryFile() as file: print(file.name.startswith('/tmp/'))
print(zoneinfo.ZoneInfo('Europe/Paris').key, sqlite3.connect(':memory:').execute('select 1').fetchone())
open('/dev/null', 'w').write('x')
`
    expect(await run(request, program)).toEqual({ code: 0, stdout: '3\n[1, 2]\nTrue\nEurope/Paris (1,)\n', stderr: '' })
  })

  test('gives it a shell, and the programs that one is most often asked for', async () => {
    const program = `
import os, subprocess, sys
open('b.txt', 'w').write('two\\none\\n')
print(os.system('cp b.txt a.txt && exit 3') >> 8, flush=True)
print(subprocess.run('ls | wc -l', shell=True, capture_output=True, text=True).stdout, end='')
print(subprocess.run(['sort', 'a.txt'], capture_output=True, text=True).stdout, end='')
print(os.popen('no_such_program 2>&1').close() is None)
`
    expect(await run(request, program)).toEqual({ code: 0, stdout: '3\n2\none\ntwo\nFalse\n', stderr: '' })
  })

  test('gives it no more than a few variables', async () => {
    vi.stubEnv('INTERLOOP_TEST_SECRET', 'secret')
    const { stdout } = await run(request, 'import json, os; print(json.dumps(sorted(os.environ)))')
    expect(JSON.parse(stdout).filter((name: string) => name !== 'LD_LIBRARY_PATH')).toEqual([
      'HOME',
      'LANG',
      'MPLCONFIGDIR',
      'OMP_NUM_THREADS',
      'OPENBLAS_NUM_THREADS',
      'PATH',
      'PWD',
      'TMPDIR',
      'XDG_CACHE_HOME',
    ])
  })

  test('runs that of a virtual environment, with its packages and none of its paths', async () => {
    const made = await runProgram(python, ['-m', 'venv', '--without-pip', join(folder, 'venv')])
    expect(made).toMatchObject({ code: 0 })
    const { stdout: site } = await runProgram(pythonOf(join(folder, 'venv')), [
      '-I',
      '-c',
      'import sysconfig; print(sysconfig.get_path("purelib"))',
    ])
    await writeFile(join(site.trim(), 'only_here.py'), 'NAME = __file__\n')

    const { stdout } = await run(
      { ...request, python: pythonOf(join(folder, 'venv')) },
      'import only_here, sys; print(only_here.NAME, sys.prefix)',
    )

    expect(stdout).toMatch(/^\/environment\/lib\/python3\.\d+\/site-packages\/only_here\.py \/environment\n$/)
  })

  test('shows further files where the caller says so, and lets nobody write there', async () => {
    const data = join(folder, 'data.txt')
    await writeFile(data, 'data')
    await chmod(data, 0o666)
    const program = `
print(open(${JSON.stringify(data)}).read())
try: open(${JSON.stringify(data)}, 'a')
except OSError as error: print(error.strerror)
`
    expect(await run({ ...request, readOnly: [data] }, program)).toEqual({ code: 0, stdout: 'data\nRead-only file system\n', stderr: '' })
  })

  test('holds the working folder to its size', async () => {
    const program = `
try:
  with open('big', 'wb') as file: file.write(b'x' * (3 << 20))
except OSError as error: print(error.strerror)
with open('small', 'wb') as file: file.write(b'x' * 1000)
print('goes on')
`
    const { stdout } = await run({ ...request, limits: { fileBytes: 2 << 20 } }, `import os\n${program.replace('small', 'big')}`)
    expect(stdout).toBe('File too large\ngoes on\n')
  })

  test('reaches the network only where it is to be open, and says what that means', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const program = `
import socket
try: print(socket.create_connection(('127.0.0.1', ${(server.address() as AddressInfo).port}), 5).recv(5))
except OSError as error: print(type(error).__name__)
`
    try {
      expect((await run({ ...request, network: 'open' }, program)).stdout).toBe("b'hello'\n")
      expect((await run(request, program)).stdout).toBe('ConnectionRefusedError\n')
    } finally {
      server.close()
    }
    const open = await confine({ ...request, network: 'open' })
    await open.close()
    expect(open.notes).toContain('with an open network, programs reach the services that listen on this machine, abstract sockets too')
  })

  test('says enforced only where a control group ends what uses too much, and counts that', async ({ skip }) => {
    const confined = await confine({ ...request, limits: { memoryBytes: 64 << 20, fileBytes: 16 << 20 } })
    if (confined.memory !== 'enforced') {
      await confined.close()
      expect(confined.notes).toContain('limits.memoryBytes holds for each process alone: no control group can be made here')
      skip('no control group can be made here')
    }
    const ended = await spawnConfined(confined, ['-I', '-c', `kept = b'x' * (300 << 20)\nprint(len(kept))`])
    expect({ stdout: ended.stdout, oomKills: await confined.oomKills() }).toEqual({ stdout: '', oomKills: 1 })
    await confined.close()
    await confined.close()
    expect(entrancesOf(confined).filter(existsSync)).toEqual([])
  })

  test('takes away the control groups that a killed process left', async ({ skip }) => {
    const program = `
const { confine } = await import(${JSON.stringify(new URL('../src/local/confinement.ts', import.meta.url).href)})
const confined = await confine(${JSON.stringify(request)})
process.stdout.write(JSON.stringify(confined.args.filter((word) => word.endsWith('cgroup.procs'))), () => process.kill(process.pid, 'SIGKILL'))`
    const killed = await runProgram(process.execPath, ['--input-type=module', '-e', program], { env: process.env })
    const left: readonly string[] = JSON.parse(killed.stdout)
    skip(left.length === 0, 'no control group can be made here')
    expect(left.filter(existsSync)).toEqual(left)
    await (await confine(request)).close()
    expect(left.filter(existsSync)).toEqual([])
  })

  test('tries the command before it gives it out: what refused it is told', async () => {
    const refusing = join(folder, 'refusing')
    await runProgram('/bin/mkdir', [refusing])
    await writeFile(join(refusing, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n', {
      mode: 0o755,
    })
    vi.stubEnv('PATH', `${refusing}${delimiter}${process.env['PATH']}`)

    const error = await confine(request).catch((reason: unknown) => reason)

    expect(error).toBeInstanceOf(ExecutorError)
    expect(error).toMatchObject({
      code: 'unsupported',
      started: 'no',
      message:
        "localExecutor() confines Python by bubblewrap, which cannot be had here: bwrap: No permissions to create new namespace (the kernel, or the container that this runs in, may forbid namespaces). No program was run; isolation: 'none' runs programs unconfined",
    })
  })

  test('is not fooled by a command that confines nothing', async () => {
    const careless = join(folder, 'careless')
    await runProgram('/bin/mkdir', [careless])
    const script = `#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift\n[ "\${1##*/}" = setpriv ] && shift 8\nexec "$@"\n`
    await writeFile(join(careless, 'bwrap'), script, { mode: 0o755 })
    vi.stubEnv('PATH', `${careless}${delimiter}${process.env['PATH']}`)
    const system = { ...request, python: '/usr/bin/python3' }

    await expect(confine(system)).rejects.toThrow(/cannot be had here: (.*; )?no filter of system calls/)
  })
})

describe('without bubblewrap on the path', () => {
  test('no program runs, and the error says what is missing and how to get it', async () => {
    vi.stubEnv('PATH', folder)
    const error = await confine({ ...request, python: '/usr/bin/python3' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'ExecutorError',
      code: 'unsupported',
      started: 'no',
      message:
        "localExecutor() confines Python by bubblewrap, which cannot be had here: there is no bwrap on the PATH; install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap). No program was run; isolation: 'none' runs programs unconfined",
    })
  })
})

async function run(what: ConfineRequest, program: string) {
  const confined = await confine(what)
  try {
    return await spawnConfined(confined, ['-I', '-c', program])
  } finally {
    await confined.close()
  }
}

function entrancesOf({ args }: Confined): readonly string[] {
  return args.filter((word) => word.endsWith('cgroup.procs'))
}
