import { describe, expect, test } from 'vitest'
import { watched } from '../test/watched.ts'
import { createLoop } from './create-loop.ts'
import { gemini } from './gemini/index.ts'
import { type GeminiReply, geminiServer, googleError } from './testing/gemini-server.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'
import { answer } from './testing/scripted-model.ts'

// What can go wrong on the way to Gemini, through the real SDK and a real HTTP server; the same promises as in cases.test.ts.

const ok: GeminiReply = { chunks: answer.text('It is 4.', { in: 3 }) }
const soon = { 'retry-after': '0' }
const refused = (status: number, message: string, details: readonly object[] = []): GeminiReply => ({
  ...googleError(status, 'TESTED', message, details),
  headers: soon,
})
const page: GeminiReply = { status: 502, headers: { 'content-type': 'text/html', ...soon }, body: '<html><h1>Bad gateway</h1></html>' }
const text = answer.text('It is four, I think.', { in: 4 })
const cutInText: GeminiReply = { chunks: text, cutAfter: 250 }

interface Case {
  readonly name: string
  readonly script: readonly GeminiReply[]
  readonly ends: readonly [string, string, string?]
  readonly retries?: number
  readonly repairs?: number
  readonly timeouts?: { readonly firstChunkMs?: number; readonly stallMs?: number; readonly callMs?: number }
  readonly options?: { readonly retries?: number; readonly stream?: boolean }
}

const done = ['completed', 'answer'] as const
const CASES: readonly Case[] = [
  { name: 'all is well', script: [ok], ends: done },
  { name: 'all is well, unary', script: [ok], ends: done, options: { stream: false } },
  { name: '503, then an answer', script: [refused(503, 'The model is overloaded.'), ok], ends: done, retries: 1 },
  { name: '500, then an answer', script: [refused(500, 'Internal.'), ok], ends: done, retries: 1 },
  {
    name: '429 of the minute, then an answer',
    script: [refused(429, 'Quota.', [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.01s' }]), ok],
    ends: done,
    retries: 1,
  },
  {
    name: '429 of the day is not retried',
    script: [
      refused(429, 'Quota.', [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
        },
      ]),
    ],
    ends: ['failed', 'model_error', 'quota_day'],
  },
  {
    name: '503 for ever',
    script: Array.from({ length: 5 }, () => refused(503, 'The model is overloaded.')),
    ends: ['failed', 'model_error', 'overloaded'],
    retries: 4,
  },
  { name: 'a page of a gateway, then an answer', script: [page, ok], ends: done, retries: 1 },
  {
    name: 'a page with status 200',
    script: [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please log in.</html>' }],
    ends: ['failed', 'model_error', 'protocol'],
  },
  {
    name: 'a key that is refused',
    script: [refused(400, 'API key not valid.', [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }])],
    ends: ['failed', 'model_error', 'key_invalid'],
  },
  {
    name: 'a model that is not there',
    script: [refused(404, 'models/m is not found.')],
    ends: ['failed', 'model_error', 'model_not_found'],
  },
  {
    name: 'a request that is wrong',
    script: [refused(400, 'Penalty is not enabled.')],
    ends: ['failed', 'model_error', 'invalid_request'],
  },
  { name: 'a line that is cut in a text, then an answer', script: [cutInText, ok], ends: done, retries: 1 },
  {
    name: 'a line that is cut after a call',
    script: [{ chunks: [...answer.code('print(4)', { finishReason: null }), ...text], cutAfter: 400 }, ok],
    ends: done,
    repairs: 1,
  },
  {
    name: 'an error inside a stream, after a text',
    script: [
      { chunks: [...answer.text('It is', { finishReason: null }), googleError(503, 'UNAVAILABLE', 'Overloaded.').body as object] },
      ok,
    ],
    ends: done,
    retries: 1,
  },
  {
    name: 'a stream that stops, and is let go',
    script: [{ chunks: [...answer.text('It is', { finishReason: null })], hang: true }, ok],
    ends: done,
    retries: 1,
    timeouts: { stallMs: 30 },
  },
  { name: 'a server that never answers', script: [{ chunks: [], hang: true }, ok], ends: done, retries: 1, timeouts: { firstChunkMs: 30 } },
  {
    name: 'a malformed call, whose message the SDK would have dropped',
    script: [
      { chunks: answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.run_python(code="print(4)"))') },
      ok,
    ],
    ends: done,
    repairs: 0,
  },
]

describe('whatever happens on the way to Gemini, a run ends as it is written', () => {
  test.each(CASES)('$name', async ({ script, ends, retries = 0, repairs = 0, timeouts, options }) => {
    await using server = await geminiServer({ script })
    const model = gemini({ model: 'gemini-3.5-flash', apiKey: 'a-key-of-tests', baseUrl: server.url, timeouts, ...options })
    const run = createLoop({ model, executor: scriptedExecutor([{ stdout: '4\n' }]) }).run('What is 2 + 2?')
    const { summary, of, events } = await watched(run)
    expect([summary.status, summary.finish.reason, summary.error?.code]).toEqual([ends[0], ends[1], ends[2]])
    expect([of('loop.retry').length, summary.repairs]).toEqual([retries, repairs])
    if (ends[0] === 'completed') expect(summary.output_text).toBe('It is 4.')
    expect(JSON.stringify(events)).not.toContain('a-key-of-tests')
    server.assertDone()
  })
})
