// The HTTP example with the clients that it is for: curl, a client that leaves, and its page in a browser.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import type { LoopEvent } from '@interloop/core'
import { type GeminiServer, geminiServer } from '@interloop/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../../packages/core/test/chromium.ts'
import { keyFor, type Started, startExample } from './example.ts'
import { says, writes } from './script.ts'

const noCurl = spawnSync('curl', ['--version']).status !== 0
/** Prints, and then goes on for long enough: a stream that came all at once would bring the end along. */
const WAITS = `import time\nprint('first')\ntime.sleep(3)\nprint('second')`

describe('03-http-route', () => {
  let gemini: GeminiServer
  let route: Started
  let url: string
  beforeAll(async () => {
    const forever = writes('import itertools, time\nfor n in itertools.count():\n    print(n)\n    time.sleep(0.01)')
    const script = [writes(WAITS), says('Done.'), ...(noCurl ? [] : [forever]), writes('1 / 0'), writes('print(5117)'), says('It is 5117.')]
    gemini = await geminiServer({ script })
    route = startExample('03-http-route', { env: { ...keyFor(gemini), PORT: '0' } })
    const port = /port: (\d+)/.exec(await route.said(/port: \d+/))?.[1]
    url = `http://127.0.0.1:${port}`
  })
  afterAll(async () => {
    await route?.[Symbol.asyncDispose]()
    await gemini?.[Symbol.asyncDispose]()
  })

  test.skipIf(noCurl)('streams to curl while the program runs', async () => {
    const curl = startCurl(await startRun(url, 'A question?'))
    const before = await curl.until((event) => stdoutOf(event) === 'first\n')
    expect(before.map(({ event_type }) => event_type)).not.toContain('interaction.completed')
    const events = await curl.until((event) => event.event_type === 'interaction.completed')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
    expect(events.map(stdoutOf).join('')).toBe('first\nsecond\n')
    expect(await curl.closed).toBe(0)
  })

  test.skipIf(noCurl)('stops the run whose client leaves', async () => {
    const run = await startRun(url, 'A question?')
    const curl = startCurl(run)
    await curl.until((event) => stdoutOf(event) === '0\n')
    curl.leave()
    await route.said(new RegExp(`${new URL(run).pathname} cancelled`))
  })

  test('refuses pages of other sites, and questions without words', async () => {
    const post = async (body: string, headers = {}) => (await fetch(`${url}/runs`, { method: 'POST', body, headers })).status
    expect(await post('A question?', { origin: 'https://example.com' })).toBe(404)
    expect(await post('')).toBe(400)
  })

  test.skipIf(noChromium)(`shows a run in its page${noChromium ? ` (${noChromium})` : ''}`, async () => {
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(url)
      await page.click('button')
      await page.locator('pre', { hasText: 'completed' }).waitFor()
      expect(await page.textContent('pre')).toBe(
        '\n1 / 0\n\nregeneration 1/5: ZeroDivisionError\nprint(5117)\n5117\n\nIt is 5117.\ncompleted',
      )
    } finally {
      await browser.close()
    }
  })

  test('ends when it is told to', async () => {
    route.signal('SIGINT')
    expect(await route.ended).toMatchObject({ code: 0, stderr: '' })
  })
})

async function startRun(url: string, question: string): Promise<string> {
  const { headers } = await fetch(`${url}/runs`, { method: 'POST', body: question })
  return new URL(headers.get('location') ?? '', url).href
}

interface Curl {
  /** All events so far, when one of them is this. */
  until(found: (event: LoopEvent) => boolean): Promise<readonly LoopEvent[]>
  leave(): void
  readonly closed: Promise<number | null>
}

function startCurl(url: string): Curl {
  const child: ChildProcess = spawn('curl', ['-sN', url])
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  const events = (): readonly LoopEvent[] => Array.from(text.matchAll(/^data: (.*)\n\n/gm), ([, data = '']) => JSON.parse(data))
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    closed,
    leave: () => child.kill('SIGKILL'),
    until: (found) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (events().some(found)) resolve(events())
        }
        child.stdout?.on('data', look)
        void closed.then(() => reject(new Error(`curl ended with\n${text}`)))
        look()
      }),
  }
}

function stdoutOf(event: LoopEvent): string {
  return event.event_type === 'step.delta' && event.delta.type === 'stdout' ? event.delta.text : ''
}
