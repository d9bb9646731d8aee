import { type ExecutionResult, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../src/index.ts'

const executor = pyodideExecutor()
let session: Session

beforeAll(async () => {
  session = await executor.createSession()
})
afterAll(() => executor[Symbol.asyncDispose]())

function run(code: string): Promise<ExecutionResult> {
  return runCode(session, code)
}

async function lastValue(code: string): Promise<string | undefined> {
  const { value } = await run(code)
  return value?.data['text/plain']
}

describe('a program', () => {
  test('runs although the whole of it is indented', async () => {
    const { stdout } = await run(`\n    text = '''a\n    b'''\n    if text:\n        print(text)\n`)
    expect(stdout).toBe('a\nb\n')
  })

  test('has the value of its last expression, unless it ends with a semicolon', async () => {
    expect([await lastValue('6 * 7'), await lastValue('6 * 7;'), await lastValue(`6 * 7 # no; really`)]).toEqual(['42', undefined, '42'])
  })

  test('may await at top level, and go on in the next program with what it started', async () => {
    await run(
      'import asyncio\nasync def double(number):\n    await asyncio.sleep(0.01)\n    return 2 * number\ntask = asyncio.ensure_future(double(4))\nawait double(1)',
    )
    expect([await lastValue('await task'), await lastValue('await asyncio.gather(double(1), double(2))')]).toEqual(['8', '[2, 4]'])
  })

  test('may use asyncio.run, again and again', async () => {
    const code =
      'import asyncio\nasync def main():\n    async with asyncio.timeout(5):\n        await asyncio.sleep(0.01)\n    return "done"\nasyncio.run(main())'
    expect([await lastValue(code), await lastValue(code), await lastValue('await asyncio.sleep(0.01, "after")')]).toEqual([
      `'done'`,
      `'done'`,
      `'after'`,
    ])
  })

  test('is told that nothing can wake an event loop that waits for ever', async () => {
    const { error } = await run('import asyncio\nawait asyncio.Event().wait()')
    expect(error?.name).toBe('RuntimeError')
    expect(error?.value).toContain('nothing left to wait for')
  })

  test('stands in the working folder, with an empty standard input and no arguments', async () => {
    expect(await lastValue('import os, sys\n[os.getcwd(), sys.stdin.read(), sys.argv]')).toBe(`['/mnt/data', '', ['']]`)
  })

  test('learns why input() cannot work', async () => {
    const { error } = await run(`input('name? ')`)
    expect([error?.name, error?.value]).toEqual([
      'EOFError',
      'input() has nobody to ask: a program here has no standard input; write the values into the code',
    ])
  })

  test('imports a module that an earlier program wrote', async () => {
    await run(`with open('helper.py', 'w') as file:\n    file.write('answer = 42')`)
    const result = await run('import helper\nhelper.answer')
    expect([result.value?.data['text/plain'], result.files]).toEqual(['42', []])
  })

  test('prints again after an earlier one took stdout away', async () => {
    await run('import io, sys\nsys.stdout = io.StringIO()')
    expect((await run(`print('here')`)).stdout).toBe('here\n')
  })

  test('survives deep recursion in C', async () => {
    const nested = await run(`import json\njson.loads('[' * 100_000)`)
    const written = await run(`nested = []\nfor _ in range(10_000): nested = [nested]\nlen(repr(nested))`)
    expect([nested.state, nested.error?.name, written.value?.data['text/plain']]).toEqual(['kept', 'JSONDecodeError', '20002'])
  })

  test('gets a MemoryError at the default limit, and its memory back', async () => {
    const taken = await run(`blocks = []\nwhile True: blocks.append(bytearray(2 ** 20))`)
    expect([taken.reason, taken.error?.name, taken.state]).toEqual(['memory', 'MemoryError', 'kept'])
    expect(await lastValue('len(blocks) > 100 and blocks.clear() is None')).toBe('True')
  })

  test('shows nothing of Pyodide in the error of a missing module', async () => {
    const { error } = await run('import scipy.linalg')
    expect(error).toEqual({
      name: 'ModuleNotFoundError',
      value: `No module named 'scipy'`,
      traceback: expect.stringMatching(
        /^Traceback .*\n {2}File "<program \d+>", line 1, in <module>\n.*\n.*ModuleNotFoundError: No module named 'scipy'\n$/s,
      ),
      line: 1,
      missingModule: 'scipy',
    })
  })
})

describe('a traceback', () => {
  test('has the lines of the program, also through awaits, causes, contexts and groups', async () => {
    const codes = [
      'import asyncio\nasync def fail():\n    raise ValueError("x")\nawait fail()',
      'try:\n    await fail()\nexcept ValueError as error:\n    raise KeyError("y") from error',
      'try:\n    await fail()\nexcept ValueError:\n    1 / 0',
      'async def both():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(fail())\nawait both()',
      'import time\ntime.sleep(-1)',
      'eval("1 +")',
    ]
    for (const code of codes) {
      const { error } = await run(code)
      const lines = error?.traceback.split('\n') ?? []
      expect(lines.filter((line) => line.includes('interloop') || line.includes('_pyodide') || line.includes('base_events'))).toEqual([])
      expect(lines.find((line) => line.includes('File "'))).toContain('File "<program ')
      expect(error?.line).toBeGreaterThan(0)
    }
  })

  test('stays short however deep it was', async () => {
    const { error } = await run('def even(n): return odd(n + 1)\ndef odd(n): return even(n + 1)\neven(0)')
    expect(error?.name).toBe('RecursionError')
    expect(error?.traceback.split('\n').length).toBeLessThan(100)
  })
})

describe('displays', () => {
  test('are bundles of what an object knows of itself, in order with the output', async () => {
    const told: string[] = []
    const code = `class Rich:
    def _repr_html_(self): return '<b>rich</b>'
    def _repr_png_(self): return b'png'
    def _repr_json_(self): return {'a': 1}
    def _repr_svg_(self): return None
    def _repr_latex_(self): raise ValueError
    def __repr__(self): return 'rich'
print('before', end='')
display(Rich(), 7)
print('after')
Rich()`
    const result = await runCode(session, code, { onEvent: ({ type }) => told.push(type) })
    const rich = { data: { 'text/html': '<b>rich</b>', 'image/png': 'cG5n', 'application/json': '{"a": 1}', 'text/plain': 'rich' } }
    expect(result).toMatchObject({ displays: [rich, { data: { 'text/plain': '7' } }], value: rich, stdout: 'beforeafter\n' })
    expect(told.filter((type) => type !== 'status')).toEqual(['stdout', 'display', 'display', 'stdout'])
  })

  test('prefer what _repr_mimebundle_ says', async () => {
    const code = `class Both:
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/html': 'bundle', 'text/plain': 'plain'}, {'meta': 1}
    def _repr_html_(self): return 'html'
Both()`
    expect((await run(code)).value).toEqual({ data: { 'text/html': 'bundle', 'text/plain': 'plain' } })
  })

  test('have a text that is no longer than 200,000 characters', async () => {
    expect((await lastValue(`'x' * 300_000`))?.length).toBe(200_000)
  })
})

test('two sessions draw different random numbers', async () => {
  const other = await executor.createSession()
  const code = 'import random\nrandom.random()'
  const [first, second] = await Promise.all([session, other].map((each) => runCode(each, code)))
  expect(first?.value).not.toEqual(second?.value)
})

test('a file of 40 megabytes goes in and out', async () => {
  const content = new Uint8Array(40 * 2 ** 20).fill(7)
  await session.files.put({ path: 'large.bin', content })
  expect(await lastValue(`import os\nos.path.getsize('large.bin')`)).toBe(String(content.length))
  expect(Buffer.compare(await session.files.read('large.bin'), content)).toBe(0)
})
