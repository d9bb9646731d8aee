// The environment says where programs run: INTERLOOP_EXECUTOR=endpoint INTERLOOP_ENDPOINT=http://… node examples/09-choose-executor.ts
import { createLoop } from '@interloop/core'
import type { Executor } from '@interloop/core/executor'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'
import { endpointExecutor } from './08-endpoint-executor.ts'

const executors: Readonly<Record<string, () => Executor>> = {
  pyodide: () => pyodideExecutor(),
  endpoint: () => endpointExecutor(process.env['INTERLOOP_ENDPOINT'] ?? 'http://127.0.0.1:8000'),
}
const name = process.env['INTERLOOP_EXECUTOR'] ?? 'pyodide'
const choose = executors[name]
if (!choose) throw new Error(`INTERLOOP_EXECUTOR must be one of ${Object.keys(executors).join(', ')}, got ${name}`)

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: choose() })
const run = loop.run('What is 20 factorial?')
console.log(await run.text)
console.log('ran by', (await run.summary).environment.executor)
