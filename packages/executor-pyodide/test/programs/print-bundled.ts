// One program in real Python, in an application that is one file and says where the image is.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'

const [level, image] = process.argv.slice(2)
const isolation = level === 'thread' ? 'thread' : 'process'
await using executor = pyodideExecutor({ isolation, image })
const { outcome, stdout } = await runCode(executor, 'print(6 * 7)')
console.log(JSON.stringify({ outcome, stdout, isolation: executor.capabilities.isolation }))
