// Runs the program in its second argument, which never ends, at the level in its first; tells the processes that it started when the program runs.
import { runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '../../src/index.ts'
import { childrenOf } from '../children.ts'
import { levelOf } from './level-of.ts'

const [level, program] = process.argv.slice(2)
await runCode(pyodideExecutor({ isolation: levelOf(level) }), `print('running')\n${program}`, {
  async onEvent(event) {
    if (event.type === 'stdout' && event.text.startsWith('running')) console.log(JSON.stringify(await childrenOf(process.pid)))
  },
})
