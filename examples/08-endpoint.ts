import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type ExecutionResult, runCode, type Session } from '@interloop/core/executor'
import { pyodideExecutor } from '@interloop/executor-pyodide'

/** A tiny endpoint to talk to: an interpreter for each session that it is asked for. */
export async function startEndpoint(): Promise<AsyncDisposable & { readonly url: string }> {
  const executor = pyodideExecutor()
  const sessions = new Map<string, Promise<Session>>()

  async function run(request: IncomingMessage, signal: AbortSignal): Promise<ExecutionResult> {
    const { session, code } = (await json(request)) as { readonly session: string; readonly code: string }
    const opened = sessions.get(session) ?? executor.createSession()
    sessions.set(session, opened)
    return runCode(await opened, code, { signal })
  }
  async function end(session: string): Promise<void> {
    await (await sessions.get(session))?.[Symbol.asyncDispose]()
    sessions.delete(session)
  }

  const server = createServer((request, response) => {
    const left = new AbortController()
    response.on('close', () => left.abort())
    const answer = request.method === 'DELETE' ? end(request.url?.slice(1) ?? '') : run(request, left.signal)
    answer.then(
      (result) => response.end(JSON.stringify(result ?? {})),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await executor[Symbol.asyncDispose]()
      server.close()
    },
  }
}
