// A CSV file goes in; what the programs write, tables and figures, comes out and is saved.
import { readFile } from 'node:fs/promises'
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { saveOutputs } from '@interloop/core/node'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })

const run = loop.run([
  { text: 'Write the rainfall of each quarter to quarters.csv. If matplotlib is there, draw it as well.' },
  { content: await readFile(new URL('./05-rainfall.csv', import.meta.url)), mimeType: 'text/csv', name: 'rainfall.csv' },
])
console.log(await run.text)
for (const path of await saveOutputs(run, process.argv[2] ?? 'output')) console.log(path)
