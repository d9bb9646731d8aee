import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runCode } from '@interloop/core/executor'
import { describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'
import { isThere, type Left, WHO, whoIs } from './who-is.ts'

/** Far above what an end takes, far below any timer that could hold a host. */
const AT_ONCE_MS = 5_000
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
