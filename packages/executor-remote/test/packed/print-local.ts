// One program in the CPython of this machine, without a loop.
import { runCode } from '@interloop/core/executor'
import { localExecutor } from '@interloop/executor-remote'

const { outcome, stdout } = await runCode(localExecutor({ isolation: 'none' }), 'print(6 * 7)')
console.log(JSON.stringify({ outcome, stdout }))
