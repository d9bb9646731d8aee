import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runCode, type Session } from '@interloop/core/executor'
import { findOnPath } from '@interloop/executor-kit'
import { describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'
import { controlGroupPlaces } from '../src/local/cgroup.ts'

/** Far above what an end takes, far below any timer that could hold a host. */
const AT_ONCE_MS = 5_000

const WHO = 'import os\nprint(os.getpid(), os.getppid(), os.getcwd(), flush=True)'

describe('a host', () => {
  test('that disposes nothing ends at once by itself, and leaves neither process nor folder', async () => {
    const host = startHost(WHO, '2')
    const lines = createInterface({ input: outputOf(host) })[Symbol.asyncIterator]()
    const left = whoIs((await lines.next()).value ?? '')
    const { finishedAt } = JSON.parse((await lines.next()).value ?? '')
    const [code] = await once(host, 'exit')
    expect({ code, isQuick: Date.now() - finishedAt < AT_ONCE_MS }).toEqual({ code: 0, isQuick: true })
    await untilGone(left)
  })

  test.each([
    ['spins', 'while True: pass'],
    ['never leaves a loop in C', 'sum(range(10**13))'],
    ['catches everything', 'while True:\n  try:\n    while True: pass\n  except BaseException: pass'],
    ['ignores its signals', 'import signal\nfor number in (2, 15, 1): signal.signal(number, signal.SIG_IGN)\nwhile True: pass'],
    ['writes', 'while True: print("x" * 100)'],
  ])('that is killed takes a program along that %s', async (_what, code) => {
    const host = startHost(`${WHO}\n${code}`)
    const [line] = await once(createInterface({ input: outputOf(host) }), 'line')
    const left = whoIs(line)
    expect(isThere(left.interpreter)).toBe(true)
    host.kill('SIGKILL')
    await untilGone(left)
  })

  test('that is killed takes along what a program started, also in a session of its own', async () => {
    const host = startHost(
      'import subprocess, os, time\nchild = subprocess.Popen(["sleep", "600"], start_new_session=True)\nprint(child.pid, os.getppid(), os.getcwd(), flush=True)\nwhile True: pass',
    )
    const [line] = await once(createInterface({ input: outputOf(host) }), 'line')
    const left = whoIs(line)
    expect(isThere(left.interpreter)).toBe(true)
    host.kill('SIGKILL')
    await untilGone(left)
  })

  test('keeps Ctrl-C in a terminal to itself', async () => {
    await using executor = localExecutor({ isolation: 'none' })
    const session = await executor.createSession()
    const { supervisor, interpreter } = whoIs((await runCode(session, WHO)).stdout)
    process.kill(supervisor, 'SIGINT')
    process.kill(interpreter, 'SIGINT')
    expect((await runCode(session, '1 + 1')).value?.data['text/plain']).toBe('2')
  })

  test('has no variable of its environment found by a program', async () => {
    process.env['INTERLOOP_TEST_SECRET'] = 'secret'
    try {
      await using executor = localExecutor({ isolation: 'none' })
      const { value } = await runCode(executor, `import os\n[name for name, value in os.environ.items() if value == 'secret']`)
      expect(value?.data['text/plain']).toBe('[]')
    } finally {
      delete process.env['INTERLOOP_TEST_SECRET']
    }
  })
})

describe.each(['none', 'sandbox'] as const)('a session with isolation %s', (isolation) => {
  test('keeps variables over programs, and files over the end of its interpreter', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession({ files: [{ path: 'given.txt', content: 'given' }] })
    await runCode(session, `x = 41\nopen('own.txt', 'w').write('own')`)
    expect((await runCode(session, 'x + 1')).value?.data['text/plain']).toBe('42')
    const crashed = await runCode(session, 'import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)')
    expect([crashed.reason, crashed.state, crashed.generation, crashed.warnings]).toEqual([
      'crashed',
      'lost',
      2,
      ['the interpreter ended by signal SIGSEGV'],
    ])
    const next = await runCode(session, `'x' in globals(), open('given.txt').read(), open('own.txt').read()`)
    expect(next.value?.data['text/plain']).toBe(`(False, 'given', 'own')`)
  })

  test('has given back everything when it was disposed', async () => {
    const executor = localExecutor({ isolation })
    const session = await executor.createSession()
    const { folder, supervisor } = whoIs((await runCode(session, WHO)).stdout)
    await executor[Symbol.asyncDispose]()
    if (isolation === 'none') expect([existsSync(folder), isThere(supervisor)]).toEqual([false, false])
    expect(await ownControlGroups()).toEqual([])
  })

  test('ends the processes of a program that had to be killed', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    const code = `import os, subprocess, sys, time
alive = "import time\\nwhile True:\\n    open('alive', 'w').write(str(time.time()))\\n    time.sleep(0.01)"
subprocess.Popen([sys.executable, '-c', alive], start_new_session=True)
while not os.path.exists('alive'): time.sleep(0.01)
while True:
    try:
        while True: time.sleep(0.01)
    except BaseException: pass`
    const { state } = await runCode(session, code, { limits: { wallMs: 1_000 } })
    const first = await readText(session, 'alive')
    await runCode(session, 'import time\ntime.sleep(0.3)')
    expect([state, await readText(session, 'alive')]).toEqual(['lost', first])
  })

  test('tells what another process writes between the lines around it', async () => {
    await using executor = localExecutor({ isolation })
    const { stdout, stderr } = await runCode(
      executor,
      `import subprocess, sys
print('before')
subprocess.run([sys.executable, '-c', "import os; os.write(1, b'out\\\\n'); os.write(2, b'err\\\\n')"])
print('after')`,
    )
    expect([stdout, stderr]).toEqual(['before\nout\nafter\n', 'err\n'])
  })

  test('that others ended while nothing ran is lost, and then a fresh one with the files of its start', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession({ files: [{ path: 'input.txt', content: 'given' }] })
    await runCode(session, 'import os, threading\nthreading.Timer(0.5, os._exit, [1]).start()')
    const lost = { code: 'session_lost', stateLost: true, started: 'no' }
    await expect.poll(() => session.files.list().catch((error: unknown) => error), { timeout: 10_000 }).toMatchObject(lost)
    await expect(runCode(session, '1')).rejects.toMatchObject(lost)
    const next = await runCode(session, `print(open('input.txt').read())`)
    expect([next.stdout, next.generation, session.generation]).toEqual(['given\n', 2, 2])
  })

  test('survives a program that writes into the channels of its own process', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    const code = `import os, stat
for descriptor in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            os.write(descriptor, b'\\xff' * 64)
    except OSError:
        pass
while True: pass`
    const { reason, state } = await runCode(session, code, { limits: { wallMs: 10_000 } })
    expect([reason, state]).toEqual(['crashed', 'lost'])
    expect((await runCode(session, '1 + 1')).value?.data['text/plain']).toBe('2')
  })

  test.each([
    ['an end that is none', `{'type': 'ended', 'number': NUMBER, 'ran': 7}`],
    ['an end with a time of its own', `{'type': 'ended', 'number': NUMBER, 'ran': {'reason': 'completed', 'usage': {'wallMs': 'none'}}}`],
    ['an end in another generation', `{'type': 'ended', 'number': NUMBER, 'ran': {'reason': 'completed', 'generation': 'x'}}`],
    ['a value that is no bundle', `{'type': 'ended', 'number': NUMBER, 'ran': {'reason': 'completed', 'value': {'data': None}}}`],
    ['a display without data', `{'type': 'display', 'display': 7}`],
    ['a call without arguments', `{'type': 'call', 'id': 1, 'name': None, 'arguments': {}}`],
  ])('takes nothing from a program that forges %s', async (_what, message) => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    await runCode(session, `open('own.txt', 'w').write('own')`)
    const code = `import json, os, stat, struct
content = json.dumps(${message.replace('NUMBER', '2')}).encode()
sockets = [descriptor for descriptor in range(3, 64) if os.path.exists(f'/proc/self/fd/{descriptor}') and stat.S_ISSOCK(os.fstat(descriptor).st_mode)]
for descriptor in sockets: os.write(descriptor, struct.pack('>Ic', len(content), b'j') + content)
while True: pass`
    const { reason, state } = await runCode(session, code, { limits: { wallMs: 10_000 } })
    expect([reason, state]).toEqual(['crashed', 'lost'])
    expect((await runCode(session, `open('own.txt').read()`)).value?.data['text/plain']).toBe(`'own'`)
  })

  test.each([
    ['ends', 'SIGKILL'],
    ['stops', 'SIGSTOP'],
  ])('survives a program that %s its supervisor', async (_what, name) => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession({ files: [{ path: 'given.txt', content: 'given' }] })
    const code = `import os, signal
print(os.getcwd())
try:
    os.kill(os.getppid(), signal.${name})
except PermissionError: print('refused')
while True: pass`
    const begin = performance.now()
    const { outcome, reason, state, stdout } = await runCode(session, code, { limits: { wallMs: 500 } })
    // From within the sandbox, the supervisor can be neither ended nor stopped, so it holds the deadline as ever: an ordinary user's has
    // the number 1 there, and Landlock keeps signals from it (Linux 6.12).
    if (isolation === 'sandbox' && (process.getuid?.() !== 0 || stdout.includes('refused')))
      expect([reason, state]).toEqual(['deadline', 'kept'])
    else expect([outcome === 'OUTCOME_OK', state]).toEqual([false, 'lost'])
    if (isolation === 'none' && stdout !== '') await expect.poll(() => existsSync(stdout.trim())).toBe(false)
    expect(performance.now() - begin).toBeLessThan(10_000)
    expect((await runCode(session, `open('given.txt').read()`)).value?.data['text/plain']).toBe(`'given'`)
  })

  test('gives no other process of a program its channels', async () => {
    await using executor = localExecutor({ isolation })
    const code = `import subprocess, sys
probe = "import os\\nprint([number for number in range(3, 256) if os.path.exists(f'/proc/self/fd/{number}') and 'socket' in os.readlink(f'/proc/self/fd/{number}')])"
subprocess.run([sys.executable, '-c', probe], close_fds=False)`
    expect((await runCode(executor, code)).stdout).toBe('[]\n')
  })

  test('follows no link and waits for no pipe that stands where a file is written or read', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    const made = `import os, tempfile
outside = tempfile.mkdtemp()
open(outside + '/target.txt', 'w').write('outside')
os.symlink(outside + '/target.txt', 'link.txt')
os.symlink(outside, 'folder')
try:
    os.mkfifo('pipe')
except PermissionError: # the sandbox lets nobody make one
    pass
print(outside)`
    const outside = (await runCode(session, made)).stdout.trim()
    await session.files.put({ path: 'link.txt', content: 'put' })
    await session.files.put({ path: 'pipe', content: 'put' })
    await expect(session.files.put({ path: 'folder/target.txt', content: 'put' })).rejects.toMatchObject({ name: 'ExecutorError' })
    await expect(session.files.read('folder/target.txt')).rejects.toMatchObject({ code: 'not_found' })
    const { value } = await runCode(session, `open('${outside}/target.txt').read(), os.path.islink('link.txt'), open('pipe').read()`)
    expect(value?.data['text/plain']).toBe(`('outside', False, 'put')`)
  })

  test('carries a file of 40 megabytes both ways', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    const content = new Uint8Array(40 * 2 ** 20).fill(7)
    await session.files.put({ path: 'large.bin', content })
    expect(Buffer.compare(await session.files.read('large.bin'), content)).toBe(0)
  })

  test('is stopped at once also when the abort comes with the program', async () => {
    await using executor = localExecutor({ isolation })
    const session = await executor.createSession()
    async function timeToStop(): Promise<number> {
      const controller = new AbortController()
      let abortedAt = 0
      const { reason, state } = await runCode(session, 'while True: pass', {
        signal: controller.signal,
        onEvent: ({ type }) => {
          if (type !== 'status' || abortedAt > 0) return
          abortedAt = performance.now()
          setImmediate(() => controller.abort())
        },
      })
      expect([reason, state]).toEqual(['aborted', 'kept'])
      return performance.now() - abortedAt
    }
    // Before the second interrupt, which comes after half a second; one of a few, for a busy machine.
    const times = [await timeToStop(), await timeToStop(), await timeToStop(), await timeToStop()]
    expect(Math.min(...times)).toBeLessThan(450)
  })

  test('takes one that was started ahead, and never the same twice', async () => {
    await using executor = localExecutor({ isolation, pool: 2 })
    await executor.prepare?.()
    const sessions = await Promise.all([1, 2, 3].map(() => executor.createSession()))
    for (const session of sessions) await runCode(session, 'marker = 1')
    const fresh = await executor.createSession()
    expect((await runCode(fresh, `'marker' in globals()`)).value?.data['text/plain']).toBe('False')
  })
})

