// An interpreter that was made ready and never used.
import { pyodideExecutor } from '../../src/index.ts'

await pyodideExecutor().prepare?.()
console.log(JSON.stringify({ finishedAt: Date.now() }))
