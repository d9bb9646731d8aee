import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCode } from '@interloop/core/executor'
import { findOnPath } from '@interloop/executor-kit'
import { expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'

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
