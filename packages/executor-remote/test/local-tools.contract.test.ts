import type { ExecutionResult, ExecutorEvent, Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'

type CallTool = (call: { readonly id: string; readonly name: string; readonly arguments: unknown }) => Promise<unknown>

let session: Session

interface Running {
  readonly result: Promise<ExecutionResult>
  readonly events: readonly ExecutorEvent[]
  abort(): void
}

function start(code: string, callTool: CallTool, wallMs = 30_000, where: Session = session): Running {
  const id = crypto.randomUUID()
  const controller = new AbortController()
  const events: ExecutorEvent[] = []
  const result = where.execute(
    { id, code, language: 'python', limits: { wallMs }, idempotencyKey: id },
    { signal: controller.signal, emit: (event) => events.push(event), callTool },
  )
  return { result, events, abort: () => controller.abort() }
}

async function run(code: string, callTool: CallTool = echo): Promise<ExecutionResult> {
  return start(code, callTool).result
}

const echo: CallTool = async ({ name, arguments: given }) => ({ name, given })

function after(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, milliseconds)
  return promise
}

describe.each(['sandbox', 'none'] as const)('tools of the host, with isolation %s', (isolation) => {
  const executor = localExecutor({ isolation })
  beforeAll(async () => {
    session = await executor.createSession()
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  test('a tool gets its arguments by name and returns its value', async () => {
    const { value, error } = await run(`tools.weather(city='Köln', days=[1, 2], deep={'a': None})`)
    expect(error).toBeUndefined()
    expect(value?.data['text/plain']).toBe(`{'name': 'weather', 'given': {'city': 'Köln', 'days': [1, 2], 'deep': {'a': None}}}`)
  })

  test('a tool takes one dict as its arguments, and no others by position', async () => {
    expect((await run(`tools.weather({'city': 'Oslo'})['given']`)).value?.data['text/plain']).toBe(`{'city': 'Oslo'}`)
    expect((await run(`tools.weather('Oslo')`)).error).toMatchObject({
      name: 'TypeError',
      value: 'tools.weather takes its arguments by name: tools.weather(key=value)',
    })
  })

  test('a tool that rejects raises ToolError at the line that called it', async () => {
    const { error } = await run(`x = 1\ntools.weather(city='Atlantis')`, () => Promise.reject(new Error('there is no such city')))
    expect(error).toEqual({
      name: 'ToolError',
      value: 'there is no such city',
      traceback: expect.stringMatching(/^Traceback .*\n {2}File "<program \d+>", line 2, in <module>\n/),
      line: 2,
    })
    expect(error?.traceback).not.toContain('interloop')
  })

  test('a program can catch ToolError and go on', async () => {
    const code = `try:\n    tools.weather()\nexcept ToolError as error:\n    print('caught', error)`
    expect((await run(code, () => Promise.reject(new Error('refused')))).stdout).toBe('caught refused\n')
  })

  test('calls that are gathered are open at the same time, and answered in any order', async () => {
    const open: (() => void)[] = []
    const { value, error } = await run(
      'import asyncio\nawait asyncio.gather(tools.aio.a(x=1), tools.aio.b(x=2), tools.aio.c(x=3))',
      ({ name }) => {
        const { promise, resolve } = Promise.withResolvers<string>()
        open.push(() => resolve(name))
        if (open.length === 3) for (const answer of open.toReversed()) answer()
        return promise
      },
    )
    expect([error, value?.data['text/plain']]).toEqual([undefined, `['a', 'b', 'c']`])
  })

  test('an awaitable call has started before it is awaited, also under asyncio.run', async () => {
    const called: string[] = []
    const code = `import asyncio
async def main():
    call = tools.aio.first()
    tools.second()
    return await call
asyncio.run(main())`
    const { value } = await run(code, async ({ name }) => {
      called.push(name)
      return name
    })
    expect([called, value?.data['text/plain']]).toEqual([['first', 'second'], `'first'`])
  })

  test('threads of a program call tools too', async () => {
    const code = `from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(lambda number: tools.double(number=number), range(8)))
answers`
    const { value } = await run(code, async ({ arguments: given }) => 2 * (given as { number: number }).number)
    expect(value?.data['text/plain']).toBe('[0, 2, 4, 6, 8, 10, 12, 14]')
  })

  test('files are served while a tool is awaited', async () => {
    const code = `with open('table.csv', 'w') as file:\n    file.write('a,b')\ntools.read_table(path='table.csv')`
    const { value } = await run(code, async ({ arguments: given }) => {
      const { path } = given as { path: string }
      await session.files.put({ path: 'put-meanwhile.txt', content: 'put' })
      return new TextDecoder().decode(await session.files.read(path))
    })
    expect(value?.data['text/plain']).toBe(`'a,b'`)
  })

  test('time in tools is not the time of the program', async () => {
    const { result, events } = start(`tools.slow()\n'in time'`, () => after(900), 600)
    const { reason, value, usage } = await result
    expect([reason, value?.data['text/plain']]).toEqual(['completed', `'in time'`])
    expect(usage.toolMs).toBeGreaterThan(800)
    expect(usage.wallMs).toBeLessThan(600)
    expect(events.flatMap((event) => (event.type === 'status' ? [event.status] : []))).toEqual(['running', 'waiting_tool', 'running'])
  })

  test('a program that only awaits its calls has no time taken either', async () => {
    const { reason } = await start('import asyncio\nawait asyncio.gather(tools.aio.slow(), tools.aio.slow())', () => after(900), 600).result
    expect(reason).toBe('completed')
  })

  test('a program that computes while a call is open is held to its deadline', async () => {
    const code = 'import asyncio\nasync def main():\n    call = tools.aio.slow()\n    while True: pass\nasyncio.run(main())'
    const { promise: never } = Promise.withResolvers<void>()
    const { outcome, reason } = await start(code, () => never, 500).result
    expect([outcome, reason]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline'])
  })

  test('an abort ends a program that waits for a tool, and keeps its variables', async () => {
    await run('before = 1')
    const called = Promise.withResolvers<void>()
    const running = start('tools.slow()', () => {
      called.resolve()
      return Promise.withResolvers<void>().promise
    })
    await called.promise
    running.abort()
    const { reason, state } = await running.result
    expect([reason, state]).toEqual(['aborted', 'kept'])
    const next = await run(`before, tools.weather(city='Rome')['name']`)
    expect(next.value?.data['text/plain']).toBe(`(1, 'weather')`)
  })

  test('an answer that comes after its program ended goes nowhere', async () => {
    const late = Promise.withResolvers<string>()
    const called = Promise.withResolvers<void>()
    const running = start('tools.slow()', () => {
      called.resolve()
      return late.promise
    })
    await called.promise
    running.abort()
    await running.result
    late.resolve('late')
    expect((await run('tools.quick()', async () => 'quick')).value?.data['text/plain']).toBe(`'quick'`)
  })

  test('a call that is open when its program ends is cancelled for the next one', async () => {
    await run(
      'import asyncio\nasync def begin():\n    global call\n    call = tools.aio.slow()\nawait begin()',
      () => Promise.withResolvers<void>().promise,
    )
    expect((await run('await call')).error?.name).toBe('CancelledError')
  })

  test('no more than 16 calls are open at once', async () => {
    let open = 0
    let most = 0
    const code = `import asyncio
answers = await asyncio.gather(*[tools.aio.slow(number=number) for number in range(20)], return_exceptions=True)
[type(answer).__name__ for answer in answers].count('ToolError')`
    const { value } = await run(code, async () => {
      open += 1
      most = Math.max(most, open)
      await after(50)
      open -= 1
    })
    expect([value?.data['text/plain'], most]).toEqual(['4', 16])
  })

  test.each([
    ['larger than a mebibyte', `tools.take(text='x' * 2 ** 20)`, 'the arguments of tools.take have 1048588 bytes, the limit is 1048576'],
    [
      'deeper than 64 levels',
      'deep = []\nfor _ in range(64): deep = [deep]\ntools.take(deep=deep)',
      'the arguments of tools.take are nested deeper than 64 levels',
    ],
    ['that are no JSON', 'tools.take(value={1, 2})', 'the arguments of tools.take are no JSON: set cannot be written as JSON'],
  ])('arguments %s are refused before the host hears of them', async (_what, code, message) => {
    let calls = 0
    const { error } = await run(code, async () => {
      calls += 1
    })
    expect([error?.name, error?.value, calls]).toEqual(['ToolError', message, 0])
  })

  test('an answer that is larger than 16 mebibytes is a ToolError', async () => {
    const { error } = await run('tools.give()', async () => 'x'.repeat(17 * 2 ** 20))
    expect([error?.name, error?.value]).toEqual(['ToolError', 'the answer of give has 17825794 bytes, the limit is 16777216'])
  })

  test('an answer of megabytes arrives whole', async () => {
    const { value } = await run('len(tools.give())', async () => 'ä'.repeat(2 ** 21))
    expect(value?.data['text/plain']).toBe(String(2 ** 21))
  })

  test('a process that a program forked cannot call tools', async () => {
    const code = `import os
child = os.fork()
if child == 0:
    try:
        tools.weather()
    except RuntimeError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)[1]`
    const { value, stdout } = await run(code)
    expect([value?.data['text/plain'], stdout]).toEqual([
      '0',
      'tools can be called by the process of the program alone, not by one that it forked\n',
    ])
  })

  test('without a call open, a program waits for no answer', async () => {
    const { error } = await run('import asyncio\nawait asyncio.Event().wait()')
    expect(error?.value).toBe('deadlock: the event loop has nothing left to wait for')
  })
})
