import { expect, test } from 'vitest'
import { ExecutorError } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, ExecutorEvent, Session } from '../executor.ts'
import { scriptedExecutor } from './scripted-executor.ts'

test('gives one scripted result after the other, filled in from what was said', async () => {
  const executor = scriptedExecutor([
    { error: { name: 'NameError', value: `name 'x' is not defined`, traceback: 'Traceback' } },
    { stdout: '5117\n' },
  ])
  const session = await executor.createSession()
  const failed = await execute(session, { code: 'print(x)' })
  const worked = await execute(session, { code: 'print(5117)' })
  expect([failed.result.outcome, failed.result.reason]).toEqual(['OUTCOME_FAILED', 'exception'])
  expect(worked.result).toEqual({
    outcome: 'OUTCOME_OK',
    reason: 'completed',
    stdout: '5117\n',
    stderr: '',
    displays: [],
    files: [],
    state: 'kept',
    generation: 1,
    usage: { queuedMs: 0, wallMs: expect.any(Number), toolMs: 0 },
  })
  expect(executor.requests.map((request) => request.code)).toEqual(['print(x)', 'print(5117)'])
  executor.assertDone()
})

test('emits what was only returned, and not again what was emitted', async () => {
  const display = { data: { 'image/png': 'iVBORw0=' } }
  const file = { path: 'a.txt', change: 'created' as const, size: 1 }
  const executor = scriptedExecutor([
    { stdout: 'out', stderr: 'err', displays: [display], files: [file] },
    (_request, { emit }) => {
      emit({ type: 'stdout', text: 'live ' })
      emit({ type: 'stdout', text: 'text' })
      return { stderr: 'only returned' }
    },
  ])
  const session = await executor.createSession()
  const returned = await execute(session)
  expect(returned.events).toEqual([
    { type: 'status', status: 'running' },
    { type: 'stdout', text: 'out' },
    { type: 'stderr', text: 'err' },
    { type: 'display', display },
    { type: 'file', file },
  ])
  const emitted = await execute(session)
  expect(emitted.events).toEqual([
    { type: 'status', status: 'running' },
    { type: 'stdout', text: 'live ' },
    { type: 'stdout', text: 'text' },
    { type: 'stderr', text: 'only returned' },
  ])
  expect([emitted.result.stdout, emitted.result.stderr]).toEqual(['live text', 'only returned'])
})

test('fails when it is asked for more than it knows, and says so at the end', async () => {
  const executor = scriptedExecutor([{}])
  const session = await executor.createSession()
  await execute(session)
  await expect(execute(session)).rejects.toMatchObject({
    code: 'internal',
    message: 'scriptedExecutor knows 1 execution, and was asked for 2',
    started: 'no',
  })
  expect(() => executor.assertDone()).toThrow('scriptedExecutor knows 1 execution, and was asked for 2')
})

test('says at the end what is left over', () => {
  expect(() => scriptedExecutor([{}, {}]).assertDone()).toThrow('scriptedExecutor knows 2 executions, and was asked for 0')
})

test('throws what a scripted execution throws', async () => {
  const error = new ExecutorError('session_lost', 'the server went away')
  const executor = scriptedExecutor([
    () => {
      throw error
    },
  ])
  await expect(execute(await executor.createSession())).rejects.toBe(error)
})

test('hangs where a scripted execution hangs', async () => {
  const executor = scriptedExecutor([() => new Promise(() => undefined)])
  const controller = new AbortController()
  const hanging = execute(await executor.createSession(), { signal: controller.signal })
  controller.abort()
  // Whoever uses an executor has to live with one that does not keep its stopMs.
  expect(await Promise.race([hanging, turnOfTheEventLoop()])).toBe('a turn of the event loop')
})

test('runs a key once in a session, where it says that it is idempotent', async () => {
  const executor = scriptedExecutor([{ stdout: 'once' }, { stdout: 'twice' }])
  const session = await executor.createSession()
  const first = await execute(session, { idempotencyKey: 'key' })
  const again = await execute(session, { idempotencyKey: 'key' })
  expect(again.result).toBe(first.result)
  const other = await execute(await executor.createSession(), { idempotencyKey: 'key' })
  expect(other.result.stdout).toBe('twice')

  const forgetful = scriptedExecutor([{ stdout: 'once' }, { stdout: 'twice' }], { idempotent: false })
  const forgetfulSession = await forgetful.createSession()
  await execute(forgetfulSession, { idempotencyKey: 'key' })
  expect((await execute(forgetfulSession, { idempotencyKey: 'key' })).result.stdout).toBe('twice')
})

test('counts a generation for each state that was lost', async () => {
  const executor = scriptedExecutor([{ state: 'lost', reason: 'crashed' }, {}])
  const session = await executor.createSession()
  expect((await execute(session)).result.generation).toBe(2)
  expect((await execute(session)).result.generation).toBe(2)
  expect(session.generation).toBe(2)
})

test('runs nothing for a signal that was aborted before', async () => {
  const executor = scriptedExecutor([{ stdout: 'ran' }])
  const session = await executor.createSession()
  const aborted = await execute(session, { signal: AbortSignal.abort() })
  expect([aborted.result.reason, executor.requests.length]).toEqual(['aborted', 0])
})

test('shows sessions and files to the test', async () => {
  const executor = scriptedExecutor([{}])
  const session = await executor.createSession({ files: [{ path: 'data.csv', content: 'a,b', aliases: ['input_file_0.csv'] }] })
  await session.files.put({ path: 'put.bin', content: Uint8Array.of(1, 2) })
  await execute(session, { files: [{ path: 'request.txt', content: 'r' }] })
  expect(executor.puts.map((file) => file.path)).toEqual(['data.csv', 'put.bin', 'request.txt'])
  expect(await session.files.list()).toEqual([
    { path: 'data.csv', size: 3 },
    { path: 'input_file_0.csv', size: 3 },
    { path: 'put.bin', size: 2 },
    { path: 'request.txt', size: 1 },
  ])

  executor.files.set('made.png', Uint8Array.of(137))
  expect(await session.files.read('made.png')).toEqual(Uint8Array.of(137))
  await session.files.remove('made.png')
  await expect(session.files.read('made.png')).rejects.toMatchObject({ code: 'not_found' })

  expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 0 })
  await session[Symbol.asyncDispose]()
  await session[Symbol.asyncDispose]()
  expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 1 })
})

test('refuses what is asked of it after disposal', async () => {
  const executor = scriptedExecutor([{}])
  const session = await executor.createSession()
  await executor[Symbol.asyncDispose]()
  const closed = { code: 'closed', started: 'no' }
  await expect(execute(session)).rejects.toMatchObject(closed)
  await expect(session.files.list()).rejects.toMatchObject(closed)
  await expect(executor.createSession()).rejects.toMatchObject(closed)
  expect({ ...executor.sessions }).toEqual({ made: 1, disposed: 1 })
})

async function execute(session: Session, options: Partial<ExecutionRequest & Pick<ExecutionContext, 'signal'>> = {}) {
  const events: ExecutorEvent[] = []
  const { signal = new AbortController().signal, ...request } = options
  const result = await session.execute(
    { id: 'call', code: 'pass', language: 'python', idempotencyKey: crypto.randomUUID(), ...request },
    { signal, emit: (event) => events.push(event), callTool: () => Promise.reject(new Error('no tools')) },
  )
  return { result, events }
}

function turnOfTheEventLoop(): Promise<string> {
  return new Promise((resolve) => setImmediate(() => resolve('a turn of the event loop')))
}
