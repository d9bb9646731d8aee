// Runs one program, and says what it printed and what there is to know about the executor.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'

await using executor = pyodideExecutor({ isolation: 'process' })
const { stdout } = await runCode(executor, 'print(6 * 7)')
console.log(JSON.stringify({ stdout, notes: executor.capabilities.notes }))