test('a process that outlives its unconfined session does not keep that from ending', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-outlives-'))
  const executor = localExecutor({ isolation: 'none' })
  const session = await executor.createSession()
  const code = `import os, signal, time
PID_FILE = ${JSON.stringify(join(folder, 'pid'))}
child = os.fork()
if child == 0:
    os.setsid()
    time.sleep(600)
with open(PID_FILE, 'w') as file: file.write(str(child))
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(600)`
  const begin = performance.now()
  try {
    const { reason, state } = await runCode(session, code)
    await executor[Symbol.asyncDispose]()
    expect([reason, state, performance.now() - begin < 15_000]).toEqual(['crashed', 'lost', true])
  } finally {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL')
    rmSync(folder, { recursive: true })
  }
})

test('a program whose processes use up the memory together ends for that reason', async ({ skip }) => {
  await using executor = localExecutor({ limits: { memoryBytes: 128 * 2 ** 20, fileBytes: 2 ** 20 } })
  await executor.prepare?.()
  skip(executor.capabilities.limits.memoryBytes !== 'enforced', 'no control group can be made here')
  const session = await executor.createSession()
  const code = `import subprocess, sys
take = 'block = bytearray(100 * 2 ** 20); import time; time.sleep(3)'
children = [subprocess.Popen([sys.executable, '-c', take]) for _ in range(3)]
sys.exit(min(child.wait() for child in children))`
  const { outcome, reason } = await runCode(session, code)
  expect([outcome, reason]).toEqual(['OUTCOME_FAILED', 'memory'])
  expect((await runCode(session, '1 + 1')).value?.data['text/plain']).toBe('2')
})

