import { type ExecutionResult, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'

const executor = localExecutor()
let session: Session

beforeAll(async () => {
  session = await executor.createSession()
})
afterAll(() => executor[Symbol.asyncDispose]())

function run(code: string): Promise<ExecutionResult> {
  return runCode(session, code)
}

async function lastValue(code: string): Promise<string | undefined> {
  const { value, error } = await run(code)
  expect(error).toBeUndefined()
  return value?.data['text/plain']
}

describe('a program', () => {
  test('finds the last value as _, and none that was None', async () => {
    expect([await lastValue('6 * 7'), await lastValue('x = _ + 1'), await lastValue('_, x')]).toEqual(['42', undefined, '(42, 43)'])
  })

  test('that was interrupted while it printed loses no line before and doubles none', async () => {
    const controller = new AbortController()
    const result = await runCode(session, 'number = 0\nwhile True:\n    number += 1\n    print(number)', {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'stdout' && event.text.includes('\n2000\n')) controller.abort()
      },
      limits: { outputBytes: 2 ** 26 },
    })
    const lines = result.stdout.trimEnd().split('\n').map(Number)
    expect([result.reason, result.state]).toEqual(['aborted', 'kept'])
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, index) => index + 1))
    const counted = Number(await lastValue('number'))
    expect(counted - lines.length).toBeOneOf([0, 1])
  })

  test('that awaited when it was stopped does not go on in the next, and is told with the line where it waited', async () => {
    const code = 'import asyncio\nturns = 0\ntry:\n  while True:\n    turns += 1\n    await asyncio.sleep(0.001)\nfinally:\n  print("left")'
    const stopped = await runCode(session, code, { limits: { wallMs: 500 } })
    expect([stopped.reason, stopped.state, stopped.error?.line, stopped.stdout]).toEqual(['deadline', 'kept', 6, 'left\n'])
    expect(await lastValue('before = turns\nawait asyncio.sleep(0.1)\n[turns - before, len(asyncio.all_tasks())]')).toBe('[0, 1]')
  })

  test('has what its children write in order, and what libraries in C do', async () => {
    const { stdout } = await run(`import ctypes, os, subprocess, sys, time
for number in range(20):
    print('python', number, end=' ')
    subprocess.run([sys.executable, '-I', '-S', '-c', 'print("child")'])
c = ctypes.CDLL(None)
c.puts(b'library')
c.fflush(None)`)
    const lines = Array.from({ length: 20 }, (_, number) => `python ${number} child\n`)
    expect(stdout).toBe(`${lines.join('')}library\n`)
  })

  test('has what it writes past its streams in order', async () => {
    const { stdout, stderr } = await run(`import os, sys
for number in range(200):
    print('print', number)
    os.write(1, b'write %d\\n' % number)
    print('error', number, end=' ', file=sys.stderr)
    os.writev(2, [b'written ', b'%d\\n' % number])`)
    const numbers = Array.from({ length: 200 }, (_, number) => number)
    expect(stdout).toBe(numbers.map((number) => `print ${number}\nwrite ${number}\n`).join(''))
    expect(stderr).toBe(numbers.map((number) => `error ${number} written ${number}\n`).join(''))
  })

  test('may write into a file that it put in the place of its standard output', async () => {
    const code = `import os
kept = os.dup(1)
with open('redirected.txt', 'wb') as file: os.dup2(file.fileno(), 1)
os.write(1, b'into the file')
os.dup2(kept, 1)
os.close(kept)
open('redirected.txt').read()`
    expect(await lastValue(code)).toBe(`'into the file'`)
  })

  test('may use processes of multiprocessing, and their results', async () => {
    const code = `import multiprocessing
def double(number): return 2 * number
with multiprocessing.get_context('fork').Pool(2) as pool:
    doubled = pool.map(double, [1, 2, 3])
doubled`
    expect(await lastValue(code)).toBe('[2, 4, 6]')
  })

  test('is stopped at its processor limit, in C too', async () => {
    const { reason } = await runCode(session, 'import re\nre.match("(a+)+$", "a" * 40 + "b")', { limits: { cpuMs: 300, wallMs: 20_000 } })
    expect(reason).toBe('deadline')
  })

  test('is stopped at the processor limit of all its processes, which end', async () => {
    const spin = `import subprocess, sys
spinning = [subprocess.Popen([sys.executable, '-I', '-S', '-c', 'while True: pass']) for _ in range(2)]
while True:
    for child in spinning: child.wait()`
    const { reason, state, usage } = await runCode(session, spin, { limits: { cpuMs: 500, wallMs: 20_000 } })
    expect([reason, state]).toEqual(['deadline', 'kept'])
    expect(usage.cpuMs).toBeGreaterThanOrEqual(500)
    expect(usage.wallMs).toBeLessThan(15_000)
    expect(await lastValue('[child.wait() for child in spinning]')).toBe('[-9, -9]')
  })

  test('is stopped at its processor limit also by processes whose end nobody waits for', async () => {
    const spawn = `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
try:
    while True:
        if os.fork() == 0:
            spin(0.2)
            os._exit(0)
        time.sleep(0.3)
finally:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)`
    const { reason, usage } = await runCode(session, spawn, { limits: { cpuMs: 500, wallMs: 20_000 } })
    expect([reason, usage.wallMs < 15_000]).toEqual(['deadline', true])
  })

  test('tells what was printed before its interpreter died in C', async () => {
    const result = await run(`import ctypes\nprint('last words')\nctypes.string_at(0)`)
    expect([result.reason, result.state, result.stdout, result.warnings]).toEqual([
      'crashed',
      'lost',
      'last words\n',
      ['the interpreter ended by signal SIGSEGV'],
    ])
  })

  test('gets a MemoryError at its limit, and its memory back', async () => {
    const taken = await run(`blocks = []\nwhile True: blocks.append(bytearray(2 ** 20))`)
    expect([taken.reason, taken.error?.name, taken.state]).toEqual(['memory', 'MemoryError', 'kept'])
    expect(await lastValue('len(blocks) > 100 and blocks.clear() is None')).toBe('True')
  })
})

