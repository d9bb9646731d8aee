import { type ExecutionResult, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../src/index.ts'
import { LEVELS } from './levels.ts'

// What is special to Python where there are no threads, processes and sockets, and where sessions begin from one image.

const executor = pyodideExecutor()
let session: Session

beforeAll(async () => {
  session = await executor.createSession()
})
afterAll(() => executor[Symbol.asyncDispose]())

function run(code: string, wallMs?: number): Promise<ExecutionResult> {
  return runCode(session, code, wallMs === undefined ? {} : { limits: { wallMs } })
}

async function lastValue(code: string): Promise<string | undefined> {
  const { value, error } = await run(code)
  return value?.data['text/plain'] ?? error?.traceback
}

async function errorOf(code: string): Promise<string> {
  const { error } = await run(code)
  return `${error?.name}: ${error?.value}`
}

describe('a fresh session', () => {
  test('shows a program nothing but what every program of Python has', async () => {
    await using fresh = await executor.createSession()
    const { value } = await runCode(fresh, '(dir(), __name__, __builtins__.__name__)')
    expect(value?.data['text/plain']).toBe(
      `(['__builtins__', '__doc__', '__loader__', '__name__', '__package__', '__spec__'], '__main__', 'builtins')`,
    )
  })

  test('has an environment, arguments and a path of its own', async () => {
    expect(await lastValue(`import os, sys\n[sys.argv, sys.path[0], os.environ['MPLBACKEND'], 'PYTHONINSPECT' in os.environ]`)).toBe(
      `[[''], '', 'Agg', False]`,
    )
  })

  test('draws random numbers, names and identities of its own, and hashes as every session does', async () => {
    const code = `import random, secrets, tempfile, uuid, os\n[random.random(), tempfile.mktemp(), uuid.uuid4(), secrets.token_hex(), os.urandom(4)]`
    const drawn = await Promise.all([1, 2].map(() => freshValue(code)))
    const hashes = await Promise.all([1, 2].map(() => freshValue(`hash('abc'), list({'a', 'b', 'c', 'd'})`)))
    const [first = [], second = []] = drawn.map((text) => text?.slice(1, -1).split(', ') ?? [])
    expect(first).toHaveLength(5)
    expect(first.filter((value, index) => value === second[index])).toEqual([])
    expect(hashes[0]).toBe(hashes[1])
  })

  test('began when it was opened, not when its image was made', async () => {
    expect(await freshValue('import logging, time\n0 <= time.time() - logging._startTime / 1e9 < 600')).toBe('True')
  })
})

describe('time', () => {
  test('passes in sleep, in waits of asyncio and of threading without using the processor', async () => {
    const code = [
      'import asyncio, threading, time',
      'begin = time.process_time()',
      'time.sleep(0.3)',
      'await asyncio.sleep(0.3)',
      'threading.Event().wait(0.3)',
    ].join('\n')
    const result = await run(code)
    expect(result.error).toBe(undefined)
    expect(result.usage.wallMs).toBeGreaterThan(890)
    expect(result.usage.cpuMs ?? 0).toBeLessThan(0.8 * result.usage.wallMs)
  })

  test.each([
    ['-1', 'ValueError: sleep length must be non-negative'],
    [`'1'`, `TypeError: 'str' object cannot be interpreted as an integer`],
    [`float('nan')`, 'ValueError: Invalid value NaN (not a number)'],
    ['1e30', 'OverflowError: timestamp too large to convert to C PyTime_t'],
  ])('is not slept for %s', async (seconds, error) => {
    expect(await errorOf(`import time\ntime.sleep(${seconds})`)).toBe(error)
  })

  test.each([
    ['time.sleep', 'import time\ntime.sleep(600)'],
    ['asyncio.sleep', 'import asyncio\nawait asyncio.sleep(600)'],
    ['an event of threading', 'import threading\nthreading.Event().wait(600)'],
  ])('that is spent in %s is interrupted by the deadline, and variables stay', async (_what, code) => {
    const result = await run(code, 300)
    expect([result.reason, result.state, result.error?.name]).toEqual(['deadline', 'kept', 'KeyboardInterrupt'])
  })

  test('that a query of sqlite takes ends by the deadline, and variables stay', async () => {
    const query = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'
    const result = await run(`import sqlite3\ndatabase = sqlite3.connect(':memory:')\ndatabase.execute('${query}').fetchone()`, 300)
    expect([result.reason, result.state]).toEqual(['deadline', 'kept'])
    expect(await lastValue(`database.execute('select 7').fetchone()`)).toBe('(7,)')
  })
})

describe('an event loop', () => {
  test('goes on with no program that was stopped, and tells the line where that waited', async () => {
    const code = 'import asyncio\nturns = 0\ntry:\n  while True:\n    turns += 1\n    await asyncio.sleep(0.001)\nfinally:\n  print("left")'
    const stopped = await run(code, 300)
    expect([stopped.reason, stopped.error?.line, stopped.stdout]).toEqual(['deadline', 6, 'left\n'])
    expect(stopped.error?.traceback).not.toMatch(/asyncio[/]|selectors/)
    expect(await lastValue('before = turns\nawait asyncio.sleep(0.1)\n[turns - before, len(asyncio.all_tasks())]')).toBe('[0, 1]')
    const forsaken = await run('async def wait():\n  await asyncio.Event().wait()\nawait wait()')
    expect([forsaken.error?.name, forsaken.error?.line]).toEqual(['RuntimeError', 2])
  })

  test('runs what is meant for a thread at once', async () => {
    const code = [
      'import asyncio, concurrent.futures',
      'def fail(): raise LookupError("x")',
      'loop = asyncio.get_running_loop()',
      'pool = concurrent.futures.ThreadPoolExecutor()',
      'results = [await asyncio.to_thread(divmod, 7, 2), await loop.run_in_executor(pool, len, "abc")]',
      'results + list(await asyncio.gather(loop.run_in_executor(None, fail), return_exceptions=True))',
    ].join('\n')
    expect(await lastValue(code)).toBe(`[(3, 1), 3, LookupError('x')]`)
  })

  test('waits for timers side by side, and for a pipe', async () => {
    const code = [
      'import asyncio, os',
      'async def after(seconds, value):',
      '    await asyncio.sleep(seconds)',
      '    told.append(value)',
      'told = []',
      'await asyncio.gather(after(0.1, "second"), after(0.05, "first"))',
      'ends = os.pipe()',
      'heard = asyncio.get_running_loop().create_future()',
      'asyncio.get_running_loop().add_reader(ends[0], lambda: heard.done() or heard.set_result(os.read(ends[0], 9)))',
      'asyncio.get_running_loop().call_later(0.05, os.write, ends[1], b"third")',
      'told + [await heard]',
    ].join('\n')
    expect(await lastValue(code)).toBe(`['first', 'second', b'third']`)
  })

  test('has no signals and no sockets', async () => {
    expect(await errorOf('import asyncio, signal\nasyncio.get_event_loop().add_signal_handler(signal.SIGTERM, print)')).toContain(
      'NotImplementedError',
    )
    expect(await errorOf(`await asyncio.open_connection('127.0.0.1', 80)`)).toMatch(/^(OSError|gaierror): /)
  })
})

describe('what Python cannot have here says so', () => {
  const thread = `RuntimeError: can't start new thread: Python has one thread here; call the function itself, or use asyncio`
  const process = 'ImportError: Python has one process here: multiprocessing can start no other; call the function itself'
  test.each([
    ['a thread', 'import threading\nthreading.Thread(target=print).start()', thread],
    ['a thread of C', 'import _thread\n_thread.start_new_thread(print, ())', thread],
    ['a pool of threads', 'import concurrent.futures as f\nf.ThreadPoolExecutor().submit(print)', thread],
    [
      'a wait for another thread',
      'import queue\nqueue.Queue().get()',
      'RuntimeError: deadlock: Python has one thread here, so nothing can end this wait',
    ],
    ['a process', 'import multiprocessing\nmultiprocessing.Process(target=print).start()', process],
    ['a pool of processes', 'import multiprocessing\nmultiprocessing.Pool(2)', process],
    ['a command', `import subprocess\nsubprocess.run(['ls'])`, 'OSError: [Errno 138] emscripten does not support processes.'],
    [
      'a command of asyncio',
      `import asyncio\nawait asyncio.create_subprocess_exec('ls')`,
      'OSError: [Errno 138] emscripten does not support processes.',
    ],
    ['a fork', 'import os\nos.fork()', 'OSError: [Errno 52] Function not implemented'],
    ['a bridge to JavaScript', 'import js', `ModuleNotFoundError: No module named 'js'`],
    ['the module of Pyodide', 'import pyodide_js', `ModuleNotFoundError: No module named 'pyodide_js'`],
    ['the core of Pyodide', 'import _pyodide_core', `ModuleNotFoundError: No module named '_pyodide_core'`],
    ['a module that crashes', 'import _testcapi', `ModuleNotFoundError: No module named '_testcapi'`],
    [
      'a module that crashes, by importlib',
      `import importlib\nimportlib.import_module('_testinternalcapi')`,
      `ModuleNotFoundError: No module named '_testinternalcapi'`,
    ],
  ])('%s', async (_what, code, error) => {
    expect(await errorOf(code)).toBe(error)
  })

  test('a socket, a name, a page', async () => {
    expect(await errorOf('import socket\nsocket.socket()')).toMatch(/^OSError: /)
    expect(await errorOf(`import socket\nsocket.create_connection(('localhost', 80))`)).toMatch(/^(OSError|gaierror): /)
    expect(await errorOf(`import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1')`)).toMatch(/^URLError: /)
  })

  test('the answer of a command of the shell', async () => {
    expect(await lastValue(`import os\nos.system('true')`)).toBe('-1')
  })

  test('but ctypes can be imported, and knows structures', async () => {
    const code =
      'import ctypes\nclass Pair(ctypes.Structure):\n    _fields_ = [("a", ctypes.c_int32), ("b", ctypes.c_double)]\nctypes.sizeof(Pair), Pair(1, 2.5).b'
    expect(await lastValue(code)).toBe('(16, 2.5)')
  })
})

describe('memory', () => {
  test.each([
    ['large blocks', 'taken = []\nwhile True: taken.append(bytearray(2 ** 20))'],
    ['small objects', 'taken = []\nwhile True: taken.append([None] * 50)'],
    ['one text', `taken = 'x'\nwhile True: taken += taken`],
  ])('that %s use up is an error of the program, and can be given back', async (_what, code) => {
    await using small = await executor.createSession({ limits: { memoryBytes: 96 * 2 ** 20 } })
    const full = await runCode(small, code, { limits: { wallMs: 60_000 } })
    expect([full.reason, full.state, full.error?.name]).toEqual(['memory', 'kept', 'MemoryError'])
    const { value, error } = await runCode(small, 'is_there = len(taken) > 1\ndel taken\nis_there, len(bytes(20_000_000))')
    expect(value?.data['text/plain'] ?? error).toBe('(True, 20000000)')
  })
})

test('a program that catches its MemoryError leaves room for the next', async () => {
  await using small = await executor.createSession({ limits: { memoryBytes: 96 * 2 ** 20 } })
  const full = await runCode(small, 'taken = []\ntry:\n  while True: taken.append(bytearray(10))\nexcept MemoryError: pass')
  const { value, error } = await runCode(small, 'len(taken) > 1')
  expect([full.reason, value?.data['text/plain'] ?? error]).toEqual(['completed', 'True'])
})

describe.each(LEVELS)('recursion in %s', (isolation) => {
  const level = pyodideExecutor({ isolation })
  let recursive: Session
  beforeAll(async () => {
    recursive = await level.createSession()
  })
  afterAll(() => level[Symbol.asyncDispose]())

  const nested = (depth: number) => `nested = []\nfor _ in range(${depth}): nested = [nested]`
  test.each([
    ['json', `import json\njson.loads('[' * 1_000_000)`],
    ['repr', `${nested(250_000)}\nrepr(nested)`],
    ['pickle', `${nested(250_000)}\nimport pickle\npickle.dumps(nested)`],
    ['comparison', `${nested(250_000)}\nother = nested\n${nested(250_000)}\nnested == other`],
    ['a function', 'def deeper(): return deeper()\ndeeper()'],
    ['functions that C calls', 'def deeper(_): return sorted([1], key=deeper)\ndeeper(1)'],
  ])('without end by %s is an error, and variables stay', async (_what, code) => {
    const result = await runCode(recursive, code)
    expect([result.state, result.reason, result.error?.name]).toEqual(['kept', 'exception', 'RecursionError'])
  })

  test('as deep as programs go ends well', async () => {
    const code = [
      'import functools',
      '@functools.lru_cache(None)',
      'def fibonacci(n): return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)',
      'def depth(tree): return 1 + max((depth(branch) for branch in tree), default=0)',
      'def by_key(n): return sorted([n], key=lambda _: by_key(n - 1)) if n else []',
      nested(300),
      'fibonacci(400) > 0, depth(nested), by_key(300)',
    ].join('\n')
    const { value, error } = await runCode(recursive, code)
    expect(value?.data['text/plain'] ?? error?.traceback).toBe('(True, 301, [300])')
  })

  test('a value that is nested deep is given back', async () => {
    const { value, error } = await runCode(
      recursive,
      `${nested(250_000)}\nnested = ()\nfor _ in range(250_000): nested = (nested,)\ndel nested\n1`,
    )
    expect(value?.data['text/plain'] ?? error).toBe('1')
  })
})

test('an archive that a program wrote is seen by the next import, and one that took its place as well', async () => {
  const archive = (answer: number) =>
    `import sys, zipfile\npath = '/tmp/parts.zip'\nwith zipfile.ZipFile(path, 'w') as parts: parts.writestr('part${answer}.py', 'answer = ${answer}')`
  await run(`${archive(1)}\nsys.path.append(path)\nimport part1`)
  await run(archive(2))
  expect(await lastValue('import part2\npart1.answer, part2.answer')).toBe('(1, 2)')
})

async function freshValue(code: string): Promise<string | undefined> {
  await using fresh = await executor.createSession()
  const { value } = await runCode(fresh, code)
  return value?.data['text/plain']
}
