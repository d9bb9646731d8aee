import { describeExecutor } from '@interloop/core/testing/contract'
import { afterAll, beforeAll, describe } from 'vitest'
import { jupyterExecutor } from '../src/jupyter/jupyter-executor.ts'
import { GENERATIONS, jupyterServer, kernelGateway, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'

const missing = await missingServer(...GENERATIONS)
const missingGateway = await missingServer('gateway')

for (const generation of GENERATIONS) {
  describe.skipIf(missing)(`a Jupyter Server, ${generation}${missing ? ` (${missing})` : ''}`, () => {
    suite(`jupyterExecutor (${generation})`, () => jupyterServer({ generation }))
  })
}

describe.skipIf(missingGateway)(`a Kernel Gateway${missingGateway ? ` (${missingGateway})` : ''}`, () => {
  suite('jupyterExecutor (gateway)', () => kernelGateway())
})

function suite(name: string, start: () => Promise<ServerProcess>): void {
  let server: ServerProcess | undefined
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())
  describeExecutor(name, () => {
    if (server === undefined) throw new Error('the server does not run')
    return jupyterExecutor({ endpoint: server.url, token: server.token })
  })
}
