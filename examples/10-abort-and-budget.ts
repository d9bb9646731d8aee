// A run ends when you say so, or when it has used what it may. Both are a status, not an error.
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })

const endless = loop.run('Print the natural numbers, one after the other, and never stop.')
endless.on('step.delta', ({ delta }) => {
  if (delta.type === 'stdout') endless.abort('That is enough.')
})
console.log((await endless.summary).status)

const short = loop.run('Find the largest prime below 10 ** 7, then the next smaller one, each by a program of its own.', {
  budgets: { executions: 1, tokens: 20_000, wallMs: 60_000 },
})
const { status, finish, output_text } = await short.summary
console.log(status, finish.detail, output_text)
