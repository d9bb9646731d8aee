// An interpreter that was made ready at the level of the first argument, and never used.
import { pyodideExecutor } from '../../src/index.ts'
import { levelOf } from './level-of.ts'

await pyodideExecutor({ isolation: levelOf(process.argv[2]) }).prepare?.()
console.log(JSON.stringify({ finishedAt: Date.now() }))
