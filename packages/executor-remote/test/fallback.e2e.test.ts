// remote.md 9, "Moves", with real interpreters: what each of its programs ends as, and that nothing of it happens twice.
import { createLoop, type LoopEvent } from '@interloop/core'
import { type Executor, runCode, type Session, tool, withFallback } from '@interloop/core/executor'
import { answer, scriptedModel } from '@interloop/core/testing'
import { findOnPath } from '@interloop/executor-kit'
import { afterAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../../executor-pyodide/src/index.ts'
import { localExecutor } from '../src/index.ts'
import { mailServer } from './servers/mail-server.ts'

const noSandbox = findOnPath('bwrap') === undefined ? ' (skipped: no bubblewrap)' : ''

/** Only there. */
const withChess = { packages: ['chess'] } as const

describe.skipIf(noSandbox)(`a session moves for a package that only the second has${noSandbox}`, () => {
  test('out of Pyodide into CPython, with variables, files and one event', async () => {
    await using executor = withFallback(pyodideExecutor(), localExecutor(withChess))
    const programs = [
      'import os, sys\ntotal = sum(range(10))\nopen("log.txt", "a").write("one\\n")\nprint(total)',
      'squares = [n * n for n in range(4)]\nos.remove("in.csv")\nraise ValueError("no")',
      'import chess\nprint(total, squares, sys.platform, chess.WHITE)',
      'print(open("log.txt").read(), os.listdir(), sys.platform)',
    ]
    const model = scriptedModel([...programs.map((code) => answer.code(code)), answer.text('Done.')])
    const run = createLoop({ model, executor, files: [{ path: 'in.csv', content: 'a,b\n' }] }).run('Go.')
    const events: LoopEvent[] = []
    for await (const event of run) events.push(event)
    const { steps, executions } = await run.summary

    const results = steps.flatMap((step) => (step.type === 'code_execution_result' ? [step.output?.stdout] : []))
    expect(results).toEqual(['45\n', '', '45 [0, 1, 4, 9] linux True\n', "one\n ['log.txt'] linux\n"])
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
})

describe.skipIf(noSandbox)(`the programs of remote.md 9${noSandbox}`, () => {
  const confined = withFallback(localExecutor(), localExecutor(withChess))
  afterAll(() => confined[Symbol.asyncDispose]())

  interface Case {
    readonly name: string
    readonly programs: readonly string[]
    readonly variables: 'rebuilt' | 'lost'
    readonly after: string
    readonly prints: string
    readonly mails?: number
  }
  const cases: readonly Case[] = [
    {
      name: 'input consumed: it is there for the rebuild, and gone after it',
      programs: ['import os\ntext = open("in.csv").read()\nos.remove("in.csv")'],
      variables: 'rebuilt',
      after: 'print(text, os.listdir())',
      prints: 'a,b []\n',
    },
    {
      name: 'the state of a failed program: it is there',
      programs: ['y = 5\n1 / 0', 'z = y + 1'],
      variables: 'rebuilt',
      after: 'print(y, z)',
      prints: '5 6\n',
    },
    {
      name: 'append: no line is doubled',
      programs: ['print("one", file=open("log.txt", "a"))', 'print("two", file=open("log.txt", "a"))'],
      variables: 'rebuilt',
      after: 'print(open("log.txt").read().split())',
      prints: "['one', 'two']\n",
    },
    {
      name: 'mail, by a host tool: one is sent',
      programs: ['receipt = tools.mail(to="anna")'],
      variables: 'rebuilt',
      after: 'print(receipt)',
      prints: 'mail 1 to anna\n',
      mails: 1,
    },
    {
      name: 'random: another number is a difference, so the files come alone',
      programs: ['import random\nprint("drawn", file=open("log.txt", "a"))\nx = random.random()\nx'],
      variables: 'lost',
      after: 'print("x" in globals(), open("log.txt").read())',
      prints: 'False drawn\n\n',
    },
  ]

  test.each(cases)('$name', async ({ programs, variables, after, prints, mails = 0 }) => {
    let sent = 0
    const mail = tool({
      name: 'mail',
      description: 'Sends a mail.',
      parameters: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] },
      execute: ({ to }) => {
        sent += 1
        return `mail ${sent} to ${to}`
      },
    })
    await using session = await confined.createSession({ files: [{ path: 'in.csv', content: 'a,b' }] })
    for (const code of programs) await runCode(session, code, { tools: [mail] })
    const result = await runCode(session, 'import chess\nprint(chess.WHITE)', { tools: [mail] })
    expect([result.stdout, result.moved?.variables, result.moved?.ran]).toEqual(['True\n', variables, 'second'])
    expect([(await runCode(session, after)).stdout, sent]).toEqual([prints, mails])
  })
})

describe.skipIf(noSandbox)(`mail, by the network of the first${noSandbox}`, () => {
  const open = localExecutor({ isolation: 'none' })
  const sandbox = localExecutor(withChess)
  const sandboxWithNetwork = localExecutor({ ...withChess, network: 'open' })
  afterAll(() => Promise.all([open, sandbox, sandboxWithNetwork].map((executor) => executor[Symbol.asyncDispose]())))

  const send = (port: number) => `import smtplib
with smtplib.SMTP('127.0.0.1', ${port}, timeout=10) as smtp:
    smtp.sendmail('loop@example.org', ['anna@example.org'], 'Subject: hello')
x = 1`
  const dare = (port: number) => `try:
${send(port).replaceAll(/^/gm, '    ')}
except OSError:
    x = 1`

  const play = async (second: Executor, programs: (port: number) => readonly string[]) => {
    await using server = await mailServer()
    await using session: Session = await withFallback(open, second).createSession()
    const results = []
    for (const code of programs(server.port)) results.push(await runCode(session, code))
    return { last: results.at(-1), after: (await runCode(session, 'print("x" in globals())')).stdout, mails: server.mails.length }
  }

  test('a program that fails without a network is a difference: the files come alone, mails sent, one', async () => {
    const { last, after, mails } = await play(sandbox, (port) => [send(port), 'import chess'])
    expect([last?.moved?.variables, after, mails]).toEqual(['lost', 'False\n', 1])
    expect(last?.warnings).toEqual(['the variables are lost: program 1 ended in another way than before'])
  })

  test('a program that ends the same way without a network is rebuilt: mails sent, one', async () => {
    const { last, after, mails } = await play(sandbox, (port) => [dare(port), 'import chess'])
    expect([last?.moved?.variables, after, mails]).toEqual(['rebuilt', 'True\n', 1])
  })

  test('in a second with a network no program runs again: the files come alone, mails sent, one', async () => {
    const { last, after, mails } = await play(sandboxWithNetwork, (port) => [send(port), 'import chess'])
    expect([last?.reason, last?.moved?.variables, last?.moved?.ran, after, mails]).toEqual(['exception', 'lost', 'first', 'False\n', 1])
  })

  test('nor the one that caused the move: its failure is the result, mails sent, one', async () => {
    const { last, mails } = await play(sandboxWithNetwork, (port) => [`${send(port)}\nimport chess`])
    expect([last?.error?.missingModule, last?.moved?.ran, mails]).toEqual(['chess', 'first', 1])
  })
})
