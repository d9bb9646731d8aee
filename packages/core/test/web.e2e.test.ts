import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoop } from '../src/create-loop.ts'
import type { Told } from '../src/events.ts'
import { sendResponse } from '../src/node/index.ts'
import { answer, scriptedExecutor, scriptedModel } from '../src/testing/index.ts'
import { toResponse } from '../src/web/index.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type ToldRun, toldRun } from './told-run.ts'

if (noChromium) console.warn(`web.e2e: ${noChromium}`)

const DELTAS = 300

describe.skipIf(noChromium)(`a run in a browser${noChromium ? ` (${noChromium})` : ''}`, () => {
  let browser: Browser
  let reader: string
  beforeAll(async () => {
    browser = await launchChromium()
    const entry = fileURLToPath(new URL('../src/web/index.ts', import.meta.url))
    const built = await build({ entryPoints: [entry], bundle: true, format: 'iife', globalName: 'web', platform: 'browser', write: false })
    reader = built.outputFiles[0]?.text ?? ''
  })
  afterAll(() => browser?.close())

  test('an EventSource sees every event once over broken lines, and asks no more after the end', async () => {
    // Cut inside a frame, then right after the head, then far in; the fourth line holds.
    await using server = await serveRun([1_500, 0, 20_000, undefined])
    await using page = await openPage(server.url)
    await page.evaluate(() => {
      const source = new EventSource('/events')
      const seen: unknown[] = []
      Object.assign(globalThis, { source, seen })
      source.onmessage = ({ data }) => seen.push(JSON.parse(data))
    })
    // By the standard 204 closes it for good; while it tries again it is only CONNECTING.
    await page.waitForFunction(() => Reflect.get(globalThis, 'source').readyState === EventSource.CLOSED)
    const seen: { readonly seq: number; readonly event_type: string }[] = await page.evaluate(() => Reflect.get(globalThis, 'seen'))

    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: DELTAS + 3 }, (_, seq) => seq))
    expect(seen.at(-1)?.event_type).toBe('interaction.completed')
    expect(server.answers).toEqual([200, 200, 200, 200, 204])
    expect(server.asked[0]).toBe(undefined)
    // The line that was cut before its first event brought nothing to go on after.
    expect(server.asked[2]).toBe(server.asked[1])
    expect(server.asked.at(-1)).toBe(String(DELTAS + 2))
    expect(server.told.aborts).toEqual([])
  })

  test.each(['sse', 'ndjson'] as const)('fromResponse over fetch sees every event once over broken lines (%s)', async (format) => {
    await using server = await serveRun([1_500, 0, 20_000, undefined], format)
    await using page = await openPage(server.url)
    await page.addScriptTag({ content: reader })
    const seqs = await page.evaluate(async () => {
      const seqs: number[] = []
      const again = (after: number | undefined): Promise<Response> => fetch(`/events?after=${after}`)
      for await (const event of Reflect.get(globalThis, 'web').fromResponse(again)) seqs.push(event.seq)
      return seqs
    })
    expect(seqs).toEqual(Array.from({ length: DELTAS + 3 }, (_, seq) => seq))
    expect(server.answers).toEqual([200, 200, 200, 200])
  })

  test('a page that closes its EventSource stops the run, and the program in it', async () => {
    const executor = scriptedExecutor([
      (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ reason: 'aborted' }))),
    ])
    const run = createLoop({ model: scriptedModel([answer.code('while True: pass')]), executor }).run('Wait.')
    await using server = await serve((_, response) => {
      void sendResponse(toResponse(run), response)
    })
    await using page = await openPage(server.url)
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const source = new EventSource('/events')
          source.onmessage = ({ data }) => {
            const { event_type, step } = JSON.parse(data)
            if (event_type !== 'step.start' || step.type !== 'code_execution_result') return
            source.close()
            resolve()
          }
        }),
    )
    const { status, finish } = await run.summary
    expect({ status, reason: finish.reason, programs: executor.requests.length }).toEqual({
      status: 'cancelled',
      reason: 'aborted',
      programs: 1,
    })
    expect(toResponse(run, { after: 10_000 }).status).toBe(204)
  })

  async function openPage(url: string): Promise<Page & AsyncDisposable> {
    const page = await browser.newPage()
    await page.goto(url)
    return page
  }
})

interface Server extends AsyncDisposable {
  readonly url: string
}

/** A page at `/`, and what `events` answers at all other paths. */
async function serve(events: RequestListener): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/favicon.ico') response.writeHead(404).end()
    else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A run</title>')
    else events(request, response)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    // A server that listens on a port has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Serves one run, which goes on while it is read. The n-th answer is cut, with its socket, after `cuts[n]` bytes of its body. */
async function serveRun(
  cuts: readonly (number | undefined)[],
  format?: 'sse' | 'ndjson',
): Promise<Server & { readonly told: ToldRun; readonly answers: number[]; readonly asked: (string | undefined)[] }> {
  const told = toldRun()
  const answers: number[] = []
  const asked: (string | undefined)[] = []
  const server = await serve((incoming, outgoing) => {
    if (answers.length === 0) void goOn(told)
    const response = toResponse(told.run, { format, request: requestOf(incoming), onDisconnect: 'continue' })
    const cutAfter = cuts[answers.length]
    asked.push(incoming.headers['last-event-id']?.toString())
    answers.push(response.status)
    void sendResponse(
      response.body ? new Response(mangled(response.body, format !== 'ndjson', cutAfter, outgoing), response) : response,
      outgoing,
    )
  })
  return { ...server, told, answers, asked }
}

async function goOn({ tell, end }: ToldRun): Promise<void> {
  tell({ event_type: 'step.start', index: 0, step: { type: 'model_output' } })
  for (let count = 0; count < DELTAS; count++) {
    tell(deltaOf(`Zeile ${count}: äöü ✓\n`))
    if (count % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  tell({ event_type: 'step.stop', index: 0, step: { type: 'model_output', content: [] } })
  end()
}

const deltaOf = (text: string): Told => ({ event_type: 'step.delta', index: 0, delta: { type: 'text', text } })

function requestOf({ url, headers }: IncomingMessage): { readonly url: string; readonly headers: { get(name: string): string | null } } {
  return { url: url ?? '/', headers: { get: (name) => headers[name]?.toString() ?? null } }
}

/** Lets an EventSource come back soon, and pulls the plug after so many bytes. */
function mangled(
  body: ReadableStream<Uint8Array>,
  sse: boolean,
  cutAfter: number | undefined,
  outgoing: ServerResponse,
): ReadableStream<Uint8Array> {
  let left = cutAfter ?? Number.POSITIVE_INFINITY
  return body.pipeThrough(
    new TransformStream({
      start: (controller) => {
        if (sse) controller.enqueue(new TextEncoder().encode('retry: 20\n\n'))
      },
      transform: (bytes, controller) => {
        if (left < 0) return
        controller.enqueue(bytes.subarray(0, left))
        left -= bytes.length
        if (left > 0) return
        left = -1
        outgoing.socket?.destroySoon()
      },
    }),
  )
}
