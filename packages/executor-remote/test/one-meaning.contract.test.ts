import { type ExecutionResult, type Executor, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../../executor-pyodide/src/index.ts'
import { jupyterExecutor, localExecutor } from '../src/index.ts'
import { GENERATIONS, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'

const missing = await missingServer(...GENERATIONS)

/** Where the programs run; what the first means, the others have to. */
const PLACES = ['Pyodide', 'CPython of this machine', ...GENERATIONS.map((generation) => `an IPython kernel (${generation})`)]
const sessions = new Map<string, Session>()
const executors: Executor[] = []
const servers: ServerProcess[] = []
const meanings = new Map<string, Promise<unknown[]>>()

beforeAll(async () => {
  if (missing === undefined) servers.push(...(await Promise.all(GENERATIONS.map((generation) => jupyterServer({ generation })))))
  executors.push(pyodideExecutor(), localExecutor())
  executors.push(...servers.map(({ url, token }) => jupyterExecutor({ endpoint: url, token })))
  const created = await Promise.all(executors.map((executor) => executor.createSession()))
  for (const [index, session] of created.entries()) sessions.set(PLACES[index] ?? '', session)
})
afterAll(async () => {
  await Promise.all(executors.map((executor) => executor[Symbol.asyncDispose]()))
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
})

const RICH = `class Rich:
    def _repr_html_(self): return '<b>rich</b>'
    def _repr_png_(self): return b'png'
    def _repr_json_(self): return {'a': 1}
    def _repr_svg_(self): return None
    def _repr_latex_(self): raise ValueError
    def __repr__(self): return 'rich'
`

const BUNDLE = `class Both:
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/html': 'bundle', 'text/plain': 'plain'}, {'meta': 1}
    def _repr_html_(self): return 'html'
`

/** Programs, one after the other in one session of each executor. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'a value': ['numbers = [1, 2]\nsum(numbers)'],
  'a value that a semicolon hides': ['6 * 7;', '6 * 7 # no; really'],
  'values that are None, and none': ['None', 'x = 1', '', '# only a comment', `print('prints')`],
  'a program that is indented': [`\n    text = '''a\n    b'''\n    if text:\n        print(text)\n`],
  'a display and a value': [`${RICH}print('before', end='')\ndisplay(Rich(), 7)\nprint('after')\nRich()`],
  'a bundle of its own': [`${BUNDLE}Both()`],
  'a repr that raises': ['class Shy:\n    def __repr__(self): raise RuntimeError\nShy()'],
  'a text that is too long': [`'x' * 300_000`],
  'more output than is kept': [`print('é' * 400_000)\nprint('€' * 400_000)\nprint('end')`],
  'texts that UTF-8 cannot say': [`print('\\udc80a')`, `raise ValueError('\\ud83d')`],
  'a class that pickles': ['import pickle\nclass Pair: pass\ntype(pickle.loads(pickle.dumps(Pair()))).__module__, __name__'],
  'an exception': ['def outer():\n    inner()\ndef inner():\n    raise ValueError("deep")\nouter()'],
  'an exception of an earlier function': ['def fail():\n    raise LookupError("x")', '\nfail()'],
  'a cause': ['try:\n    int("seven")\nexcept ValueError as cause:\n    raise RuntimeError("no number") from cause'],
  'a context': ['try:\n    {}["a"]\nexcept KeyError:\n    [][1]'],
  'an exception in a coroutine': ['import asyncio\nasync def fail():\n    await asyncio.sleep(0)\n    raise ValueError("x")\nawait fail()'],
  'a group of exceptions': [
    'def fail(number):\n    raise ValueError(number)\ndef caught(number):\n    try:\n        fail(number)\n    except ValueError as error:\n        return error\nraise ExceptionGroup("two", [caught(1), caught(2)])',
  ],
  'a syntax error': [`print('never')\nif True print('x')`, '(', 'def f():\nreturn 1'],
  'a syntax error that was raised': ['eval("1 +")'],
  'a module that is missing': ['import no_such_module', 'from no_such_module.part import name'],
  'an exception without a text': ['class Silent(Exception):\n    def __str__(self): raise RuntimeError\nraise Silent("x")'],
  'ends by sys.exit': ['import sys\nsys.exit()', 'sys.exit(3)', `sys.exit('went wrong')`],
  'a KeyboardInterrupt of its own': ['raise KeyboardInterrupt'],
  'a question': [`input('name? ')`],
  'awaits at top level, and tasks that go on': [
    'import asyncio\nasync def double(number):\n    await asyncio.sleep(0.01)\n    return 2 * number\ntask = asyncio.ensure_future(double(4))\nawait double(1)',
    'await task',
    'await asyncio.gather(double(1), double(2))',
  ],
  'asyncio.run, again and again': [
    'import asyncio\nasync def main():\n    async with asyncio.timeout(5):\n        await asyncio.sleep(0.01)\n    return "done"\nasyncio.run(main())',
    'asyncio.run(main())',
    'await asyncio.sleep(0.01, "after")',
  ],
  'a loop that nothing can wake': ['import asyncio\nawait asyncio.Event().wait()', '1'],
  'a stream that was taken away': ['import io, sys\nsys.stdout = io.StringIO()', `print('here')`],
  'an empty standard input and no arguments': ['import sys\n[sys.stdin.read(), sys.argv]'],
  'a module that it wrote': [`with open('helper.py', 'w') as file:\n    file.write('answer = 42')`, 'import helper\nhelper.answer'],
  'files in folders': [
    `import os\nos.makedirs('a/b')\nopen('a/b/c.csv', 'w').write('x')\nopen('top.json', 'w').write('{}')`,
    `os.remove('top.json')\nopen('a/b/c.csv', 'a').write('y');`,
  ],
}

/** What a kernel cannot mean, and why. */
const NOT_IN_A_KERNEL: Readonly<Record<string, string>> = {
  'a loop that nothing can wake': 'the loop of a kernel waits for messages too, so it is never forsaken: its deadline ends it',
}

const [first = '', ...others] = PLACES

describe.each(Object.entries(PROGRAMS))('%s', (what, programs) => {
  test.for(others)(`means the same in ${first} and in %s`, async (place, { skip }) => {
    const isKernel = place.includes('kernel')
    skip(isKernel && missing !== undefined, missing)
    skip(isKernel && what in NOT_IN_A_KERNEL, NOT_IN_A_KERNEL[what])
    const [one, other] = await Promise.all([first, place].map((each) => once(each, what, programs)))
    expect(other).toEqual(one)
  })
})

/** Programs change their session, so that each runs once in each. */
function once(place: string, what: string, programs: readonly string[]): Promise<unknown[]> {
  const key = `${place}: ${what}`
  const session = sessions.get(place)
  if (session === undefined) throw new Error(`there is no session in ${place}`)
  const found = meanings.get(key) ?? meaningsOf(session, programs)
  meanings.set(key, found)
  return found
}

async function meaningsOf(session: Session, programs: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = []
  for (const program of programs) found.push(meaningOf(await runCode(session, program)))
  return found
}

/** Without what differs by machine, by version of Python and by what a line carries: times, marks under a line of a traceback, half pairs of UTF-16. */
function meaningOf({ usage: _usage, error, ...result }: ExecutionResult): unknown {
  if (error === undefined) return result
  const lines = error.traceback.split('\n').filter((line) => !/^[ |]*[~^]+$/.test(line))
  return { ...result, error: { ...error, value: error.value.toWellFormed(), traceback: lines.join('\n').toWellFormed() } }
}