describe('measurements', () => {
  test('are of the program: processor time, and the peak of its memory', async () => {
    const large = await run(`block = b'x' * 2 ** 27\ndel block`)
    const spun = await run('import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass')
    expect(large.usage.peakMemoryBytes).toBeGreaterThan(2 ** 27)
    expect(spun.usage.peakMemoryBytes).toBeLessThan(2 ** 27)
    expect(spun.usage.cpuMs).toBeGreaterThan(180)
    expect(spun.usage.cpuMs).toBeLessThan(1_000)
  })
})

describe('long output', () => {
  test('is cut at its source: the head live, the tail at the end, all counted', async () => {
    const told: string[] = []
    const result = await runCode(session, `for number in range(200_000): print(number)\nprint('end')`, {
      limits: { outputBytes: 1_000 },
      onEvent: (event) => {
        if (event.type === 'stdout') told.push(event.text)
      },
    })
    const all = Array.from({ length: 200_000 }, (_, number) => `${number}\n`).join('')
    expect(result.stdout.startsWith('0\n1\n2\n')).toBe(true)
    expect(result.stdout.endsWith('199999\nend\n')).toBe(true)
    expect(result.stdout.length + (result.dropped?.stdoutBytes ?? 0)).toBe(all.length + 'end\n'.length)
    expect(told.join('').length).toBeLessThan(2_000)
  })

  test('does not stop a deadline from being held', async () => {
    const { reason } = await runCode(session, `while True: print('x' * 1000)`, {
      limits: { wallMs: 500, outputHardBytes: 2 ** 40 },
    })
    expect(reason).toBe('deadline')
  })
})
