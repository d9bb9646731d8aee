// Every example as its users run it: a Node process of its own, the real SDK, and real Python where the example has it. Only Gemini
// is a server on loopback, which says what the script says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answer, geminiServer } from '@interloop/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { contentsOf, keyFor, runExample, startExample } from './example.ts'
import { refusedKey, says, writes } from './script.ts'

const folder = mkdtempSync(join(tmpdir(), 'interloop-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('01-quick-start', () => {
  test.concurrent('prints what the program prints, then the answer, and ends by itself', async () => {
    const { code, stdout, stderr } = await runExample('01-quick-start', { script: [writes('print(5117)'), says('It is 5117.')] })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '5117\nIt is 5117.\n', stderr: '' })
  })

  test.concurrent('fails with what to do about it where the key is refused', async () => {
    const { code, stdout, stderr } = await runExample('01-quick-start', { script: [refusedKey] })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('API key not valid. Please pass a valid API key. The key ending …ests comes from GEMINI_API_KEY.')
  })
})

test.concurrent('02-stream-to-terminal shows text, code, output, the repair and the end', async () => {
  const script = [
    { chunks: answer.code('import dice', { before: 'I throw them.' }) },
    writes("for n in range(3):\n    print('throw', n)"),
    says('About 16.7 %.'),
  ]
  const { code, stdout } = await runExample('02-stream-to-terminal', { script })
  expect(code).toBe(0)
  expect(stdout).toBe(`
── user_input
I throw them.
── model_output
import dice

── code_execution_call

── code_execution_result
── regeneration 1 of 5: ModuleNotFoundError
for n in range(3):
    print('throw', n)

── code_execution_call
throw 0
throw 1
throw 2

── code_execution_result
About 16.7 %.
── model_output
completed: 2 programs, 45 tokens
`)
})

test.concurrent('04-chat-in-a-file goes on in the next process, which tells the model that variables are gone', async () => {
  const file = join(folder, 'chats', 'chat.json')
  const first = await runExample('04-chat-in-a-file', { args: ['A question?', file], script: [writes('day = 6'), says('Saturday.')] })
  expect(first).toMatchObject({ code: 0, stdout: 'Saturday.\n', stderr: '' })

  const second = await runExample('04-chat-in-a-file', { args: ['And then?', file], script: [says('Monday.')] })
  expect(second).toMatchObject({ code: 0, stdout: 'Monday.\n', stderr: '' })
  const contents = contentsOf(second.server, 0)
  expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user', 'model', 'user'])
  expect(JSON.stringify(contents.at(-1))).toMatch(/all variables, functions and imports are gone.*And then\?/)
  expect(JSON.parse(readFileSync(file, 'utf8')).history).toHaveLength(6)
})

