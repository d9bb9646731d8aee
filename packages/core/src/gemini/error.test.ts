import { describe, expect, it } from 'vitest'
import { ModelError } from '../errors.ts'
import { type ErrorContext, isGoogleError, refused, refusedInside, unbuildable, unreachable } from './error.ts'

const context: ErrorContext = {
  model: 'gemini-3.5-flash',
  keyHint: 'The key ending …abcd comes from GEMINI_API_KEY.',
  secrets: ['AIza-abcd'],
}
const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }
const quota = (quotaId: string): object => ({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] })
const body = (code: number, status: string, message: string, details: readonly object[] = []): string =>
  JSON.stringify({ error: { code, status, message, details } })

describe('refused', () => {
  it.each<[string, number, string, Readonly<Record<string, string>>, object]>([
    [
      'a key that is not valid',
      400,
      body(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        { reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
      ]),
      {},
      { code: 'key_invalid', retryable: false, message: 'API key not valid. Please pass a valid API key.', hint: context.keyHint },
    ],
    [
      'an argument that is not valid',
      400,
      body(400, 'INVALID_ARGUMENT', 'Penalty is not enabled for models/gemini-2.5-flash'),
      {},
      { code: 'invalid_request', retryable: false, message: 'Penalty is not enabled for models/gemini-2.5-flash' },
    ],
    ['a region', 400, body(400, 'FAILED_PRECONDITION', 'User location is not supported'), {}, { code: 'permission', retryable: false }],
    ['no credentials', 401, body(401, 'UNAUTHENTICATED', 'No.'), {}, { code: 'key_invalid', hint: context.keyHint }],
    ['no credit', 402, body(402, 'PAYMENT_REQUIRED', 'No.'), {}, { code: 'permission', retryable: false }],
    ['no permission', 403, body(403, 'PERMISSION_DENIED', 'No.'), {}, { code: 'permission', retryable: false }],
    [
      'an unknown model',
      404,
      body(404, 'NOT_FOUND', 'No.'),
      {},
      { code: 'model_not_found', retryable: false, hint: expect.stringContaining('gemini-3.5-flash') },
    ],
    ['a request time-out', 408, '', {}, { code: 'timeout', retryable: true }],
    [
      'a request that is too large',
      413,
      '<html><head><title>413 Request Entity Too Large</title></head></html>',
      {},
      { code: 'invalid_request', message: '413: 413 Request Entity Too Large' },
    ],
    [
      'a quota of the minute',
      429,
      body(429, 'RESOURCE_EXHAUSTED', 'Quota.', [quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), retryInfo]),
      { 'retry-after': '7' },
      { code: 'quota_minute', retryable: true, retryAfterMs: 34_400 },
    ],
    [
      'a quota of the day, whose delay is misleading',
      429,
      body(429, 'RESOURCE_EXHAUSTED', 'Quota.', [
        quota('GenerateRequestsPerMinute'),
        quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
        retryInfo,
      ]),
      {},
      { code: 'quota_day', retryable: false, retryAfterMs: undefined },
    ],
    [
      'a quota without details',
      429,
      'Too many requests',
      { 'retry-after': '7' },
      { code: 'quota_minute', retryable: true, retryAfterMs: 7_000, message: '429: Too many requests' },
    ],
    ['an internal error', 500, body(500, 'INTERNAL', 'Oops.'), {}, { code: 'overloaded', retryable: true, retryAfterMs: undefined }],
    ['something that is not there', 501, '', {}, { code: 'protocol', retryable: false, message: '501: without a body' }],
    [
      'a page of a proxy',
      502,
      '<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title><style>a{}</style></head><body>nginx</body></html>',
      {},
      { code: 'overloaded', retryable: true, message: '502: 502 Bad Gateway' },
    ],
    [
      'an overloaded model',
      503,
      body(503, 'UNAVAILABLE', 'Overloaded.'),
      {},
      { code: 'overloaded', retryable: true, message: 'Overloaded.' },
    ],
    [
      'the same in an array',
      503,
      `[${body(503, 'UNAVAILABLE', 'Overloaded.')}]`,
      {},
      { code: 'overloaded', retryable: true, message: 'Overloaded.' },
    ],
    ['a deadline of the server', 504, body(504, 'DEADLINE_EXCEEDED', 'Slow.'), {}, { code: 'overloaded', retryable: true }],
    ['a proxy with a status of its own', 529, '', {}, { code: 'overloaded', retryable: true }],
    [
      'an error with a word for its code',
      400,
      '{"error":{"code":"invalid_request","message":"Bad."}}',
      {},
      { code: 'invalid_request', message: 'Bad.' },
    ],
    ['an error that is a text', 400, '{"error":"bad thing"}', {}, { code: 'invalid_request', message: 'bad thing' }],
    ['JSON that is no error', 418, '{"tea":true}', {}, { code: 'invalid_request', retryable: false, message: '418: {"tea":true}' }],
    ['a redirection that nobody followed', 304, '', {}, { code: 'protocol', retryable: false }],
    [
      'a message that repeats the key',
      403,
      body(403, 'PERMISSION_DENIED', 'Key AIza-abcd is suspended.'),
      {},
      { code: 'permission', message: 'Key … is suspended.' },
    ],
  ])('tells %s (%i)', (_, status, text, headers, expected) => {
    const error = refused({ status, headers: new Headers(headers), body: text }, context)
    expect(ModelError.is(error)).toBe(true)
    expect({
      code: error.code,
      message: error.message,
      hint: error.hint,
      retryable: error.retryable,
      retryAfterMs: error.retryAfterMs,
    }).toMatchObject(expected)
    expect(error.hint).not.toBe('')
  })

  it('keeps what a body says within bounds', () => {
    const { message } = refused({ status: 500, headers: new Headers(), body: 'x'.repeat(10_000) }, context)
    expect(message.length).toBeLessThan(320)
  })
})

