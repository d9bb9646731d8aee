import { defineExecutor, type Executor, ExecutorError, type Ran } from '@interloop/core/executor'

/** What runs code behind an HTTP endpoint. `POST {url}` takes `{ session, code }` and answers what became of the program; `DELETE {url}/{session}` ends its interpreter. */
export function endpointExecutor(url: string): Executor {
  return defineExecutor({
    name: 'endpoint',
    runtime: 'CPython 3',
    async open() {
      const session = crypto.randomUUID()
      return {
        async run(code, { signal }) {
          const response = await fetch(url, { method: 'POST', body: JSON.stringify({ session, code }), signal })
          if (!response.ok) throw new ExecutorError('unavailable', `The endpoint answered ${response.status}`)
          return (await response.json()) as Ran // it answers with the names of the port
        },
        async close() {
          await fetch(`${url}/${session}`, { method: 'DELETE' })
        },
      }
    },
  })
}
