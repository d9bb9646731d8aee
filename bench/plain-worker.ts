// Plain Pyodide in a worker: one message with a program in, one with what it printed out.
import { parentPort } from 'node:worker_threads'
import { loadPyodide } from 'pyodide'

let output = ''
const pyodide = await loadPyodide({
  stdout: (line) => {
    output += `${line}\n`
  },
})
parentPort?.on('message', (program: string) => {
  output = ''
  pyodide.runPython(program)
  parentPort?.postMessage(output)
})
parentPort?.postMessage('ready')
