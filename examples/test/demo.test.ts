// `npm run demo`, as a stranger meets it: without a key, with a wrong one, in a pipe, in a terminal, interrupted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { geminiServer } from '@interloop/core/testing'
import { describe, expect, test } from 'vitest'
import { eventProblems } from '../../scripts/check-events.mjs'
import { contentsOf, keyFor, noTerminal, runExample, startExample } from './example.ts'
import { recordedRun, shownRun } from './recorded-run.ts'
import { refusedKey, writes } from './script.ts'

const ANSWER = 'The sum of the first 50 prime numbers, from 2 to 229, is 5117.'

describe('the demo', () => {
  test.concurrent('shows the failure, the repair and the answer, of which stdout gets the answer alone', async () => {
    await using demo = startExample('demo', {})
    const { code, stdout, stderr } = await demo.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${ANSWER}\n` })
    expect(withoutTimes(stderr)).toBe(readmeShows().replace(`\n${ANSWER}\n`, ''))
  })

  test.skipIf(noTerminal)(
    'shows all of it in a terminal, as the README does (skipped where there is no `script`)',
    { concurrent: true },
    async () => {
      await using demo = startExample('demo', { terminal: true, env: { NO_COLOR: '1' } })
      const { code, stdout } = await demo.ended
      expect({ code, shown: withoutTimes(stdout.replaceAll('\r', '')) }).toEqual({ code: 0, shown: readmeShows() })
    },
  )

  test.concurrent('prints the events of a whole run as JSON lines, which docs/events.md shows', async () => {
    await using demo = startExample('demo', { args: ['--json'] })
    const { code, stdout } = await demo.ended
    expect({ code, problems: eventProblems(stdout) }).toEqual({ code: 0, problems: [] })
    // Where this fails, the page is stale: recorded-run.ts writes it anew.
    expect(recordedRun(stdout)).toBe(shownRun())
  })

  test.concurrent('says that the recorded model knows one question, and how to get a key', async () => {
    await using demo = startExample('demo', { args: ['What is 2 ** 100?'] })
    const { code, stdout, stderr } = await demo.ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/it knows one question: What is the sum.*aistudio\.google\.com\/apikey.*export GEMINI_API_KEY=…/s)
  })

  test.concurrent('asks your question where there is a key, and says so when that is refused', async () => {
    const env = { INTERLOOP_MODEL: 'gemini-of-tomorrow' }
    const { code, stdout, stderr, server } = await runExample('demo', { args: ['What is 2 ** 100?'], env, script: [refusedKey] })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('asking gemini-of-tomorrow; what it writes runs in Pyodide, which keeps nothing from it yet')
    expect(stderr).toMatch(/API key not valid\..*\nThe key ending …ests comes from GEMINI_API_KEY\.\n\nfailed \(model_error\) · 0 programs/)
    expect(server.requests[0]?.path).toContain('gemini-of-tomorrow')
    expect(JSON.stringify(contentsOf(server, 0))).toContain('What is 2 ** 100?')
  })

  test.concurrent('ends the run orderly at Ctrl-C', async () => {
    await using server = await geminiServer({ script: [writes('print(1)\nwhile True: pass')] })
    await using demo = startExample('demo', { args: ['--json', 'Count.'], env: keyFor(server) })
    await demo.said(/"type":"stdout"/)
    demo.signal('SIGINT')
    const { code, stdout } = await demo.ended
    expect(code).toBe(130)
    const events = stdout.trimEnd().split('\n')
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ event_type: 'interaction.completed', interaction: { status: 'cancelled' } })
  })

  test.concurrent('ends at Ctrl-C while Python is starting', async () => {
    await using demo = startExample('demo', {})
    await demo.said(/starting Python/)
    demo.signal('SIGINT')
    const { code, stdout, stderr } = await demo.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(/cancelled \(aborted\) · 0 programs/)
  })

  test.concurrent('does not mind a reader that leaves', async () => {
    await using demo = startExample('demo', { args: ['--json'] })
    await demo.said(/interaction.created/)
    demo.closeStdout()
    expect(await demo.ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('EPIPE') })
  })

  test.concurrent('says how it is used when it is asked for what it does not know', async () => {
    await using demo = startExample('demo', { args: ['--colour'] })
    expect(await demo.ended).toEqual({
      code: 2,
      stdout: '',
      stderr: `Unknown option '--colour'\nusage: npm run demo -- [--json] ["your question"]\n`,
    })
  })
})

function readmeShows(): string {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
  return withoutTimes(/```text\n(· no GEMINI_API_KEY.*?)```/s.exec(readme)?.[1] ?? '')
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d+(\.\d)? (m?s)\b/g, '… $2')
}
