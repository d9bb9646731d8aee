import { createLoop, type LoopEvent } from '@interloop/core'
import { type Executor, withFallback } from '@interloop/core/executor'
import { answer, scriptedModel } from '@interloop/core/testing'
import { expect, test } from 'vitest'
import { pythonExecutor } from '../../core/test/reference/python-executor.ts'
import { pyodideExecutor } from '../src/index.ts'

/** A CPython of this machine that lists a module which Pyodide has not. */
function cpython(): Executor {
  const reference = pythonExecutor()
  return { ...reference, capabilities: { ...reference.capabilities, packages: [{ name: 'resource', imports: ['resource'] }] } }
}

test('a module that only CPython has moves a session out of Pyodide, with variables, files and one event', async () => {
  await using executor = withFallback(pyodideExecutor(), cpython(), { allowWeakerIsolation: true })
  const programs = [
    'import os, sys\ntotal = sum(range(10))\nopen("log.txt", "a").write("one\\n")\nprint(total)',
    'squares = [n * n for n in range(4)]\nos.remove("in.csv")\nraise ValueError("no")',
    'import resource\nprint(total, squares, sys.platform)',
    'print(open("log.txt").read(), os.listdir(), sys.platform)',
  ]
  const model = scriptedModel([...programs.map((code) => answer.code(code)), answer.text('Done.')])
  const run = createLoop({ model, executor, files: [{ path: 'in.csv', content: 'a,b\n' }] }).run('Go.')
  const events: LoopEvent[] = []
  for await (const event of run) events.push(event)
  const { steps, executions } = await run.summary

  const results = steps.flatMap((step) => (step.type === 'code_execution_result' ? [step.output?.stdout] : []))
  expect(results).toEqual(['45\n', '', '45 [0, 1, 4, 9] linux\n', "one\n ['log.txt'] linux\n"])
  expect(executions.map(({ reason, state, generation }) => [reason, state, generation])).toEqual([
    ['completed', 'kept', 1],
    ['exception', 'kept', 1],
    ['completed', 'kept', 1],
    ['completed', 'kept', 1],
  ])
  const told = events.flatMap((event) => (event.event_type === 'loop.session' ? [[event.state, event.cause]] : []))
  expect(told.filter(([state]) => state !== 'preparing')).toEqual([
    ['created', undefined],
    ['rebuilt', 'missing_package'],
    ['closed', undefined],
  ])
  expect(JSON.stringify(model.requests[3]?.contents)).toContain('From now on programs run in CPython 3')
})