test('a program that completed is told of a process that was ended for its memory', async ({ skip }) => {
  await using executor = localExecutor({ limits: { memoryBytes: 128 * 2 ** 20, fileBytes: 2 ** 20 } })
  await executor.prepare?.()
  skip(executor.capabilities.limits.memoryBytes !== 'enforced', 'no control group can be made here')
  const session = await executor.createSession()
  // Each keeps what it took: together they want more than there is.
  const code = `import os, signal
ends = []
for _ in range(4):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        block = b'x' * (80 * 2 ** 20)
        os.close(writer)
        os.kill(os.getpid(), signal.SIGSTOP)
    os.close(writer)
    ends.append((reader, child))
for reader, child in ends: os.read(reader, 1)
for reader, child in ends:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)`
  const { reason, state, warnings } = await runCode(session, code)
  expect([reason, state, warnings]).toEqual([
    'completed',
    'kept',
    [expect.stringMatching(/^the system ended (a process|\d processes) of the session because its memory was used up$/)],
  ])
})

test('a session whose Python could not be started again is opened anew when it can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-again-'))
  const python = join(folder, 'python3')
  symlinkSync(findOnPath('python3') ?? '/usr/bin/python3', python)
  try {
    await using executor = localExecutor({ isolation: 'none', python })
    const session = await executor.createSession({ files: [{ path: 'given.txt', content: 'given' }] })
    const code = `import os, signal\nos.remove(${JSON.stringify(python)})\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass`
    expect(await runCode(session, code)).toMatchObject({ reason: 'crashed', state: 'lost' })
    await expect(runCode(session, '1')).rejects.toMatchObject({
      code: 'session_lost',
      started: 'no',
      message: expect.stringContaining('could not be started again'),
    })
    symlinkSync(findOnPath('python3') ?? '/usr/bin/python3', python)
    expect((await runCode(session, `open('given.txt').read()`)).value?.data['text/plain']).toBe(`'given'`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('limits of a session that cannot be right are an error', async () => {
  await using executor = localExecutor({ isolation: 'none' })
  for (const memoryBytes of [0, -1, Number.NaN]) {
    await expect(executor.createSession({ limits: { memoryBytes } })).rejects.toMatchObject({ name: 'OptionsError' })
  }
})

test('a Python that is not there is an error that says so', async () => {
  await using executor = localExecutor({ isolation: 'none', python: '/no/such/python' })
  await expect(executor.createSession()).rejects.toMatchObject({
    code: 'unsupported',
    started: 'no',
    message: expect.stringContaining('/no/such/python'),
  })
})

async function readText(session: Session, path: string): Promise<string> {
  return new TextDecoder().decode(await session.files.read(path))
}

/** Those that this process has made and not taken away. */
async function ownControlGroups(): Promise<string[]> {
  const [own, mounts] = await Promise.all(
    ['/proc/self/cgroup', '/proc/self/mountinfo'].map((file) => readFile(file, 'utf8').catch(() => '')),
  )
  const places = controlGroupPlaces(own ?? '', mounts ?? '')
  const names = await Promise.all(places.map(({ folder }) => readdir(folder).catch(() => [])))
  return names.flat().filter((name) => name.startsWith(`interloop-${process.pid}-`))
}

interface Left {
  readonly interpreter: number
  readonly supervisor: number
  readonly folder: string
}

function whoIs(line: string): Left {
  const [interpreter, supervisor, folder = ''] = line.trim().split(' ')
  return { interpreter: Number(interpreter), supervisor: Number(supervisor), folder }
}

function startHost(code: string, pool = '0'): ChildProcess {
  const script = fileURLToPath(new URL('./programs/run-local.ts', import.meta.url))
  return spawn(process.execPath, [script, code, pool], { stdio: ['ignore', 'pipe', 'inherit'] })
}

function outputOf(host: ChildProcess): NonNullable<ChildProcess['stdout']> {
  if (host.stdout === null) throw new Error('the host has no standard output')
  return host.stdout
}

/** Rejects where something is still there after ten seconds. */
async function untilGone({ interpreter, supervisor, folder }: Left): Promise<void> {
  await expect
    .poll(() => [isThere(interpreter), isThere(supervisor), existsSync(folder)], { timeout: 10_000, interval: 20 })
    .toEqual([false, false, false])
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
