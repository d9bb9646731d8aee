// A process that owns a session and runs a program in it until it is killed. Says the session's `ref`, as a line of JSON, once the program runs.
import { jupyterExecutor } from '../../src/index.ts'
import { start } from '../started.ts'

const [, , endpoint = '', idempotencyKey = '', code = ''] = process.argv
const token = process.env['INTERLOOP_TEST_TOKEN']

const executor = jupyterExecutor({ endpoint, token })
const session = await executor.createSession()
const started = start(session, code, { idempotencyKey })
await started.told('begun')
console.log(JSON.stringify(session.ref))
await started.result
console.log('ended')
