// Programs run where you say: here behind an HTTP endpoint, by the executor of 08-endpoint-executor.ts.
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { startEndpoint } from './08-endpoint.ts'
import { endpointExecutor } from './08-endpoint-executor.ts'

await using endpoint = await startEndpoint()
await using executor = endpointExecutor(endpoint.url)

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor })
console.log(await loop.run('Which numbers up to 10,000 are the sum of their proper divisors?').text)
