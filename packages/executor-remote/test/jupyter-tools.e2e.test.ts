// Host tools at a distance: out on the stdin socket, answers in on control, each call once whatever becomes of the line.
import { randomUUID } from 'node:crypto'
import type { ExecutionContext, ExecutionResult, Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { faultyProxy } from './chaos/proxy.ts'
import { GENERATIONS, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'

const missing = await missingServer(...GENERATIONS)

describe.skipIf(missing).each(GENERATIONS)(`host tools (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  let server: ServerProcess
  let proxy: Awaited<ReturnType<typeof faultyProxy>>
  let executor: ReturnType<typeof jupyterExecutor>
  let session: Session

  beforeAll(async () => {
    server = await jupyterServer({ generation })
    proxy = await faultyProxy(server.url)
    executor = jupyterExecutor({ endpoint: proxy.url, token: server.token })
    session = await executor.createSession()
  })
  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  test('give Python the value, wait for it, and take objects both ways', async () => {
    const { result, calls } = await runWithTools(`print(tools.twice(number=21), tools.echo(text='ä€😀', items=[1, None]))`)
    expect(result).toMatchObject({ reason: 'completed', stdout: "42 {'text': 'ä€😀', 'items': [1, None]}\n" })
    expect(calls).toEqual([
      ['twice', { number: 21 }],
      ['echo', { text: 'ä€😀', items: [1, null] }],
    ])
  })

  test('run side by side where they are awaited', async () => {
    const { result } = await runWithTools(`import asyncio\nawait asyncio.gather(*[tools.aio.slow(number=number) for number in range(3)])`)
    expect(result).toMatchObject({ reason: 'completed', value: { data: { 'text/plain': '[0, 1, 2]' } } })
    // Three of 300 ms, one after the other, would be 900.
    expect(result.usage.toolMs).toBeLessThan(850)
  })

  test('raise ToolError where the host refuses', async () => {
    const { result } = await runWithTools(`try:\n    tools.nothing()\nexcept ToolError as error:\n    print('refused:', error)`)
    expect(result.stdout).toBe('refused: there is no tool nothing\n')
  })

  test('do not count towards the deadline', async () => {
    const { result } = await runWithTools(`tools.slow(number=7)`, { wallMs: 250 })
    expect(result).toMatchObject({ reason: 'completed', value: { data: { 'text/plain': '7' } } })
    expect(result.usage.toolMs).toBeGreaterThan(250)
  })

  test('are bounded in size, depth and number', async () => {
    const { result, calls } = await runWithTools(`
import asyncio
deep = []
for _ in range(70): deep = [deep]
for attempt in (lambda: tools.echo(text='x' * 2 ** 20), lambda: tools.echo(deep=deep)):
    try: attempt()
    except ToolError as error: print(error)
try: await asyncio.gather(*[tools.aio.slow(number=number) for number in range(17)])
except ToolError as error: print(error)`)
    expect(result.stdout.split('\n').map((line) => line.replace(/\d{3,}/g, 'N'))).toEqual([
      'the arguments of tools.echo have N bytes, the limit is N',
      'the arguments of tools.echo are nested deeper than 64 levels',
      '16 tool calls are open already: await some of them before you start more',
      '',
    ])
    // Those that were open are cancelled with the program.
    expect(calls.length).toBeLessThanOrEqual(16)
  })

  test.each(['cut', 'swallow'] as const)('are called once each while the line is %s', async (fault) => {
    const { result, calls } = await runWithTools(
      `print(tools.harm(fault=1))\nprint(tools.twice(number=4))`,
      {},
      { harm: async () => `${proxy[fault]() > 0}` },
    )
    expect(result).toMatchObject({ reason: 'completed', stdout: 'true\n8\n', state: 'kept' })
    expect(calls.map(([name]) => name)).toEqual(['harm', 'twice'])
  })

  async function runWithTools(
    code: string,
    limits: { readonly wallMs?: number } = {},
    more: Readonly<Record<string, (args: never) => Promise<unknown>>> = {},
  ): Promise<{ readonly result: ExecutionResult; readonly calls: readonly (readonly [string, unknown])[] }> {
    const calls: (readonly [string, unknown])[] = []
    const tools: Readonly<Record<string, (args: never) => Promise<unknown>>> = {
      twice: async ({ number }: { readonly number: number }) => number * 2,
      echo: async (args: object) => args,
      slow: ({ number }: { readonly number: number }) => new Promise((resolve) => setTimeout(resolve, 300, number)),
      ...more,
    }
    const context: ExecutionContext = {
      signal: new AbortController().signal,
      emit() {},
      async callTool({ name, arguments: args }) {
        const tool = tools[name]
        if (tool === undefined) throw new Error(`there is no tool ${name}`)
        calls.push([name, args])
        // What a program sends is unknown; these programs send what their tools take.
        return tool(args as never)
      },
    }
    const id = randomUUID()
    const result = await session.execute({ id, code, language: 'python', limits, idempotencyKey: id }, context)
    return { result, calls }
  }
})
