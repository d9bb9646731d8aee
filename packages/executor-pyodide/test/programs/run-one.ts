// What a user writes first: one program, and nothing disposed.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'

const session = await pyodideExecutor().createSession()
const { stdout } = await runCode(session, 'from js import process\nprint(process.pid)')
console.log(JSON.stringify({ guest: Number(stdout), finishedAt: Date.now() }))
