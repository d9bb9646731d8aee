// Shows each program and asks before it runs. What is said against it is told to the model.
import { createInterface } from 'node:readline/promises'
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({
  model: gemini({ model: 'gemini-3.5-flash' }),
  executor: pyodideExecutor(),
  async approve({ code }) {
    using terminal = createInterface({ input: process.stdin, output: process.stdout })
    const said = await terminal.question(`${code}\nRun this? y, or what is wrong with it: `)
    return said === 'y' ? 'allow' : { deny: said }
  },
})
console.log(await loop.run('What is the 1000th Fibonacci number?').text)