describe('refusedInside', () => {
  it.each([
    [
      { error: { code: 503, status: 'UNAVAILABLE', message: 'Overloaded.' } },
      { code: 'overloaded', retryable: true, message: 'Overloaded.' },
    ],
    [
      [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota.', details: [retryInfo] } }],
      { code: 'quota_minute', retryAfterMs: 34_400 },
    ],
    [{ error: { message: 'No code.' } }, { code: 'overloaded', retryable: true, message: 'No code.' }],
  ])('tells %j', (value, expected) => {
    expect(isGoogleError(value)).toBe(true)
    expect(refusedInside(value, context)).toMatchObject(expected)
  })

  it.each([{ candidates: [] }, [], [{}], null, 4, { error: null }])('is not for %j', (value) => {
    expect(isGoogleError(value)).toBe(false)
  })
})

describe('unreachable', () => {
  it.each<[string, unknown, object]>([
    [
      'a refused connection',
      new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' }) }),
      { code: 'network', retryable: true, message: 'Gemini could not be reached: connect ECONNREFUSED 127.0.0.1:9' },
    ],
    [
      'a name with several addresses',
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:9'), new Error('connect ECONNREFUSED 127.0.0.1:9')]), {
          code: 'ECONNREFUSED',
        }),
      }),
      { code: 'network', retryable: true, message: 'Gemini could not be reached: connect ECONNREFUSED ::1:9' },
    ],
    ['a cut line', new TypeError('terminated'), { code: 'network', retryable: true, message: 'Gemini could not be reached: terminated' }],
    [
      'a certificate that is not trusted',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      }),
      { code: 'network', retryable: false, hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
    ],
    [
      'the time-out of the platform',
      new TypeError('fetch failed', { cause: Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }) }),
      { code: 'timeout', retryable: true },
    ],
    ['a value that is no error', 'gone', { code: 'network', message: 'Gemini could not be reached: gone' }],
    [
      'a message that holds the key',
      new Error('header "AIza-abcd" is invalid'),
      { code: 'network', message: 'Gemini could not be reached: header "…" is invalid' },
    ],
  ])('tells %s', (_, error, expected) => {
    const told = unreachable(error, context)
    expect(told).toMatchObject(expected)
    expect(told.cause).toBe(error)
  })

  it('hands on what is told already', () => {
    const error = new ModelError('timeout', 'Slow.', { hint: '' })
    expect(unreachable(error, context)).toBe(error)
    expect(unbuildable(error, context)).toBe(error)
  })
})

describe('unbuildable', () => {
  it.each<[string, unknown, object]>([
    [
      'an SDK that is not there',
      Object.assign(new Error("Cannot find package '@google/genai'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      { code: 'misconfigured', message: '@google/genai is not installed', hint: 'npm install @google/genai' },
    ],
    [
      'credentials that are not there',
      new Error('Could not load the default credentials.'),
      { code: 'misconfigured', retryable: false, hint: expect.stringContaining('gcloud auth application-default login') },
    ],
    [
      'a token server that cannot be reached',
      Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
      { code: 'network', retryable: true },
    ],
    ['a token server that is overloaded', Object.assign(new Error('Busy'), { status: 503 }), { code: 'network', retryable: true }],
    [
      'a token server that refuses',
      Object.assign(new Error('invalid_grant'), { status: 400, code: '400' }),
      { code: 'misconfigured', retryable: false },
    ],
  ])('tells %s', (_, error, expected) => {
    expect(unbuildable(error, context)).toMatchObject(expected)
  })
})
