import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { defineExecutor, type Executor, type Ran, runCode } from './index.ts'

/** An HTTP endpoint as an executor: it takes `{ session, code }` and answers `{ stdout, stderr, error? }`. */
function endpointExecutor(url: string): Executor {
  return defineExecutor({
    name: 'endpoint',
    runtime: 'CPython 3.14',
    async open() {
      const session = crypto.randomUUID()
      return {
        async run(code, { signal }) {
          const response = await fetch(url, { method: 'POST', body: JSON.stringify({ session, code }), signal })
          if (!response.ok) throw new Error(`the endpoint answered ${response.status}`)
          // What it answers has the names of the port.
          return (await response.json()) as Ran
        },
        async close() {
          await fetch(`${url}/${session}`, { method: 'DELETE' })
        },
      }
    },
  })
}

test('an HTTP endpoint becomes an executor in about twenty lines', async () => {
  await using server = await startEndpoint()
  await using executor = endpointExecutor(server.url)

  const worked = await runCode(executor, 'print(2 + 2)')
  expect([worked.outcome, worked.stdout, worked.state]).toEqual(['OUTCOME_OK', '4\n', 'kept'])

  const failed = await runCode(executor, '1 / 0')
  expect([failed.outcome, failed.reason, failed.error?.name]).toEqual(['OUTCOME_FAILED', 'exception', 'ZeroDivisionError'])

  await expect(runCode(executor, 'unavailable')).rejects.toMatchObject({
    code: 'internal',
    message: 'the executor failed: the endpoint answered 503',
  })

  const late = await runCode(executor, 'while True: pass', { limits: { wallMs: 50 } })
  expect([late.outcome, late.reason, late.state, late.generation]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline', 'lost', 2])

  expect(server.closed.size).toBe(4)
})

/** Knows the four programs of the test; what never ends gets no answer. */
async function startEndpoint(): Promise<AsyncDisposable & { readonly url: string; readonly closed: ReadonlySet<string> }> {
  const closed = new Set<string>()
  const answers: Readonly<Record<string, object>> = {
    'print(2 + 2)': { stdout: '4\n' },
    '1 / 0': { error: { name: 'ZeroDivisionError', value: 'division by zero', traceback: 'ZeroDivisionError: division by zero' } },
  }
  const server = createServer(async (request, response) => {
    if (request.method === 'DELETE') {
      closed.add(request.url ?? '')
      response.end()
      return
    }
    const { code } = (await json(request)) as { readonly code: string }
    if (code === 'while True: pass') return
    const answer = answers[code]
    response.statusCode = answer === undefined ? 503 : 200
    response.end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
