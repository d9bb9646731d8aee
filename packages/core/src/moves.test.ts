import { expect, test } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { ExecutorError } from './errors.ts'
import type { Capabilities, ExecutionResult, Executor, Moved } from './executor.ts'
import type { ModelRequest } from './model.ts'
import { type ScriptedExecution, scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, scriptedModel } from './testing/scripted-model.ts'

// What a run tells of a session that moved to another executor (remote.md 9).

const moved: Moved = { from: 'pyodide', to: 'local', cause: 'missing_package', variables: 'rebuilt', ran: 'second' }

const missing: Partial<ExecutionResult> = {
  error: { name: 'ModuleNotFoundError', value: "No module named 'chess'", traceback: 'ModuleNotFoundError', missingModule: 'chess' },
}

/** An executor whose sessions say after the first program that they are in another place. */
function movingExecutor(executions: readonly ScriptedExecution[], there: Partial<Capabilities>): Executor {
  const executor = scriptedExecutor(executions, { runtime: 'Pyodide 314', idempotent: false })
  return {
    ...executor,
    async createSession(options) {
      const session = await executor.createSession(options)
      return {
        id: session.id,
        files: session.files,
        get generation() {
          return session.generation
        },
        get capabilities() {
          return executor.requests.length === 0 ? executor.capabilities : { ...executor.capabilities, ...there }
        },
        execute: (request, context) => session.execute(request, context),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
}

async function play(executions: readonly ScriptedExecution[], there: Partial<Capabilities> = { runtime: 'CPython 3.14.2' }) {
  const model = scriptedModel([...executions.map(() => answer.code('program')), answer.text('Done.')])
  const run = await watched(createLoop({ model, executor: movingExecutor(executions, there) }).run('Go.'))
  const sessions = run.of('loop.session').map(({ state, generation, cause, detail }) => ({ state, generation, cause, detail }))
  return { ...run, sessions, told: model.requests.slice(1).map(responseOf) }
}

function responseOf(request: ModelRequest): string {
  const response = request.contents.at(-1)?.parts?.find((part) => part.functionResponse)?.functionResponse?.response ?? {}
  return String(Object.values(response)[0])
}

test('a move with its variables is one event, and one sentence to the model', async () => {
  const { sessions, told } = await play([{ stdout: '4\n', moved }])
  expect(sessions).toEqual([
    { state: 'created', generation: 1, cause: undefined, detail: undefined },
    { state: 'rebuilt', generation: 1, cause: 'missing_package', detail: 'pyodide → local (CPython 3.14.2)' },
    { state: 'closed', generation: 1, cause: undefined, detail: undefined },
  ])
  expect(told[0]?.split('\n').at(-1)).toBe(
    'From now on programs run in CPython 3.14.2, because the package is there: variables and files are there as they were before.',
  )
})

test('a move with the files alone is one event too, and the model is told that variables are gone', async () => {
  const { sessions, told } = await play([
    { stdout: '4\n', state: 'lost', moved: { ...moved, cause: 'memory', variables: 'lost' }, warnings: ['Nothing was rebuilt.'] },
  ])
  expect(sessions.slice(1)).toEqual([
    { state: 'moved', generation: 2, cause: 'memory', detail: 'pyodide → local (CPython 3.14.2)' },
    { state: 'closed', generation: 2, cause: undefined, detail: undefined },
  ])
  expect(told[0]?.split('\n').at(-1)).toBe(
    'From now on programs run in CPython 3.14.2, because there may be more memory: all variables, functions and imports are gone. There are no files.',
  )
})

test('of a program that was not run again the model learns that, and how to go on', async () => {
  const { sessions, told } = await play([{ ...missing, state: 'restored', moved: { ...moved, ran: 'first' } }, {}])
  expect(sessions.map(({ state }) => state)).toEqual(['created', 'rebuilt', 'closed'])
  expect(told[0]?.split('\n').slice(-2)).toEqual([
    'Hint: the module chess is there now; send the program again, without what it has done already.',
    'From now on programs run in CPython 3.14.2, because the package is there: variables and files are there as they were before this program, and this program was not run again there.',
  ])
})

test('after a move the packages of the new place are told, and its idempotency counts', async () => {
  const gone = () => Promise.reject(new ExecutorError('unavailable', 'Gone.', { retryable: true, retryAfterMs: 0 }))
  const there = { runtime: 'CPython 3.14.2', packages: [{ name: 'chess' }], idempotent: true }
  const { told, of } = await play([{ moved }, missing], there)
  expect(told[1]).toContain('beside the standard library there are: chess.')
  expect(of('loop.retry')).toEqual([])

  const model = scriptedModel([answer.code('a'), answer.code('b'), answer.text('Done.')])
  const again = await watched(createLoop({ model, executor: movingExecutor([{ moved }, gone, {}], there) }).run('Go.'))
  expect(again.of('loop.retry').map(({ origin }) => origin)).toEqual(['executor'])
  expect(again.summary.status).toBe('completed')
})
