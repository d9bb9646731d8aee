// A host that is to end by itself, or to be killed. Runs a program without confinement in a session that it never disposes;
// says each line that the program prints, and when it is done.
import { runCode } from '@interloop/core/executor'
import { localExecutor } from '../../src/index.ts'

const [, , code = '', pool = '0'] = process.argv
const executor = localExecutor({ isolation: 'none', pool: Number(pool) })
await executor.prepare?.()
const session = await executor.createSession()
await runCode(session, code, {
  onEvent: (event) => {
    if (event.type === 'stdout') process.stdout.write(event.text)
  },
})
console.log(JSON.stringify({ finishedAt: Date.now() }))
