// Runs the program in its first argument, which never ends, and tells the process that runs it.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'

await runCode(pyodideExecutor(), `from js import process\nprint(process.pid)\n${process.argv[2]}`, {
  onEvent(event) {
    if (event.type === 'stdout') console.log(event.text.trim())
  },
})
