// Asks a question; the model answers it with a program, which runs here. Needs GEMINI_API_KEY.
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })

const run = loop.run('What is the sum of the first 50 prime numbers?')
run.on('step.delta', ({ delta }) => {
  if (delta.type === 'stdout') process.stdout.write(delta.text)
})
console.log(await run.text)
