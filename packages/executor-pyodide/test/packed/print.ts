// One program in real Python, without a loop.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const { outcome, stdout } = await runCode(pyodideExecutor(), 'print(6 * 7)')
console.log(JSON.stringify({ outcome, stdout }))
