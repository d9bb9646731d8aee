// A process that owns a session over two executors and runs a program in it until it is killed. `remote-first` begins on the Jupyter server,
// `remote-second` moves there. Says the session's `ref`, as a line of JSON, once the last program runs.
import { fallbackOver } from '../fallback-over.ts'
import { run, start } from '../started.ts'

const [, , order = '', url = '', idempotencyKey = '', ...programs] = process.argv

const executor = fallbackOver(order, { url, token: process.env['INTERLOOP_TEST_TOKEN'] ?? '' })
const session = await executor.createSession()
for (const [index, code] of programs.slice(0, -1).entries()) await run(session, code, { idempotencyKey: `before/${index}` })
const started = start(session, programs.at(-1) ?? '', { idempotencyKey })
await started.told('begun')
console.log(JSON.stringify(session.ref))
await started.result
console.log('ended')
