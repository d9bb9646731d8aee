import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { runCode, type Session } from '@interloop/core/executor'
import { describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'
import { controlGroupPlaces } from '../src/local/cgroup.ts'
import { isThere, WHO, whoIs } from './who-is.ts'

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
