import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ExecutorError } from '../errors.ts'
import type { ExecutorEvent } from '../executor.ts'
import { scriptedExecutor } from '../testing/scripted-executor.ts'
import { tool } from '../tool.ts'
import { runCode } from './run-code.ts'

describe('runCode', () => {
  test('runs one program in a session of its own, which it disposes', async () => {
    const executor = scriptedExecutor([{ stdout: '4\n' }])
    const result = await runCode(executor, 'print(2 + 2)', { limits: { wallMs: 500 }, files: [{ path: 'a.csv', content: 'a' }] })
    expect([result.outcome, result.stdout]).toEqual(['OUTCOME_OK', '4\n'])
    expect(executor.requests).toEqual([
      {
        id: expect.any(String),
        code: 'print(2 + 2)',
        language: 'python',
        limits: { wallMs: 500 },
        files: [{ path: 'a.csv', content: 'a' }],
        idempotencyKey: expect.any(String),
      },
    ])
    expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 1 })
  })

  test('leaves a session that was handed in', async () => {
    const executor = scriptedExecutor([{}, {}])
    const session = await executor.createSession()
    await runCode(session, 'x = 1')
    await runCode(session, 'print(x)')
    expect(new Set(executor.requests.map((request) => request.idempotencyKey)).size).toBe(2)
    expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 0 })
  })

  test('resolves with the failure of a program', async () => {
    const executor = scriptedExecutor([{ error: { name: 'ValueError', value: 'no', traceback: 'ValueError: no' } }])
    expect((await runCode(executor, 'int("x")')).reason).toBe('exception')
  })

  test('rejects where the machinery failed, and disposes its session', async () => {
    const failure = new ExecutorError('unavailable', 'no server')
    const executor = scriptedExecutor([
      () => {
        throw failure
      },
    ])
    await expect(runCode(executor, '1')).rejects.toBe(failure)
    expect(executor.sessions.disposed).toBe(1)
  })

  test('tells events, whatever the listener throws', async () => {
    const events: ExecutorEvent[] = []
    const result = await runCode(scriptedExecutor([{ stdout: 'a', stderr: 'b' }]), '1', {
      onEvent(event) {
        events.push(event)
        throw new Error('a listener that fails')
      },
    })
    expect(events).toEqual([
      { type: 'status', status: 'running' },
      { type: 'stdout', text: 'a' },
      { type: 'stderr', text: 'b' },
    ])
    expect(result.outcome).toBe('OUTCOME_OK')
  })

  test('runs nothing for a signal that was aborted before', async () => {
    const executor = scriptedExecutor([])
    expect((await runCode(executor, '1', { signal: AbortSignal.abort() })).reason).toBe('aborted')
    expect(executor.sessions.made).toBe(0)
  })

  test('resolves with aborted while a session is still being made, and disposes it when it comes', async () => {
    const executor = scriptedExecutor([])
    const opening = Promise.withResolvers<void>()
    const controller = new AbortController()
    const slow = {
      ...executor,
      createSession: () => opening.promise.then(() => executor.createSession()),
    }
    const running = runCode(slow, '1', { signal: controller.signal })
    controller.abort()
    expect((await running).reason).toBe('aborted')
    opening.resolve()
    await vi.waitFor(() => expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 1 }))
  })

  test('resolves with aborted where the executor hears the signal first', async () => {
    const controller = new AbortController()
    const executor = {
      ...scriptedExecutor([]),
      createSession() {
        controller.abort()
        return Promise.reject(new ExecutorError('closed', 'aborted', { started: 'no' }))
      },
    }
    expect((await runCode(executor, '1', { signal: controller.signal })).reason).toBe('aborted')
  })

  test('prepares the executor first', async () => {
    const prepare = vi.fn(async () => undefined)
    await runCode({ ...scriptedExecutor([{}]), prepare }, '1')
    expect(prepare).toHaveBeenCalledTimes(1)
  })

  test('refuses a path that leads out of the working folder', async () => {
    await expect(runCode(scriptedExecutor([]), '1', { files: [{ path: '../x', content: '' }] })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'files',
    })
  })

  test('has no host tools', async () => {
    const executor = scriptedExecutor([
      async (_request, { callTool }) => {
        await callTool({ id: '1', name: 'lookup', arguments: {} })
        return {}
      },
    ])
    await expect(runCode(executor, 'tools.lookup()')).rejects.toMatchObject({
      code: 'unsupported',
      message: 'runCode has no tool "lookup"',
    })
  })

  describe('with tools', () => {
    const price = tool({
      name: 'price',
      description: 'A price.',
      parameters: z.object({ article: z.number(), currency: z.string().default('EUR') }),
      execute: async ({ article, currency }, { callId }) => ({ article, currency, callId, at: undefined }),
    })
    const broken = tool({ name: 'broken', description: 'Fails.', execute: () => Promise.reject(new Error('no stock')) })

    /** What a program gets for a call. */
    async function called(name: string, given: unknown): Promise<unknown> {
      let answer: unknown
      const executor = scriptedExecutor(
        [
          async (_request, { callTool }) => {
            answer = await callTool({ id: '7', name, arguments: given }).catch((error: Error) => error.message)
            return {}
          },
        ],
        { tools: true },
      )
      await runCode(executor, 'program', { tools: [price, broken] })
      return answer
    }

    test('a call gets what the tool returns, as plain JSON, by arguments that the schema made whole', async () => {
      expect(await called('price', { article: 3 })).toEqual({ article: 3, currency: 'EUR', callId: '7' })
    })

    test('arguments that do not fit, and what a tool throws, are told to the program', async () => {
      expect(await called('price', { article: 'three' })).toMatch(/^The arguments do not fit: article: /)
      expect(await called('broken', {})).toBe('no stock')
      expect(await called('other', {})).toBe('runCode has no tool "other"')
    })

    test.each([
      ['two of one name', [price, price], 'two tools have one name: price, price'],
      ['without execute', [{ name: 'waits', description: 'Waits.' }], 'the tool waits has no execute'],
      ['a name that Python cannot call', [{ ...broken, name: 'a-b' }], /must be a Python identifier/],
    ])('%s is refused', async (_what, tools, message) => {
      await expect(runCode(scriptedExecutor([], { tools: true }), '1', { tools })).rejects.toMatchObject({
        code: 'invalid_option',
        option: 'tools',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      })
    })

    test('an executor that has none is not asked to run the program', async () => {
      const executor = scriptedExecutor([{}])
      await expect(runCode(executor, '1', { tools: [price] })).rejects.toMatchObject({ code: 'invalid_option', option: 'tools' })
      expect([executor.requests, executor.sessions.made - executor.sessions.disposed]).toEqual([[], 0])
    })
  })
})
