// What a user writes first: one program, and nothing disposed. At the level of the first argument.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'
import { childrenOf } from '../children.ts'
import { levelOf } from './level-of.ts'

const session = await pyodideExecutor({ isolation: levelOf(process.argv[2]) }).createSession()
const { stdout } = await runCode(session, 'print(6 * 7)')
console.log(JSON.stringify({ stdout, guests: await childrenOf(process.pid), finishedAt: Date.now() }))
