import { expect } from 'vitest'
import type { ExecutionResult } from '../../executor.ts'
import { type ContractCase, subject } from './case.ts'

/** How programs end themselves, and what each end counts as (design.md 6). */
export const exitCases: readonly ContractCase[] = subject('exit', [
  {
    name: 'takes sys.exit() and sys.exit(0) as a good end',
    async run(lab) {
      const session = await lab.shared()
      for (const code of [`print('bye')\nimport sys\nsys.exit()\nprint('never')`, `print('bye')\nraise SystemExit(0)`]) {
        const result = await lab.honestly(session, () => lab.run(session, code))
        expect(end(result)).toEqual({ outcome: 'OUTCOME_OK', reason: 'exit', exitCode: 0, stdout: 'bye\n' })
        expect(result.error).toBeUndefined()
      }
    },
  },
  {
    name: 'takes sys.exit(3) as a failure with its code',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.honestly(session, () => lab.run(session, `import sys\nprint('bye')\nsys.exit(3)`))
      expect(end(result)).toEqual({ outcome: 'OUTCOME_FAILED', reason: 'exit', exitCode: 3, stdout: 'bye\n' })
    },
  },
  {
    name: 'takes sys.exit with a text as code 1 and shows the text on stderr',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.honestly(session, () => lab.run(session, `import sys\nsys.exit('went wrong')`))
      expect(end(result)).toEqual({ outcome: 'OUTCOME_FAILED', reason: 'exit', exitCode: 1, stdout: '' })
      expect(result.stderr).toContain('went wrong')
    },
  },
  {
    name: 'takes os._exit as a result and says honestly what became of the variables',
    async run(lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, () => lab.run(session, `import os\nprint('bye')\nos._exit(7)`))
      expect(result.outcome).toBe('OUTCOME_FAILED')
      expect(result.reason).toBeOneOf(['exit', 'crashed'])
      if (result.reason === 'exit') expect(result.exitCode).toBe(7)
      expect(result.stdout).toBe('bye\n')
    },
  },
  {
    name: 'takes an interpreter that died as a result and goes on in a fresh one',
    async run(lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, () => lab.run(session, `import os\nprint('last words')\nos.abort()`))
      expect([result.outcome, result.stdout]).toEqual(['OUTCOME_FAILED', 'last words\n'])
      expect(result.reason).toBeOneOf(['crashed', 'exit', 'exception'])
      const next = await lab.run(session, `print('alive')`)
      expect([next.reason, next.stdout, next.generation]).toEqual(['completed', 'alive\n', result.generation])
    },
  },
  {
    name: 'gives each reason the outcome that belongs to it',
    async run(lab) {
      const session = await lab.shared()
      const seen: [string, string][] = []
      for (const code of ['1', '1 / 0', '(', 'raise SystemExit(0)', 'raise SystemExit(2)']) {
        const result = await lab.run(session, code)
        seen.push([result.reason, result.outcome])
      }
      expect(seen).toEqual([
        ['completed', 'OUTCOME_OK'],
        ['exception', 'OUTCOME_FAILED'],
        ['syntax_error', 'OUTCOME_FAILED'],
        ['exit', 'OUTCOME_OK'],
        ['exit', 'OUTCOME_FAILED'],
      ])
    },
  },
])

function end(result: ExecutionResult): Pick<ExecutionResult, 'outcome' | 'reason' | 'exitCode' | 'stdout'> {
  return { outcome: result.outcome, reason: result.reason, exitCode: result.exitCode, stdout: result.stdout }
}
