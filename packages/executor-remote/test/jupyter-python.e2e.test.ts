// What Python means in a kernel, beyond what the suite of all executors asks.

import type { Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { GENERATIONS, jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run, start } from './started.ts'

const missing = await missingServer(...GENERATIONS)

describe.skipIf(missing).each(GENERATIONS)(`Python in a kernel (%s)${missing ? ` (${missing})` : ''}`, (generation) => {
  let server: ServerProcess
  let executor: ReturnType<typeof jupyterExecutor>
  let session: Session

  beforeAll(async () => {
    server = await jupyterServer({ generation })
    executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    session = await executor.createSession()
  })
  afterAll(async () => {
    await executor[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  test('awaits at top level, and runs loops of its own by asyncio.run', async () => {
    const code = `
import asyncio
async def double(number):
    await asyncio.sleep(0.01)
    return 2 * number
print(asyncio.run(double(1)), asyncio.run(double(2)))
await double(3)`
    expect(await run(session, code)).toMatchObject({ stdout: '2 4\n', value: { data: { 'text/plain': '6' } } })
  })

  test.each([
    ['a cell that awaits', `import asyncio\nawait asyncio.sleep(0)\nprint('begun')\nwhile True: pass`],
    ['asyncio.run', `import asyncio\nasync def main():\n    print('begun')\n    await asyncio.sleep(60)\nasyncio.run(main())`],
    [
      'a task beside',
      `import asyncio\nasync def spin():\n    print('begun')\n    while True: pass\nasyncio.ensure_future(spin())\nawait asyncio.sleep(60)`,
    ],
    ['a child process', `import subprocess\nprint('begun')\nsubprocess.run(['sleep', '60'])`],
  ])('stops %s and keeps the variables', async (_, code) => {
    await run(session, 'kept = 1')
    const started = start(session, code)
    await started.told('begun')
    started.abort()
    expect(await started.result).toMatchObject({ reason: 'aborted', state: 'kept', stdout: 'begun\n' })
    expect(await run(session, 'kept')).toMatchObject({ value: { data: { 'text/plain': '1' } } })
  })

  test('counts lines from where the program was written, empty ones too', async () => {
    expect((await run(session, '\n\n\n1 / 0')).error).toMatchObject({ name: 'ZeroDivisionError', line: 4 })
    expect((await run(session, '\n    x = 1\n    y = (\n')).error).toMatchObject({ name: 'SyntaxError', line: 3 })
  })

  test('runs magics and shell lines, and takes the output of child processes', async () => {
    // IPython runs shell lines in a terminal.
    expect((await run(session, '!echo shell')).stdout).toBe('shell\r\n')
    expect((await run(session, '\n%%capture captured\nprint("caught")')).stdout).toBe('')
    expect((await run(session, 'print(captured.stdout, end="")')).stdout).toBe('caught\n')
    expect(await run(session, `import subprocess\nsubprocess.run('echo out; echo err >&2', shell=True)\nprint('after')`)).toMatchObject({
      stderr: 'err\n',
      stdout: expect.stringMatching(/^(out\nafter\n|after\nout\n)$/),
    })
  })

  test('shows a display in its last state, and none that was cleared', async () => {
    const code = `
from IPython.display import display, clear_output, HTML
display('cleared')
clear_output()
handle = display('first', display_id=True)
handle.update('second')
display(HTML('<b>bold</b>'))`
    const { displays, stdout } = await run(session, code)
    expect([displays.map(({ data }) => data['text/html'] ?? data['text/plain']), stdout]).toEqual([["'second'", '<b>bold</b>'], ''])
  })

  test('keeps the text that clear_output would clear: what was told is not taken back', async () => {
    const started = start(session, `from IPython.display import clear_output\nprint('before')\nclear_output()\nprint('after')`)
    expect((await started.result).stdout).toBe('before\nafter\n')
    expect(started.stdout).toBe('before\nafter\n')
  })

  test('ends by exit() as by sys.exit(), and lives on', async () => {
    expect(await run(session, 'exit(3)')).toMatchObject({ reason: 'exit', exitCode: 3, outcome: 'OUTCOME_FAILED', stderr: '' })
    expect(await run(session, 'kept')).toMatchObject({ reason: 'completed' })
  })

  test('has no name of ours among its variables', async () => {
    const fresh = await executor.createSession()
    expect(
      (await run(fresh, `print([name for name in globals() if 'interloop' in name or name in ('tools', 'records', 'GUEST')])`)).stdout,
    ).toBe('[]\n')
  })
})