describe('05-csv-to-table', () => {
  const table = `import csv
with open('rainfall.csv') as file:
    rows = list(csv.DictReader(file))
with open('quarters.csv', 'w') as file:
    print('quarter,Bergen,Lisbon', file=file)
    for quarter in range(4):
        of = rows[quarter * 3:quarter * 3 + 3]
        print(quarter + 1, *(sum(int(row[city]) for row in of) for city in ('Bergen', 'Lisbon')), sep=',', file=file)
`

  test.concurrent('saves the table that the program wrote', async () => {
    const saved = join(folder, 'table')
    const script = [writes(table), says('Done.')]
    const { code, stdout, server } = await runExample('05-csv-to-table', { args: [saved], script })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Done.\n${join(saved, 'quarters.csv')}\n` })
    expect(readFileSync(join(saved, 'quarters.csv'), 'utf8')).toBe('quarter,Bergen,Lisbon\n1,627,290\n2,352,124\n3,621,37\n4,765,302\n')
    expect(JSON.stringify(server.requests[0]?.body)).toContain('rainfall.csv')
  })

  const packages = process.env['INTERLOOP_PACKAGES']
  test.skipIf(!packages)(
    'saves the figure too where matplotlib is there (skipped without INTERLOOP_PACKAGES)',
    { concurrent: true },
    async () => {
      const saved = join(folder, 'figure')
      const script = [
        writes(`${table}\nimport matplotlib.pyplot as plt\nplt.bar(range(4), range(4))\nplt.savefig('quarters.png')`),
        says('Done.'),
      ]
      const { code, stdout } = await runExample('05-csv-to-table', { args: [saved], script, env: { INTERLOOP_PACKAGES: packages ?? '' } })
      expect(code).toBe(0)
      expect(stdout.split('\n').slice(1, -1).toSorted()).toEqual([join(saved, 'quarters.csv'), join(saved, 'quarters.png')])
      expect(readFileSync(join(saved, 'quarters.png')).subarray(1, 4).toString()).toBe('PNG')
    },
  )
})

test.concurrent('06-tool calls the function with checked arguments, and tells the model what it returned', async () => {
  const script = [
    { chunks: answer.call('stock_of', { article: 'bolt' }, { id: 'a' }) },
    { chunks: answer.call('stock_of', { article: 'screw' }, { id: 'b' }) },
    says('316 sets.'),
  ]
  const { code, stdout, server } = await runExample('06-tool', { script })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '316 sets.\n' })
  const contents = contentsOf(server, 2)
  expect(contents[2]?.parts).toEqual([{ functionResponse: { id: 'a', name: 'stock_of', response: { output: 1200 } } }])
  expect(JSON.stringify(contents[4]?.parts)).toContain('The arguments do not fit: article: ')
})

test.concurrent('07-approval shows each program, and tells the model what was said against it', async () => {
  const script = [writes('print(slow())'), writes('print(fast())'), says('It is 434…875.')]
  await using server = await geminiServer({ script })
  await using started = startExample('07-approval', { env: keyFor(server) })
  await started.said(/print\(slow\(\)\)\nRun this\? y, or what is wrong with it: $/)
  started.type('use a formula\n')
  await started.said(/print\(fast\(\)\)\nRun this\? y, or what is wrong with it: $/)
  started.type('n\n')
  const { code, stdout } = await started.ended
  expect(code).toBe(0)
  expect(stdout.endsWith('It is 434…875.\n')).toBe(true)
  expect(JSON.stringify(contentsOf(server, 1).at(-1))).toContain('use a formula')
  server.assertDone()
})

test.concurrent('08-own-executor runs programs behind an endpoint, and keeps their variables there', async () => {
  const script = [writes('found = [6, 28, 496, 8128]\n1 / 0'), writes('print(found)'), says('6, 28, 496 and 8128.')]
  const { code, stdout, server } = await runExample('08-own-executor', { script })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '6, 28, 496 and 8128.\n' })
  expect(JSON.stringify(contentsOf(server, 1).at(-1))).toContain('ZeroDivisionError: division by zero')
  expect(JSON.stringify(contentsOf(server, 2).at(-1))).toContain('[6, 28, 496, 8128]')
})

describe('09-choose-executor', () => {
  test.concurrent('runs programs where the environment says', async () => {
    const asked: string[] = []
    await using endpoint = await serveJson((request) => {
      asked.push(request)
      return { stdout: '2432902008176640000\n' }
    })
    const env = { INTERLOOP_EXECUTOR: 'endpoint', INTERLOOP_ENDPOINT: endpoint.url }
    const { code, stdout } = await runExample('09-choose-executor', {
      env,
      script: [writes('print(1)'), says('It is 2432902008176640000.')],
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'It is 2432902008176640000.\nran by endpoint\n' })
    expect(asked).toEqual([
      expect.stringMatching(/^POST \/ {"session":".*","code":"print\(1\)"}$/),
      expect.stringMatching(/^DELETE \/.+ $/),
    ])
  })

  test.concurrent('says which there are where the environment names another one', async () => {
    const { code, stderr } = await runExample('09-choose-executor', { env: { INTERLOOP_EXECUTOR: 'docker' }, script: [] })
    expect(code).toBe(1)
    expect(stderr).toContain('INTERLOOP_EXECUTOR must be one of pyodide, endpoint, got docker')
  })
})

test.concurrent('10-abort-and-budget stops a program that would never end, and a run that has used what it may', async () => {
  const script = [
    writes('import itertools, time\nfor n in itertools.count():\n    print(n)\n    time.sleep(0.01)'),
    writes('print(9999991)'),
    writes('print(9999973)'),
    says('9999991; the next one was not looked for.'),
  ]
  const { code, stdout } = await runExample('10-abort-and-budget', { script })
  const lines = ['cancelled', 'budget_exceeded executions 9999991; the next one was not looked for.', '']
  expect({ code, stdout }).toEqual({ code: 0, stdout: lines.join('\n') })
})

test.concurrent('11-tool-of-another-loop gives the bare SDK the same Python', async () => {
  const script = [writes('import datetime\n1 / 0'), writes('print(datetime.date.max)'), says('27759 days.')]
  const { code, stdout, stderr, server } = await runExample('11-tool-of-another-loop', { script })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '27759 days.\n', stderr: '' })
  expect(contentsOf(server, 1).at(-1)?.parts?.[0]?.functionResponse?.response?.['output']).toMatch(/^OUTCOME_FAILED: .*ZeroDivisionError/s)
  expect(contentsOf(server, 2).at(-1)?.parts?.[0]?.functionResponse?.response).toEqual({
    output: expect.stringMatching(/^OUTCOME_OK\n--- stdout (\w+)\n9999-12-31\n--- end \1$/),
  })
})

/** A server that answers every request with JSON; it is told method, path and body. */
async function serveJson(answerTo: (request: string) => object): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    response.end(JSON.stringify(answerTo(`${request.method} ${request.url} ${body}`)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
