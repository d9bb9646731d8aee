import { runCode } from '@interloop/core/executor'
import { type JupyterOptions, jupyterExecutor } from '@interloop/executor-remote'
import type { Arm } from './remote-arm.ts'

/** Our executor, as a run uses it. */
export function interloopArm(options: JupyterOptions): Arm {
  const executor = jupyterExecutor(options)
  return {
    name: 'jupyterExecutor',
    async open() {
      const session = await executor.createSession()
      return {
        async run(code) {
          const { outcome, stdout, error } = await runCode(session, code)
          if (outcome !== 'OUTCOME_OK') throw new Error(`the program failed: ${error?.name}`)
          return stdout.length
        },
        close: () => session[Symbol.asyncDispose](),
      }
    },
    prepare: () => executor.prepare?.() ?? Promise.resolve(),
    close: () => executor[Symbol.asyncDispose](),
  }
}
