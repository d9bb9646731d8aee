// One script on three executors: INTERLOOP_EXECUTOR=pyodide, local, or jupyter with JUPYTER_URL and JUPYTER_TOKEN. Needs no key.
import { type Executor, runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '@interloop/executor-pyodide'
import { jupyterExecutor, localExecutor } from '@interloop/executor-remote'

const executors: Readonly<Record<string, () => Executor>> = {
  pyodide: () => pyodideExecutor(),
  local: () => localExecutor(),
  jupyter: () => jupyterExecutor({ endpoint: process.env['JUPYTER_URL'] ?? 'http://127.0.0.1:8888', token: process.env['JUPYTER_TOKEN'] }),
}
const name = process.env['INTERLOOP_EXECUTOR'] ?? 'pyodide'
const choose = executors[name]
if (!choose) throw new Error(`INTERLOOP_EXECUTOR must be one of ${Object.keys(executors).join(', ')}, got ${name}`)

await using executor = choose()
await using session = await executor.createSession()
const files = [{ path: 'rain.csv', content: 'Bergen,2495\nLisbon,774\nCairo,18\n' }]
await runCode(session, 'import csv\nrain = {city: int(mm) for city, mm in csv.reader(open("rain.csv"))}', { files })
const { stdout, value } = await runCode(session, 'print(max(rain, key=rain.get))\nsum(rain.values())')
console.log(stdout.trim(), value?.data['text/plain'])

const failed = await runCode(session, 'rain["Atlantis"]')
console.log(failed.reason, failed.error?.name, 'in line', failed.error?.line)
const { runtime, isolation, network } = executor.capabilities
console.log(`${runtime}: isolation ${isolation}, network ${network}`)
